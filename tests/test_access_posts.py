"""What is sent to closed addresses by visitors, and to rows of other departments and people."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.enums import ApplicationState
from applications.models import Application, ApplicationEvent
from tests.applications import casekit, sample
from tests.test_access_table import OURS

CLOSED = [address for address in OURS if address.rule != "public"]
ids = pytest.mark.parametrize("address", CLOSED, ids=lambda address: f"{address.name} {address.path}")

CASE_STEPS = (
    *("take", "return", "assign", "preview", "decide", "approve", "send_back", "hold", "complete", "reopen"),
    "message",
)
OWN_STEPS = (
    *("application_submit", "application_withdraw", "draft_delete"),
    *("application_edit", "application_edit_stop", "application_message", "application_rate"),
)


@ids
def test_visitors_send_nothing(client, municipality, address):
    answer = client.post(address.path)
    if address.rule.startswith("device:"):
        assert answer.status_code == 404
    elif address.is_json:
        assert answer.status_code in {401, 403}
    else:
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/accounts/login/")


def untouched(case):
    """All of a row that a step could have changed."""
    return Application.objects.values().get(pk=case.pk), ApplicationEvent.objects.filter(application=case).count()


@pytest.mark.parametrize("step", CASE_STEPS)
@pytest.mark.parametrize("state", [ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.COMPLETED])
def test_staff_send_nothing_to_cases_of_another_department(
    municipality, departments, login, handler, approver, clerk, step, state
):
    case = casekit.make_case(casekit.make_procedure(departments["kaigo"]), state=state)
    before = untouched(case)
    path = reverse(f"applications:case_{step}", args=[case.public_id])
    for person in (clerk, handler, approver):
        answer = login(person, Client()).post(
            path, {"revision": case.revision, "reason": "理由", "decision": "approve"}
        )
        assert answer.status_code == 404, person
    assert untouched(case) == before


@pytest.mark.parametrize("step", [*OWN_STEPS, "draft_page"])
def test_residents_send_nothing_to_applications_of_others(
    municipality, department, login, resident, another_resident, supporter, step
):
    draft = sample.start(sample.make_procedure(department=department), resident)
    before = untouched(draft)
    numbers = [1] if step == "draft_page" else []
    path = reverse(f"applications:{step}", args=[draft.public_id, *numbers])
    for person in (another_resident, supporter):
        answer = login(person, Client()).post(path, {"action": "save", "q-name": "別人", "draft_revision": "0"})
        assert answer.status_code == 404, person
    assert untouched(draft) == before
