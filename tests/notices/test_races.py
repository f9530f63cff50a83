"""Two people, or two workers, at the same moment. PostgreSQL: SQLite lets one writer in at a time."""

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from cityhall.services.work import claim_due
from notices import services, tasks
from notices.models import DocumentJob, LetterRun, LetterRunItem, Notice, OutgoingMail, ReceiptEvent
from notices.services import NothingDue, create_letter_run, open_notice
from notices.services.alerts import remind
from notices.services.letters import start_due_letters
from notices.services.sending import _record_failure
from tests import factories
from tests.notices.kit import drain

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only"),
]

ROUNDS = 10


def at_once(*actions):
    """Run the actions in threads that start together; what each returned or raised."""
    barrier = threading.Barrier(len(actions))
    results = [None] * len(actions)

    def run(index, action):
        try:
            barrier.wait(timeout=10)
            results[index] = action()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def make_due(notice):
    Notice.objects.filter(pk=notice.pk).update(paper_state="due")


def test_open_against_claim_and_print_never_prints_an_opened_notice(available, consenting, department, handler):
    notices = [available(consenting, key=str(number)) for number in range(ROUNDS)]
    outcomes = set()
    for number, notice in enumerate(notices):
        make_due(notice)

        def claim_and_print(number=number):
            run = create_letter_run(department=department, request_key=f"run-{number}", by=handler)
            tasks.build_letters()
            return run

        def open_it(notice=notice):
            return open_notice(notice, by=consenting.user)

        claimed, opened = at_once(claim_and_print, open_it)
        assert isinstance(opened, Notice), opened
        assert isinstance(claimed, LetterRun | NothingDue), claimed
        notice.refresh_from_db()
        printed = notice.receipts.filter(kind="printed").first()
        outcomes.add(notice.paper_state)
        if notice.paper_state == "printed":
            assert printed.recorded_at < notice.receipts.get(kind="opened").recorded_at
        else:
            assert (notice.paper_state, printed) == ("none", None)
    assert outcomes <= {"none", "printed"}


def test_control_a_claim_that_reads_first_and_writes_later_prints_an_opened_notice(available, consenting):
    """What the condition in the update is for: without it the same order of steps prints an opened notice."""
    notice = available(consenting)
    make_due(notice)
    ids = list(Notice.objects.filter(paper_state="due", opened_at__isnull=True).values_list("pk", flat=True))
    open_notice(notice, by=consenting.user)
    Notice.objects.filter(pk__in=ids).update(paper_state="printed")
    notice.refresh_from_db()
    assert (notice.state, notice.paper_state) == ("opened", "printed")


def test_two_runs_at_once_share_no_notice(available, department, handler):
    people = [factories.make_resident(given=f"{number}子") for number in range(12)]
    for person in people:
        available(person, key=f"n-{person.pk}")
    made = at_once(
        *(
            lambda key=key: create_letter_run(department=department, request_key=key, by=handler, limit=6)
            for key in ("a", "b", "c")
        )
    )
    assert all(isinstance(result, LetterRun | NothingDue) for result in made), made
    taken = list(LetterRunItem.objects.values_list("notice_id", flat=True))
    assert len(taken) == len(set(taken)) == Notice.objects.filter(paper_state="printing").count()
    while Notice.objects.filter(paper_state="due").exists():
        create_letter_run(department=department, request_key=f"rest-{LetterRun.objects.count()}", by=handler)
    assert LetterRunItem.objects.values("notice").distinct().count() == 12


def test_one_run_asked_for_twice_at_once_is_one_run(available, resident, department, handler):
    available(resident)
    made = at_once(
        *(lambda: create_letter_run(department=department, request_key="same", by=handler) for _ in range(3))
    )
    assert {getattr(result, "pk", result) for result in made} == {LetterRun.objects.get().pk}


def test_issuing_twice_at_once_with_one_key_is_one_notice(issue, consenting):
    made = at_once(*(lambda: issue(consenting, key="decision-9") for _ in range(4)))
    assert {getattr(result, "pk", result) for result in made} == {Notice.objects.get().pk}
    assert DocumentJob.objects.count() == 1


def test_opening_twice_at_once_is_one_event(available, consenting):
    notice = available(consenting)
    made = at_once(*(lambda: open_notice(notice, by=consenting.user) for _ in range(4)))
    assert {getattr(result, "state", result) for result in made} == {"opened"}
    assert ReceiptEvent.objects.filter(kind="opened").count() == 1


def test_two_workers_make_each_document_once(issue, consenting):
    for number in range(8):
        issue(consenting, key=str(number))
    done = at_once(*(lambda: drain(tasks.make_documents) for _ in range(2)))
    assert sum(done) == 8
    assert Notice.objects.filter(state="available").count() == 8
    assert ReceiptEvent.objects.filter(kind="available").count() == OutgoingMail.objects.count() == 8


def test_two_clocks_at_once_write_one_event_each(available, consenting):
    notices = [available(consenting, key=str(number)) for number in range(6)]
    late = notices[-1].paper_due_at
    done = at_once(*(lambda: start_due_letters(now=late) for _ in range(3)))
    assert sum(done) == 6
    assert ReceiptEvent.objects.filter(kind="paper_due").count() == 6
    assert services.verify_by_number(notices[0].number).result == "genuine"


def test_two_ways_that_fail_at_once_start_the_letter(available, consenting):
    """Each would see the other one alive."""
    for number in range(ROUNDS):
        remind(available(consenting, key=str(number)), moment=timezone.now())
        first, second = claim_due(OutgoingMail, limit=2)
        results = at_once(
            lambda mail=first: _record_failure(mail, "refused", is_final=True),
            lambda mail=second: _record_failure(mail, "refused", is_final=True),
        )
        assert results == [None, None]
    assert not Notice.objects.filter(paper_due_at__gt=timezone.now()).exists()
