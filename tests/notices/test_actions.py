import pytest

from notices.actions import action_kinds, action_url, find_action, grouped_choices, target_label
from notices.models import Notice
from tests.applications.casekit import make_procedure

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(departments):
    return make_procedure(departments["kosodate"])


def notice_to(kind, target, **values):
    return Notice(public_id="abc", action_kind=kind, action_target=target, action_values=values)


def test_procedures_questionnaires_and_bookings_can_be_opened():
    assert [kind.key for kind in action_kinds] == ["procedure", "survey", "reservation"]


def test_button_opens_the_procedure_and_says_nothing_of_the_person(procedure):
    address = action_url(notice_to("procedure", procedure.key, child="𠮷 花&子"))
    assert address == f"/procedures/{procedure.key}/?notice=abc"


def test_button_opens_the_booking_of_a_service():
    assert action_url(notice_to("reservation", "my-number-card")) == "/reserve/my-number-card/?notice=abc"


@pytest.mark.parametrize("kind", ["", "unknown"])
def test_no_button_leads_nowhere(kind):
    assert action_url(notice_to(kind, "x")) == ""


def test_what_needs_no_decision_is_a_questionnaire(procedure):
    assert target_label("procedure", procedure.key) == procedure.name
    procedure.result_kind = "none"
    procedure.save(update_fields=["result_kind"])
    assert target_label("procedure", procedure.key) == ""
    assert find_action("survey").choices() == [(procedure.key, procedure.name)]
    assert [(f"survey:{procedure.key}", procedure.name)] in [choices for _name, choices in grouped_choices()]


def test_closed_procedure_is_not_offered(procedure):
    procedure.state = "closed"
    procedure.save(update_fields=["state"])
    assert target_label("procedure", procedure.key) == ""
