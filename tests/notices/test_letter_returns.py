"""Letters that came back: by scanner, camera or number, once."""

import pytest
from django.urls import reverse

from cityhall.enums import Role
from cityhall.errors import StaleState
from notices import queries, tasks
from notices.models import LetterRunItem, Notice
from notices.services import create_letter_run, mark_posted, post_again
from notices.services.returning import NotPosted, UnknownLetter, number_in, take_back, undo_return
from tests import factories


@pytest.fixture
def posted(available, resident, department, handler):
    notice = available(resident)
    run = create_letter_run(department=department, request_key="r", by=handler)
    tasks.build_letters()
    run.refresh_from_db()
    mark_posted(run, by=handler)
    notice.refresh_from_db()
    return notice


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("https://city.example.jp/verify/12345678903/", "12345678903"),
        # through an input method for Japanese
        ("ｈｔｔｐｓ：／／ｃｉｔｙ．ｅｘａｍｐｌｅ．ｊｐ／ｖｅｒｉｆｙ／１２３４５６７８９０３／", "12345678903"),
        ("1234-5678-903", "12345678903"),
        ("１２３４−５６７８−９０３", "12345678903"),
        ("", ""),
    ],
)
def test_number_is_found_in_what_a_scanner_types(typed, number):
    assert number_in(typed) == number


def test_letter_is_taken_back_once_however_often_it_is_read(posted, handler):
    letters = queries.visible_to_staff(handler)
    code = f"https://x.example/verify/{posted.number}/"
    assert not take_back(code, letters=letters, by=handler, reason="転居先不明").was_known
    assert take_back(code, letters=letters, by=handler, reason="受取拒絶").was_known
    assert Notice.objects.get().paper_state == "returned"
    assert [event.detail for event in posted.receipts.filter(kind="returned")] == ["転居先不明"]
    item = LetterRunItem.objects.get()
    assert item.returned_reason == "転居先不明"
    assert item.returned_at is not None


def test_wrong_letter_read_is_undone_and_the_events_stay(posted, handler):
    letters = queries.visible_to_staff(handler)
    day = Notice.objects.get().effective_on
    take_back(posted.number, letters=letters, by=handler, reason="転居先不明")
    undo_return(posted, by=handler)
    notice, item = Notice.objects.get(), LetterRunItem.objects.get()
    assert (notice.paper_state, notice.effective_on) == ("posted", day)
    assert (item.returned_at, item.returned_reason) == (None, "")
    assert [event.kind for event in posted.receipts.order_by("id")][-3:] == ["posted", "returned", "return_undone"]
    # it comes back another day
    assert not take_back(posted.number, letters=letters, by=handler, reason="受取拒絶").was_known


def test_return_is_undone_once_and_not_when_the_letter_goes_out_again(posted, handler):
    with pytest.raises(StaleState):
        undo_return(posted, by=handler)
    take_back(posted.number, letters=queries.visible_to_staff(handler), by=handler, reason="")
    post_again(posted, by=handler)
    with pytest.raises(StaleState):
        undo_return(posted, by=handler)
    assert not posted.receipts.filter(kind="return_undone").exists()


def test_day_of_effect_that_the_posting_set_is_there_again(posted, handler):
    Notice.objects.update(paper_required=True, effective_on="2026-11-01")
    take_back(posted.number, letters=queries.visible_to_staff(handler), by=handler, reason="")
    assert Notice.objects.get().effective_on is None
    undo_return(posted, by=handler)
    assert Notice.objects.get().effective_on is not None


def test_return_is_undone_on_the_page_of_returns(login, posted, handler):
    browser = login(handler)
    browser.post(reverse("notices:letter_returns"), {"code": posted.number, "reason": "moved"})
    address = reverse("notices:staff_return_undone", args=[posted.public_id])
    assert f'action="{address}"' in browser.get(reverse("notices:letter_returns")).content.decode()
    assert browser.post(address, {"from": "returns"}).url == reverse("notices:letter_returns")
    assert Notice.objects.get().paper_state == "posted"


def test_letter_that_was_not_posted_does_not_come_back(available, resident, handler):
    notice = available(resident)
    with pytest.raises(NotPosted):
        take_back(notice.number, letters=queries.visible_to_staff(handler), by=handler, reason="")


@pytest.mark.parametrize("code", ["", "あいう", "12345678901", "https://x.example/verify/99999999999/"])
def test_what_is_no_number_of_ours_is_unknown(posted, handler, code):
    with pytest.raises(UnknownLetter):
        take_back(code, letters=queries.visible_to_staff(handler), by=handler, reason="")


def test_page_takes_letters_one_after_the_other(posted, login, handler):
    client = login(handler)
    url = reverse("notices:letter_returns")
    data = {"code": f"{posted.number}", "reason": "moved"}
    answer = client.post(url, data, follow=True)
    page = answer.content.decode()
    assert "返戻として記録しました" in page
    # the next letter of the pile often has the same reason
    assert answer.context["form"]["reason"].value() == "moved"
    assert "転居先不明" in page
    assert posted.recipient_name in page
    assert "すでに返戻として記録しています" in client.post(url, data, follow=True).content.decode()
    refused = client.post(url, {"code": "1", "reason": "moved"}, follow=True)
    assert "この番号の通知は見つかりません" in refused.content.decode()
    # the box waits for the next letter
    assert refused.context["form"]["code"].value() is None


def test_letter_of_another_department_is_unknown(posted, login, departments):
    elsewhere = login(factories.make_staff(role=Role.HANDLER, department=departments["kaigo"]))
    page = elsewhere.post(reverse("notices:letter_returns"), {"code": posted.number, "reason": "moved"}, follow=True)
    assert "この番号の通知は見つかりません" in page.content.decode()
    assert Notice.objects.get().paper_state == "posted"


def test_list_forgets_a_letter_that_goes_out_again(posted, handler):
    take_back(posted.number, letters=queries.visible_to_staff(handler), by=handler, reason="転居先不明")
    (row,) = queries.letters_returned(handler)
    assert (row.pk, row.returned_reason) == (posted.pk, "転居先不明")
    post_again(posted, by=handler)
    assert not queries.letters_returned(handler).exists()


def test_clerk_without_letters_has_no_such_page(login, clerk):
    assert login(clerk).get(reverse("notices:letter_returns")).status_code in (403, 404)
