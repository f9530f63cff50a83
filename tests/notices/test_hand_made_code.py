"""The one-time code of a letter that a person makes: shown to who makes it, and to nobody else."""

import pytest
from django.urls import reverse

from cityhall.enums import Role, WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices import services, tasks
from notices.models import DocumentJob, LetterRunItem, Notice
from notices.services.hand_made import may_show_code, show_code_for_letter
from notices.services.letters import create_letter_run
from notices.services.posting import post_by_hand, post_without_document
from tests.factories import make_staff
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db
CODE = "AB12-CD34"


@pytest.fixture
def unprintable(issue, consenting):
    """A notice with a code whose document has a character no font has."""
    notice = issue(consenting, values={"reason": "\U000e0100\ue000"}, one_time_code=CODE)
    drain(tasks.make_documents)
    notice.refresh_from_db()
    assert DocumentJob.objects.get(notice=notice).state == WorkState.GIVEN_UP
    return notice


def test_who_makes_the_letter_sees_the_code_and_it_is_on_record(unprintable, login, handler):
    client = login(handler)
    page = client.get(reverse("notices:staff_detail", args=[unprintable.public_id])).content.decode()
    path = reverse("notices:staff_code", args=[unprintable.public_id])
    assert (path in page, CODE in page) == (True, False)
    shown = client.post(path)
    assert CODE in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    event = unprintable.receipts.get(kind="code_shown")
    assert (event.actor, event.identity_level) == (handler, "")
    audit = AuditEvent.objects.get(detail="one-time code shown")
    assert (audit.actor, audit.action, audit.target_id) == (handler, "read", unprintable.public_id)
    assert CODE not in client.get(reverse("notices:staff_detail", args=[unprintable.public_id])).content.decode()


def test_nobody_without_the_right_sees_it(unprintable, login, clerk, departments):
    stranger = make_staff(role=Role.HANDLER, department=departments["kaigo"])
    path = reverse("notices:staff_code", args=[unprintable.public_id])
    for person, status in ((clerk, 403), (stranger, 404)):
        client = login(person)
        assert client.post(path).status_code in (status, 404)
        assert path not in client.get(reverse("notices:staff_detail", args=[unprintable.public_id])).content.decode()
    assert not AuditEvent.objects.filter(detail="one-time code shown").exists()


def test_code_is_shown_no_more_once_the_letter_is_posted(unprintable, login, handler):
    post_without_document(unprintable, by=handler, reason="外字のため")
    with pytest.raises(StaleState):
        show_code_for_letter(unprintable, by=handler)
    client = login(handler)
    answer = client.post(reverse("notices:staff_code", args=[unprintable.public_id]), follow=True)
    assert CODE not in answer.content.decode()


def test_letter_that_a_run_could_not_print_shows_its_code(available, resident, department, handler):
    # no consent: the letter is the notice, and its cover would have carried the code
    resident.street = ""
    notice = available(resident, one_time_code=CODE)
    assert (notice.paper_required, may_show_code(notice)) == (True, False)
    create_letter_run(department=department, request_key="r", by=handler)
    LetterRunItem.objects.update(problem="印刷できない文字があります。")
    notice.refresh_from_db()
    assert show_code_for_letter(notice, by=handler) == CODE
    post_by_hand(LetterRunItem.objects.get(), by=handler)
    assert not may_show_code(Notice.objects.get(pk=notice.pk))


def test_notice_that_is_read_online_or_has_no_code_shows_none(available, issue, consenting, handler, approver):
    notice = available(consenting, one_time_code=CODE)
    assert not may_show_code(notice)
    plain = issue(consenting, key="2", values={"reason": "\ue000"})
    drain(tasks.make_documents)
    assert not may_show_code(plain)
    withdrawn = issue(consenting, key="3", values={"reason": "\ue000"}, one_time_code=CODE)
    drain(tasks.make_documents)
    withdrawn = services.withdraw(withdrawn, by=approver, reason="誤り")
    assert not may_show_code(withdrawn)
