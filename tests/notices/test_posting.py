"""What becomes of letters after the printing, or without it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import AuditAction, Role, WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.files import sweep_files
from notices import tasks
from notices.models import DocumentJob, LetterRun, LetterRunItem, Notice
from notices.queries import letters_due, letters_for_a_person
from notices.services import (
    create_letter_run,
    mark_posted,
    mark_returned,
    open_notice,
    post_again,
    post_by_hand,
    post_without_document,
    return_to_due,
    withdraw,
)
from notices.services.sweeping import release_print_files
from residents.models import Resident
from tests import factories
from tests.notices.kit import drain

NO_ADDRESS = {"postal_code": "", "prefecture": "", "city": "", "town": "", "street": "", "building": ""}
NEW_ADDRESS = {"postal_code": "1000014", "prefecture": "東京都", "city": "緑野市", "town": "泉町", "street": "1-2"}


@pytest.fixture
def due(available):
    """Letters that are due, for this many made-up people without consent."""

    def make(count=1, **fields):
        people = [factories.make_resident(given=f"{number}子", **fields) for number in range(count)]
        return [available(person, key=f"letter-{person.pk}") for person in people]

    return make


@pytest.fixture
def run_letters(department, handler):
    def make(key="run-1"):
        run = create_letter_run(department=department, request_key=key, by=handler)
        tasks.build_letters()
        run.refresh_from_db()
        return run

    return make


@pytest.fixture
def returned(due, run_letters, handler):
    """A letter that the post brought back."""
    (notice,) = due()
    mark_posted(run_letters(), by=handler)
    mark_returned(notice, by=handler, reason="転居先不明")
    return Notice.objects.get(pk=notice.pk)


@pytest.fixture
def unprintable(issue):
    """A draft whose document no font can set."""
    notice = issue(factories.make_resident(given="\U000e0fff"))
    drain(tasks.make_documents)
    return notice


def paper_of(notice):
    return Notice.objects.get(pk=notice.pk).paper_state


def kinds(notice):
    return [event.kind for event in notice.receipts.all()]


def details():
    return list(AuditEvent.objects.filter(action=AuditAction.STATE).order_by("id").values_list("detail", flat=True))


def test_withdrawn_after_printing_is_not_posted(due, run_letters, handler, approver):
    taken_back, stays = due(2)
    run = run_letters()
    withdraw(taken_back, by=approver, reason="誤り")
    mark_posted(run, by=handler)
    assert [paper_of(taken_back), paper_of(stays)] == ["none", "posted"]
    assert kinds(taken_back)[-2:] == ["withdrawn", "not_posted"]
    assert AuditEvent.objects.get(target_type="letter_run", detail="posted").object_ids == [stays.pk]


def test_run_page_names_what_to_take_out(login, due, run_letters, handler, approver):
    _first, second = due(2)
    run = run_letters()
    url = reverse("notices:letter_run_detail", args=[run.public_id])
    assert "抜き取ってください" not in login(handler).get(url).content.decode()
    withdraw(second, by=approver, reason="誤り")
    response = login(handler).get(url)
    assert "印刷後に取り消された通知（抜き取ってください）" in response.content.decode()
    assert [(item.position, item.notice_id) for item in response.context["to_take_out"]] == [(2, second.pk)]
    mark_posted(run, by=handler)
    assert "抜き取ってください" not in login(handler).get(url).content.decode()


def test_corrected_address_gets_into_the_next_run(due, run_letters, handler):
    (notice,) = due(**NO_ADDRESS)
    item = run_letters().items.get()
    Resident.objects.filter(pk=notice.recipient_id).update(**NEW_ADDRESS)
    return_to_due(item, by=handler)
    assert run_letters("run-2").count == 1
    notice.refresh_from_db()
    assert (notice.paper_state, notice.recipient_address) == ("printed", "東京都緑野市泉町1-2")
    assert kinds(notice)[-2:] == ["readdressed", "printed"]
    changed = AuditEvent.objects.get(action=AuditAction.CHANGE, detail="readdressed")
    assert set(changed.changed_fields) == {"recipient_address", "recipient_postal_code", "recipient_street"}
    assert "returned_to_due" in details()


def test_returned_letter_goes_out_again_to_the_new_address(returned, run_letters, handler):
    Resident.objects.filter(pk=returned.recipient_id).update(**NEW_ADDRESS)
    post_again(returned, by=handler)
    with pytest.raises(StaleState):
        post_again(returned, by=handler)
    assert kinds(returned)[-2:] == ["readdressed", "paper_again"]
    mark_posted(run_letters("run-2"), by=handler)
    returned.refresh_from_db()
    assert (returned.paper_state, returned.recipient_postal_code) == ("posted", "1000014")


def test_letter_goes_to_the_person_a_row_was_merged_into(returned, run_letters, handler):
    living = factories.make_resident(**NEW_ADDRESS)
    Resident.objects.filter(pk=returned.recipient_id).update(merged_into=living)
    post_again(returned, by=handler)
    returned.refresh_from_db()
    assert returned.recipient_address == "東京都緑野市泉町1-2"
    Resident.objects.filter(pk=living.pk).update(protected_until=dt.date(2999, 1, 1))
    assert "支援措置" in run_letters("run-2").items.get().problem


def test_same_address_is_no_new_address(returned, handler):
    post_again(returned, by=handler)
    assert "readdressed" not in kinds(returned)
    assert not AuditEvent.objects.filter(detail="readdressed").exists()


def test_withdrawn_notice_is_not_sent_again(returned, handler, approver):
    withdraw(returned, by=approver, reason="誤り")
    with pytest.raises(StaleState):
        post_again(returned, by=handler)


def test_opened_notice_that_needs_no_paper_is_not_sent_again(available, consenting, handler):
    notice = available(consenting)
    open_notice(notice, by=consenting.user)
    Notice.objects.filter(pk=notice.pk).update(paper_state="returned")
    with pytest.raises(StaleState):
        post_again(notice, by=handler)
    assert paper_of(notice) == "returned"


def test_letter_is_sent_again_from_its_page(login, returned, handler, clerk):
    url = reverse("notices:staff_post_again", args=[returned.public_id])
    page = reverse("notices:staff_detail", args=[returned.public_id])
    assert "住所を更新してもう一度郵送する" in login(handler).get(page).content.decode()
    assert "住所を更新してもう一度郵送する" not in login(clerk).get(page).content.decode()
    assert login(clerk).post(url).status_code == 404
    login(handler).post(url)
    assert paper_of(returned) == "due"


def test_letter_without_a_problem_is_not_posted_by_hand(due, department, handler):
    (notice,) = due()
    create_letter_run(department=department, request_key="r", by=handler)
    item = LetterRunItem.objects.get()
    for settle in (post_by_hand, return_to_due):
        with pytest.raises(StaleState):
            settle(item, by=handler)
    assert paper_of(notice) == "printing"


def test_old_run_does_not_settle_a_letter_of_a_new_one(due, department, run_letters, handler):
    (notice,) = due(**NO_ADDRESS)
    old = run_letters().items.get()
    return_to_due(old, by=handler)
    create_letter_run(department=department, request_key="r2", by=handler)
    for settle in (post_by_hand, return_to_due):
        with pytest.raises(StaleState):
            settle(old, by=handler)
    assert paper_of(notice) == "printing"


def test_steps_of_a_letter_are_audited(due, run_letters, handler):
    (notice,) = due(**NO_ADDRESS)
    post_by_hand(run_letters().items.get(), by=handler)
    mark_returned(notice, by=handler)
    post_again(notice, by=handler)
    events = AuditEvent.objects.filter(target_id=notice.public_id, action=AuditAction.STATE, actor=handler)
    assert [event.detail for event in events.order_by("id")] == ["posted_by_hand", "returned", "post_again"]
    assert {event.department_code for event in events} == {notice.department.code}


def test_notice_without_document_is_closed_by_hand(unprintable, handler):
    post_without_document(unprintable, by=handler, reason="外字のため")
    unprintable.refresh_from_db()
    assert (unprintable.state, unprintable.paper_state, unprintable.document) == ("draft", "posted", None)
    assert kinds(unprintable) == ["posted"]
    assert "外字のため" in unprintable.receipts.get().detail
    assert DocumentJob.objects.get().state == WorkState.DONE
    assert "手作業" in DocumentJob.objects.get().last_error
    assert tasks.make_documents() == 0
    assert details() == ["posted_without_document"]
    with pytest.raises(StaleState):
        post_without_document(unprintable, by=handler, reason="外字のため")


def test_notice_that_may_still_get_its_document_is_not_closed(issue, consenting, handler):
    with pytest.raises(StaleState):
        post_without_document(issue(consenting), by=handler, reason="外字のため")
    assert DocumentJob.objects.get().state == WorkState.QUEUED


def test_withdrawn_draft_is_not_posted_by_hand(unprintable, handler, approver):
    withdraw(unprintable, by=approver, reason="誤り")
    with pytest.raises(StaleState):
        post_without_document(unprintable, by=handler, reason="外字のため")
    assert DocumentJob.objects.get().state == WorkState.GIVEN_UP


def test_notice_without_document_is_closed_on_its_page(login, unprintable, handler, clerk):
    failures = login(handler).get(reverse("notices:failures")).content.decode()
    page = reverse("notices:staff_detail", args=[unprintable.public_id])
    assert page in failures
    assert "手作業で作成して郵送した" in login(handler).get(page).content.decode()
    assert "手作業で作成して郵送した" not in login(clerk).get(page).content.decode()
    url = reverse("notices:staff_made_by_hand", args=[unprintable.public_id])
    assert login(clerk).post(url, {"reason": "外字"}).status_code == 404
    assert "理由を入力してください" in login(handler).post(url, {"reason": ""}).content.decode()
    login(handler).post(url, {"reason": "外字"})
    assert paper_of(unprintable) == "posted"
    assert page not in login(handler).get(reverse("notices:failures")).content.decode()


def test_letters_for_a_person_are_shown_to_their_department(login, due, run_letters, handler, departments):
    (notice,) = due(**NO_ADDRESS)
    run_letters()
    elsewhere = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    page = reverse("notices:letter_runs")
    assert "手作業が必要な手紙（1通）" in login(handler).get(page).content.decode()
    assert "手作業が必要な手紙" not in login(elsewhere).get(page).content.decode()
    assert [item.notice for item in letters_for_a_person(handler)] == [notice]
    assert not letters_for_a_person(elsewhere).exists()
    assert "手作業が必要な手紙" in login(handler).get(reverse("portal:staff_home")).content.decode()


def test_letter_of_a_run_over_all_departments_is_settled_by_its_own(login, due, handler, administrator, departments):
    (notice,) = due(**NO_ADDRESS)
    run = create_letter_run(department=None, request_key="all", by=administrator)
    url = reverse("notices:letter_settle", args=[run.public_id, run.items.get().notice.public_id])
    elsewhere = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    assert login(elsewhere).post(url, {"answer": "posted"}).status_code == 404
    assert login(handler).post(url, {"answer": "posted"}).url == reverse("notices:letter_runs")
    assert paper_of(notice) == "posted"
    assert not letters_due(handler).exists()


def test_runs_are_paged(login, due, department, handler, monkeypatch):
    from notices.views import letters

    monkeypatch.setattr(letters, "RECENT", 1)
    runs = []
    for number in range(2):
        due()
        runs.append(create_letter_run(department=department, request_key=str(number), by=handler))
    first = login(handler).get(reverse("notices:letter_runs"))
    assert [run.pk for run in first.context["runs"]] == [runs[1].pk]
    second = login(handler).get(reverse("notices:letter_runs") + first.context["next_url"])
    assert [run.pk for run in second.context["runs"]] == [runs[0].pk]
    assert second.context["next_url"] == ""


def test_print_file_is_deleted_ninety_days_after_posting(login, due, run_letters, handler):
    due()
    run = run_letters()
    far = timezone.now() + dt.timedelta(days=365)
    assert release_print_files(now=far) == 0
    mark_posted(run, by=handler)
    assert release_print_files(now=timezone.now() + dt.timedelta(days=89)) == 0
    assert release_print_files(now=timezone.now() + dt.timedelta(days=91)) == 1
    assert LetterRun.objects.get().file is None
    sweep_files(now=far)
    assert not StoredFile.objects.filter(pk=run.file_id).exists()
    page = login(handler).get(reverse("notices:letter_run_detail", args=[run.public_id])).content.decode()
    assert "90日を過ぎたため消去しました" in page


def test_letter_takes_effect_when_it_is_posted_and_no_more_when_it_came_back(due, run_letters, handler):
    (notice,) = due()
    assert notice.effective_on is None
    mark_posted(run_letters(), by=handler)
    notice.refresh_from_db()
    assert notice.effective_on == timezone.localdate()
    mark_returned(notice, by=handler)
    notice.refresh_from_db()
    assert notice.effective_on is None


def test_unread_notice_that_counts_from_its_opening_takes_effect_with_its_letter(
    available, consenting, notice_type, run_letters, handler
):
    notice_type.effect = "opened"
    notice_type.save()
    notice = available(consenting)
    Notice.objects.filter(pk=notice.pk).update(paper_state="due")
    mark_posted(run_letters(), by=handler)
    notice.refresh_from_db()
    assert notice.effective_on == timezone.localdate()
    # an opening afterwards does not move the day
    later = timezone.now() + dt.timedelta(days=3)
    assert open_notice(notice, by=consenting.user, now=later).effective_on == timezone.localdate()


def test_letter_without_document_takes_effect_when_a_person_posts_it(issue, handler):
    notice = issue(factories.make_resident(family="高橋", given="\U000e0fff"), key="bad")
    drain(tasks.make_documents)
    post_without_document(notice, by=handler, reason="字形なし")
    notice.refresh_from_db()
    assert notice.effective_on == timezone.localdate()
