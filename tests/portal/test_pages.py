import datetime as dt

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import LifeEvent, Procedure
from cityhall.enums import AuditAction, WorkState
from cityhall.models import AuditEvent
from cityhall.services import audit
from notices.models import OutgoingMail
from portal import backlog
from portal.version import version
from portal.views import errors

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return response.content.decode()


def queries_of(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.fixture
def make_procedure(department):
    def make(number: int) -> Procedure:
        procedure = Procedure.objects.create(
            key=f"procedure-{number}", name=f"手続{number}", summary="説明", department=department, state="draft"
        )
        event = LifeEvent.objects.create(key=f"event-{number}", name=f"できごと{number}")
        procedure.life_events.add(event)
        return procedure

    return make


def test_home_finds_procedures_by_word_and_leads_to_the_check_of_letters(client):
    page = text_of(client.get("/"))
    assert f'action="{reverse("applications:procedure_list")}"' in page
    assert f'href="{reverse("notices:verify")}"' in page


def test_home_leads_to_the_reports_from_the_street(client):
    assert (
        f'href="{reverse("applications:report_list")}"'
        in text_of(client.get("/")).partition("<main")[2].partition("</main>")[0]
    )


@pytest.mark.parametrize("name", ["notices:topic_list", "notices:try_tour"])
def test_home_leads_to_the_city_news_and_to_the_tour_of_notices(client, name):
    assert f'href="{reverse(name)}"' in text_of(client.get("/")).partition("<main")[2].partition("</main>")[0]


def test_home_costs_the_same_however_many_procedures_there_are(client, make_procedure):
    Procedure.objects.all().delete()
    make_procedure(1)
    few = queries_of(client, "/")
    for number in range(2, 8):
        make_procedure(number)
    assert queries_of(client, "/") == few
    assert few <= 4


def test_visitors_see_the_residents_menu_and_staff_see_theirs(client, login, handler, administrator):
    visitor = text_of(client.get("/"))
    assert f'href="{reverse("portal:my_page")}"' in visitor
    assert reverse("portal:status") not in visitor
    login(handler)
    assert reverse("portal:status") not in text_of(client.get("/staff/"))
    login(administrator)
    assert f'href="{reverse("portal:status")}"' in text_of(client.get("/staff/"))


def test_my_page_greets_by_name_and_first_asks_for_it(client, login, resident):
    login(resident)
    assert "高橋 さくら さんのページ" in text_of(client.get("/my/"))
    resident.user = None
    resident.save(update_fields=["user"])
    page = text_of(client.get("/my/"))
    assert "はじめに、お名前とご住所を登録してください" in page


def test_my_page_has_a_constant_number_of_queries(client, login, resident):
    # one of them: businesses that ask this person to file for them
    login(resident)
    assert queries_of(client, "/my/") == 11


def test_healthz_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_status_lists_version_backlog_and_checks(client, login, administrator):
    OutgoingMail.objects.create(
        message_id="<1@x>", to="a@example.jp", from_email="b@example.jp", subject="s", state=WorkState.QUEUED
    )
    login(administrator)
    page = text_of(client.get("/status/"))
    assert f"フロントヤード {version()}" in page
    assert "送信メール" in page
    assert "通知書の署名鍵" in page


def test_backlog_counts_due_and_stopped_and_tells_the_oldest():
    now = timezone.now()
    common = {"to": "a@example.jp", "from_email": "b@example.jp", "subject": "s"}
    OutgoingMail.objects.create(message_id="<1>", due_at=now - dt.timedelta(minutes=7), **common)
    OutgoingMail.objects.create(message_id="<2>", due_at=now - dt.timedelta(minutes=2), **common)
    OutgoingMail.objects.create(message_id="<3>", due_at=now + dt.timedelta(minutes=5), **common)
    OutgoingMail.objects.create(message_id="<4>", state=WorkState.GIVEN_UP, **common)
    mails = next(line for line in backlog.work_backlogs(now) if line.label == "送信メール")
    assert (mails.due, mails.waits_minutes, mails.stopped) == (2, 7, 1)


def test_unsealed_audit_events_are_counted():
    AuditEvent.objects.all()
    before = backlog.unsealed_audit_events().due
    audit.record(action=AuditAction.READ, actor=None)
    assert backlog.unsealed_audit_events().due == before + 1


# --- errors ---------------------------------------------------------------------------------------


def test_unknown_page_has_our_page_and_unknown_api_is_json(client):
    response = client.get("/no-such-page/")
    assert (response.status_code, "ページが見つかりません" in text_of(response)) == (404, True)
    response = client.get("/api/v1/no-such-thing/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("address", ["/staff/guides/no-such-guide/", "/staff/no-such-page/", "/staff/cases/none/"])
def test_staff_stay_among_their_pages_when_an_address_leads_nowhere(client, login, municipality, handler, address):
    response = login(handler).get(address)
    assert (response.status_code, 'class="page page--staff"' in response.content.decode()) == (404, True)
    response = login(handler).get("/no-such-page/")
    assert 'class="page page--staff"' not in response.content.decode()


def test_residents_see_their_own_layout_at_addresses_of_staff(login, municipality, resident):
    response = login(resident.user).get("/staff/no-such-page/")
    assert (response.status_code, 'class="page page--staff"' in response.content.decode()) == (404, False)


@pytest.mark.parametrize(("error", "status"), [(RequestDataTooBig(), 413), (ValueError(), 400)])
def test_unreadable_and_too_large_requests_are_told_apart(error, status):
    response = errors.bad_request(RequestFactory().post("/my/"), error)
    assert response.status_code == status
    request = RequestFactory().post("/api/v1/x/")
    assert errors.bad_request(request, error).headers["Content-Type"] == "application/json"


def test_a_form_with_too_many_fields_gets_our_page(client, login, resident, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    login(resident)
    response = client.post(reverse("account_logout"), {f"f{n}": "x" for n in range(10)})
    assert response.status_code == 413
    assert "送られたデータが大きすぎます" in text_of(response)


def test_server_error_page_stands_without_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = errors.server_error(RequestFactory().get("/my/"))
    assert response.status_code == 500
    assert "問題が起きました" in text_of(response)


def test_too_many_requests_says_when_to_come_back():
    response = errors.too_many_requests(RequestFactory().get("/api/v1/x/"))
    assert (response.status_code, response["Retry-After"]) == (429, "60")
