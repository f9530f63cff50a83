"""Two people, or two workers, at the same moment. PostgreSQL: SQLite lets one writer in at a time."""

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.services.work import claim_due
from notices import services, tasks
from notices.models import (
    Campaign,
    CampaignRow,
    DocumentJob,
    LetterRun,
    LetterRunItem,
    Notice,
    NoticeType,
    OutgoingMail,
    ReceiptEvent,
)
from notices.services import NothingDue, campaigns, create_letter_run, open_notice
from notices.services.alerts import remind
from notices.services.campaigns.working import start_due
from notices.services.letters import start_due_letters
from notices.services.replies import answer_reply
from notices.services.sending import _record_failure
from tests import factories
from tests.notices.kit import drain
from tests.notices.peoplekit import make_campaign

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
            barrier.wait(timeout=60)
            results[index] = action()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
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


def test_many_runs_at_once_over_one_department_and_all_share_no_letter(available, department, handler):
    """Each clicks 印刷に回す at the same moment: no letter is in two runs, and none is in a run without being taken."""
    people = [factories.make_resident(given=f"{number}子") for number in range(8)]
    for person in people:
        available(person, key=f"n-{person.pk}")
    for number in range(4):
        Notice.objects.update(paper_state="due")
        LetterRunItem.objects.all().delete()
        made = at_once(
            *(
                lambda key=key, chosen=chosen: create_letter_run(department=chosen, request_key=key, by=handler)
                for key, chosen in ((f"a{number}", department), (f"b{number}", None), (f"c{number}", department))
            )
        )
        assert all(isinstance(result, LetterRun | NothingDue) for result in made), made
        taken = list(LetterRunItem.objects.values_list("notice_id", flat=True))
        assert len(taken) == len(set(taken)) == 8
        assert Notice.objects.filter(paper_state="printing").count() == 8


def test_control_runs_that_look_first_and_take_later_share_letters(available, resident):
    """What the one statement is for: two that look before either takes both have the letter."""
    notice = available(resident)
    make_due(notice)
    seen = [list(Notice.objects.filter(paper_state="due").values_list("pk", flat=True)) for _run in range(2)]
    for ids in seen:
        Notice.objects.filter(pk__in=ids).update(paper_state="printing")
    assert seen[0] == seen[1] == [notice.pk]


@pytest.mark.parametrize("act", ["approve", "send_now", "clock"])
def test_campaign_is_started_once_however_many_start_it(act, notice_type, department, handler, approver, resident):
    state = "ready" if act == "approve" else "approved"
    found = make_campaign(notice_type, department, by=handler, approved_by=approver, state=state)
    ready = {"approved_by": None, "approved_at": None} if act == "approve" else {"scheduled_at": timezone.now()}
    Campaign.objects.update(done_at=None, sending_at=None, **ready)
    CampaignRow.objects.create(campaign=found, position=2, state="good", recipient=resident, subject=resident)
    Campaign.objects.update(good_count=1, rows_count=1)

    def start():
        if act == "clock":
            return start_due()
        step = campaigns.approve if act == "approve" else campaigns.send_now
        return step(campaign=Campaign.objects.get(pk=found.pk), by=approver)

    results = at_once(*(start for _click in range(4)))
    assert all(result in (None, 0, 1) or isinstance(result, StaleState) for result in results), results
    assert list(found.events.values_list("state", flat=True)).count("sending") == 1
    at_once(*(lambda: drain(tasks.run_campaigns) for _worker in range(2)))
    assert Notice.objects.filter(campaign=found).count() == 1


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


def test_two_answers_to_a_reply_at_once_are_two_tellings(available, consenting, handler, approver):
    NoticeType.objects.update(allows_reply=True)
    notice = available(consenting)
    open_notice(notice, by=consenting.user)
    for number in range(ROUNDS):
        results = at_once(
            lambda number=number: answer_reply(notice=notice, body="一", request_key=f"a{number}", by=handler),
            lambda number=number: answer_reply(notice=notice, body="二", request_key=f"b{number}", by=approver),
            # and one of them pressed twice
            lambda number=number: answer_reply(notice=notice, body="一", request_key=f"a{number}", by=handler),
        )
        assert [result for result in results if isinstance(result, Exception)] == []
    numbers = list(notice.deliveries.filter(purpose="answer").order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 2 * ROUNDS + 1))
