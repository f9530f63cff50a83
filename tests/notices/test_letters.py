import datetime as dt
import io
import shutil
import subprocess

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.services.files import read_bytes
from cityhall.services.work import claim_due
from notices import queries, tasks
from notices.models import LetterRun, LetterRunItem, Notice
from notices.services import (
    NothingDue,
    create_letter_run,
    mark_posted,
    mark_returned,
    open_notice,
    post_by_hand,
    return_to_due,
)
from notices.services.letters import start_due_letters
from notices.services.printing import build_run
from tests import factories

LATER = dt.timedelta(hours=73)


@pytest.fixture
def due(available):
    """Letters that are due, for this many made-up people without consent."""

    def make(count, **fields):
        people = [factories.make_resident(given=f"{number}子", **fields) for number in range(count)]
        return [available(person, key=f"letter-{person.pk}") for person in people]

    return make


@pytest.fixture
def run_letters(department, handler):
    def make(key="run-1", **given):
        run = create_letter_run(department=department, request_key=key, by=handler, **given)
        tasks.build_letters()
        run.refresh_from_db()
        return run

    return make


def paper_states():
    return list(Notice.objects.order_by("id").values_list("paper_state", flat=True))


def kinds(notice):
    return list(notice.receipts.order_by("id").values_list("kind", flat=True))


def test_clock_makes_letters_due_after_the_hours_and_once(available, consenting):
    notice = available(consenting)
    assert start_due_letters(now=timezone.now() + dt.timedelta(hours=71)) == 0
    assert start_due_letters(now=timezone.now() + LATER) == 1
    assert start_due_letters(now=timezone.now() + LATER) == 0
    assert paper_states() == ["due"]
    assert kinds(notice) == ["available", "paper_due"]


def test_clock_leaves_opened_notices_alone(available, consenting):
    notice = available(consenting)
    open_notice(notice, by=consenting.user)
    assert start_due_letters(now=timezone.now() + LATER) == 0
    assert paper_states() == ["none"]


def test_run_prints_all_due_letters_on_sheets_of_their_own(due, run_letters):
    notices = due(3)
    run = run_letters()
    assert (run.state, run.run_state, run.count) == ("done", "printed", 3)
    assert paper_states() == ["printed"] * 3
    assert kinds(notices[0]) == ["available", "paper_due", "printed"]
    with pikepdf.open(io.BytesIO(read_bytes(run.file))) as pdf:
        # a cover and one page each: two sides of one sheet
        assert len(pdf.pages) == 6
        assert {tuple(round(float(side)) for side in page.mediabox) for page in pdf.pages} == {(0, 0, 595, 842)}


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed")
def test_letter_begins_with_its_address(due, run_letters):
    due(1)
    file = read_bytes(run_letters().file)
    text = subprocess.run(
        ["pdftotext", "-layout", "-l", "1", "-", "-"], input=file, capture_output=True, check=True
    ).stdout.decode()
    squeezed = text.replace(" ", "").replace("\u00a0", "")
    for part in ("〒100-0013", "東京都緑野市緑町3-30-8", "高橋0子様", "通知書の送付について", "緑野市役所"):
        assert part in squeezed


def test_run_asked_twice_is_one_run(due, department, handler):
    due(2)
    first = create_letter_run(department=department, request_key="same", by=handler)
    assert create_letter_run(department=department, request_key="same", by=handler) == first
    assert LetterRunItem.objects.count() == 2


def test_two_runs_never_share_a_notice(due, department, handler):
    due(2)
    create_letter_run(department=department, request_key="a", by=handler)
    with pytest.raises(NothingDue):
        create_letter_run(department=department, request_key="b", by=handler)
    assert LetterRun.objects.count() == 1


def test_run_takes_its_own_department_only(due, departments, handler, run_letters):
    due(2)
    Notice.objects.filter(pk=Notice.objects.first().pk).update(department=departments["kaigo"])
    assert run_letters().count == 1
    assert paper_states() == ["due", "printed"]


def test_opened_between_claim_and_print_is_left_out(available, consenting, due, department, handler):
    notice = available(consenting)
    start_due_letters(now=timezone.now() + LATER)
    due(1)
    run = create_letter_run(department=department, request_key="r", by=handler)
    assert open_notice(notice, by=consenting.user).paper_state == "none"
    tasks.build_letters()
    run.refresh_from_db()
    assert run.count == 1
    assert Notice.objects.get(pk=notice.pk).paper_state == "none"
    assert "printed" not in kinds(notice)


