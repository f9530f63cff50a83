import pytest
from django.urls import reverse
from django.utils import timezone

from applications.enums import ApplicationState, EventKind
from applications.models import Application, CorrectionRequest
from applications.services.drafts import NotEditable
from applications.services.states import move
from applications.services.withdrawal import may_withdraw, withdraw
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from tests.applications import sample

pytestmark = pytest.mark.django_db

S = ApplicationState
WITHDRAWABLE = {S.DRAFT, S.SUBMITTED, S.RETURNED}


@pytest.fixture
def application(municipality, department, resident):
    return sample.start(sample.make_procedure(department=department), resident)


def _put(application, state):
    fields = {} if state in (S.DRAFT, S.WITHDRAWN) else {"number": "12345678903", "submitted_at": timezone.now()}
    if state in (S.APPROVED, S.REFUSED):
        fields |= {"decision": "approve", "decided_at": timezone.now()}
    Application.objects.filter(pk=application.pk).update(state=state, **fields)
    application.refresh_from_db()
    return application


@pytest.mark.parametrize("state", sorted(S))
def test_withdraw_is_possible_until_the_city_works_on_it(application, resident, state):
    _put(application, state)
    assert may_withdraw(application) == (state in WITHDRAWABLE)
    if state == S.WITHDRAWN:
        assert withdraw(application=application, by=resident.user).events.count() == 0
    elif state in WITHDRAWABLE:
        assert withdraw(application=application, by=resident.user).state == S.WITHDRAWN
        assert application.events.get().kind == EventKind.WITHDRAWN
        assert AuditEvent.objects.get(action="state").detail == "withdraw"
    else:
        with pytest.raises(NotEditable):
            withdraw(application=application, by=resident.user)


def test_withdraw_ends_the_correction_request(application, resident, handler):
    _put(application, S.RETURNED)
    CorrectionRequest.objects.create(application=application, message="", asked_by=handler)
    withdraw(application=application, by=resident.user)
    assert CorrectionRequest.objects.get().answered_at is not None


def test_withdraw_loses_to_a_handler_who_was_faster(application, resident, handler):
    _put(application, S.SUBMITTED)
    seen = Application.objects.get(pk=application.pk)
    move(application, to=S.IN_REVIEW, event=EventKind.TAKEN, by=handler)
    with pytest.raises(StaleState):
        withdraw(application=seen, by=resident.user)


def test_withdraw_page_asks_first(login, application, resident):
    _put(application, S.SUBMITTED)
    browser = login(resident)
    url = reverse("applications:application_withdraw", args=[application.public_id])
    assert "申請を取り下げますか" in browser.get(url).text
    application.refresh_from_db()
    assert application.state == S.SUBMITTED
    response = browser.post(url, follow=True)
    assert "申請を取り下げました。" in response.text
    application.refresh_from_db()
    assert application.state == S.WITHDRAWN


def test_withdraw_page_of_a_case_under_review_explains(login, application, resident):
    _put(application, S.IN_REVIEW)
    url = reverse("applications:application_withdraw", args=[application.public_id])
    response = login(resident).post(url, follow=True)
    assert response.redirect_chain[-1][0] == reverse("applications:application_detail", args=[application.public_id])
    application.refresh_from_db()
    assert application.state == S.IN_REVIEW


def test_withdraw_page_of_a_draft_offers_to_delete_it(login, application, resident):
    url = reverse("applications:application_withdraw", args=[application.public_id])
    assert login(resident).get(url).url == reverse("applications:draft_delete", args=[application.public_id])


def test_withdraw_page_is_nobody_elses(login, client, application, another_resident, handler):
    _put(application, S.SUBMITTED)
    url = reverse("applications:application_withdraw", args=[application.public_id])
    assert client.post(url).url.startswith("/accounts/login/")
    for person in (another_resident, handler):
        assert login(person).post(url).status_code == 404
    application.refresh_from_db()
    assert application.state == S.SUBMITTED
