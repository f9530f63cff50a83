"""The standing cast (style §23) and what every test shares."""

import hypothesis
import pytest
from django.core.cache import cache
from django.utils.translation import override

from applications.queries.finding import forget_index
from reservations.memory import forget_all
from tests import cast, factories
from tests.database import let_flush_be_quick, let_sqlite_copy_a_template

let_flush_be_quick()
# how long an example takes says how busy the machine is, not whether the code is right
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")
let_sqlite_copy_a_template()


@pytest.fixture(autouse=True)
def _japanese():
    """The interface's own language, whatever an earlier test switched to."""
    with override("ja"):
        yield


@pytest.fixture(autouse=True)
def _forget_procedures():
    """The index of the search outlives a request, and so would the procedures of an earlier test."""
    forget_index()


@pytest.fixture(autouse=True)
def _forget_reservations():
    """What a process remembers of services and free times outlives a test, and ids come again."""
    forget_all()


@pytest.fixture(autouse=True)
def _empty_cache_after_commits(request, django_db_blocker):
    """Tests that commit leave rate limits and wakes in the shared cache; the others roll it back."""
    yield
    marker = request.node.get_closest_marker("django_db")
    is_committing = marker is not None and marker.kwargs.get("transaction", False)
    if is_committing or {"transactional_db", "live_server"} & set(request.fixturenames):
        # the test's own database fixture may be gone by now
        with django_db_blocker.unblock():
            cache.clear()


@pytest.fixture
def municipality(db):
    return factories.make_municipality()


@pytest.fixture
def departments(db):
    """Four departments by code."""
    return factories.make_departments()


@pytest.fixture
def department(departments):
    """The department the staff of the cast belong to."""
    return departments[cast.DEPARTMENT]


@pytest.fixture
def resident(db):
    """高橋 さくら, who signs in as `resident.user`."""
    return cast.PEOPLE["resident"]()


@pytest.fixture
def another_resident(db):
    """A stranger to everything of the resident's."""
    return cast.PEOPLE["another_resident"]()


@pytest.fixture
def supporter(db):
    """Somebody who may act for the resident once a mandate says so."""
    return cast.PEOPLE["supporter"]()


@pytest.fixture
def clerk(department):
    return cast.PEOPLE["clerk"](department=department)


@pytest.fixture
def contract_clerk(department):
    return cast.PEOPLE["contract_clerk"](department=department)


@pytest.fixture
def handler(department):
    return cast.PEOPLE["handler"](department=department)


@pytest.fixture
def approver(department):
    return cast.PEOPLE["approver"](department=department)


@pytest.fixture
def administrator(db):
    return cast.PEOPLE["administrator"]()


@pytest.fixture
def auditor(db):
    return cast.PEOPLE["auditor"]()


@pytest.fixture
def district_head(db):
    """A 自治会長 of no district yet: no employee, in no department."""
    return cast.PEOPLE["district_head"]()


@pytest.fixture
def login(client):
    """Sign somebody in: a user, or a resident. Staff have shown their second factor. Returns the client."""

    def sign_in(person, browser=None):
        return cast.sign_in(person, browser or client)

    return sign_in
