"""In the demo every link from a procedure to a booking leads to something there is."""

import pytest

from applications.services.catalogue import FOLDER, read_catalogue
from portal.demo_city import hall, one_stop

SERVICES = {service["key"]: group for group in hall.content()["groups"] for service in group["services"]}


@pytest.fixture(scope="module")
def procedures():
    return {one.key: one for one in read_catalogue(FOLDER).procedures}


def test_links_name_procedures_and_services_that_exist(procedures):
    visits = hall.content()["visits"]
    assert [key for key in visits if key not in procedures] == []
    assert [key for key in visits.values() if key not in SERVICES] == []


def test_what_the_one_stop_desk_takes_can_be_booked():
    """Who prefills any of it is offered a booking of its own. The school office takes no bookings."""
    assert [key for key in one_stop.RECEIVED if key not in hall.content()["visits"]] == ["shugaku-enjo"]