def test_opened_while_the_letters_are_made_is_left_out(available, consenting, due, department, handler, monkeypatch):
    notice = available(consenting)
    start_due_letters(now=timezone.now() + LATER)
    due(1)
    run = create_letter_run(department=department, request_key="r", by=handler)
    from notices.services import printing

    merge = printing._merge
    monkeypatch.setattr(
        printing,
        "_merge",
        lambda letters, **sides: (open_notice(notice, by=consenting.user), merge(letters, **sides))[1],
    )
    tasks.build_letters()
    run.refresh_from_db()
    assert (run.run_state, run.count) == ("printed", 1)
    assert "開封" in run.items.get(notice=notice).problem
    with pikepdf.open(io.BytesIO(read_bytes(run.file))) as pdf:
        assert len(pdf.pages) == 2


def test_letter_that_cannot_be_printed_stops_only_itself(due, run_letters, handler):
    bad, _good = due(2)
    Notice.objects.filter(pk=bad.pk).update(recipient_name="\U000e0fff")
    run = run_letters()
    assert run.count == 1
    assert "U+E0FFF" in run.items.get(notice=bad).problem
    assert paper_states() == ["printing", "printed"]
    assert [item.notice for item in queries.letters_for_a_person(handler)] == [bad]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"protected_until": dt.date(2999, 1, 1)}, "支援措置"),
        ({"died_on": dt.date(2026, 1, 1)}, "亡くなられ"),
        ({"postal_code": "", "prefecture": "", "city": "", "town": "", "street": ""}, "住所"),
    ],
)
def test_letters_that_need_a_look_are_done_by_hand(due, run_letters, handler, fields, words):
    due(1, **fields)
    run = run_letters()
    item = run.items.get()
    assert (run.count, run.file) == (0, None)
    assert words in item.problem
    post_by_hand(item, by=handler)
    assert paper_states() == ["posted"]
    assert not queries.letters_for_a_person(handler).exists()
    with pytest.raises(StaleState):
        post_by_hand(item, by=handler)


def test_corrected_letter_goes_into_the_next_run(due, run_letters, handler):
    due(1, protected_until=dt.date(2999, 1, 1))
    item = run_letters().items.get()
    return_to_due(item, by=handler)
    assert paper_states() == ["due"]
    with pytest.raises(StaleState):
        return_to_due(item, by=handler)


def test_posted_and_returned_are_events_and_happen_once(due, run_letters, handler):
    (notice,) = due(1)
    run = run_letters()
    mark_posted(run, by=handler)
    with pytest.raises(StaleState):
        mark_posted(run, by=handler)
    notice.refresh_from_db()
    mark_returned(notice, by=handler, reason="あて所に尋ねあたりません")
    with pytest.raises(StaleState):
        mark_returned(notice, by=handler)
    assert kinds(notice) == ["available", "paper_due", "printed", "posted", "returned"]
    assert notice.receipts.last().detail == "あて所に尋ねあたりません"


def test_unbuilt_run_cannot_be_posted(due, department, handler):
    due(1)
    run = create_letter_run(department=department, request_key="r", by=handler)
    with pytest.raises(StaleState):
        mark_posted(run, by=handler)


def test_run_built_twice_or_by_a_worker_without_lease_prints_once(due, department, handler):
    (notice,) = due(1)
    create_letter_run(department=department, request_key="r", by=handler)
    slow = claim_due(LetterRun)[0]
    quick = claim_due(LetterRun, now=slow.lease_until)[0]
    build_run(slow)
    assert paper_states() == ["printing"]
    build_run(quick)
    assert paper_states() == ["printed"]
    assert tasks.build_letters() == 0
    assert kinds(notice).count("printed") == 1


def test_run_may_be_of_all_departments_and_limited(due, run_letters, administrator):
    due(3)
    run = create_letter_run(department=None, request_key="all", by=administrator, limit=2)
    assert run.items.count() == 2
    assert paper_states() == ["printing", "printing", "due"]


def test_staff_see_what_is_due_in_their_department(due, handler, contract_clerk, departments):
    notices = due(2)
    assert list(queries.letters_due(handler)) == notices
    Notice.objects.update(department=departments["kaigo"])
    assert not queries.letters_due(handler).exists()


def test_letters_for_a_person_are_all_counted_and_paged(due, run_letters, login, handler, monkeypatch):
    monkeypatch.setattr("notices.views.letters.MOST_PROBLEMS", 2)
    due(3, postal_code="")
    run_letters()
    client = login(handler)
    page = client.get(reverse("notices:letter_runs"))
    assert "手作業が必要な手紙（3通）" in page.content.decode()
    assert len(page.context["problems"]) == 2
    rest = client.get(reverse("notices:letter_runs") + page.context["more_problems_url"])
    assert len(rest.context["problems"]) == 1
    assert rest.context["more_problems_url"] == ""
