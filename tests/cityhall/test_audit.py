import datetime as dt
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cityhall.db import is_postgresql  # noqa: F401 - read by the skipif conditions
from cityhall.enums import AuditAction
from cityhall.logs import request_id
from cityhall.models import AuditEvent, AuditSeal
from cityhall.services import audit
from cityhall.services.audit import Problem, ProblemKind, seal_events, verify_seals
from tests.database import triggers_off

pytestmark = pytest.mark.django_db


def write(count=1):
    return [
        audit.record(action=AuditAction.READ, actor=None, target_type="test", target_id=number)
        for number in range(1, count + 1)
    ]


def tamper(sql, *params):
    """What somebody with the database in hand, but without the key, can do."""
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_record_keeps_who_what_and_the_request(handler):
    token = request_id.set("abc123")
    event = audit.record(
        action=AuditAction.CHANGE,
        actor=handler,
        target_type="residents.resident",
        target_id=12,
        target_label="x" * 500,
        on_behalf_of="本人",
        department_code="kosodate",
        changed_fields=["phone", "city"],
        object_ids=[3, 1],
    )
    request_id.reset(token)
    event.refresh_from_db()
    assert (event.actor, event.actor_label) == (handler, "審査 三郎")
    assert (event.target_type, event.target_id, len(event.target_label)) == ("residents.resident", "12", 160)
    assert (event.on_behalf_of, event.department_code) == ("本人", "kosodate")
    assert (event.changed_fields, event.object_ids) == (["city", "phone"], [3, 1])
    assert (event.request_id, event.position, event.seal) == ("abc123", None, None)


def test_a_rolled_back_change_leaves_no_event():
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_sealing_numbers_without_gaps_in_batches():
    write(5)
    assert [seal_events(limit=2), seal_events(limit=2), seal_events(limit=2), seal_events(limit=2)] == [2, 2, 1, 0]
    assert list(AuditEvent.objects.order_by("id").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert list(AuditSeal.objects.order_by("id").values_list("last_position", "count")) == [(2, 2), (4, 2), (5, 1)]
    assert verify_seals() == []


def test_the_seal_depends_on_the_key(settings):
    write(2)
    seal_events()
    settings.AUDIT_KEY = "another key"
    assert [problem.kind for problem in verify_seals()] == [ProblemKind.ALTERED, ProblemKind.ALTERED]


@pytest.mark.parametrize(
    ("column", "value"),
    [("detail", "other"), ("target_id", "9"), ("actor_label", "x"), ("request_id", "x"), ("action", "export")],
)
def test_an_altered_event_is_found_once(column, value):
    events = write(5)
    seal_events()
    tamper(f"UPDATE cityhall_auditevent SET {column} = %s WHERE id = %s", value, events[2].pk)
    assert verify_seals() == [Problem(ProblemKind.ALTERED, 3, events[2].pk)]


def test_an_event_moved_in_time_is_found():
    events = write(3)
    seal_events()
    tamper("UPDATE cityhall_auditevent SET at = %s WHERE id = %s", events[0].at - dt.timedelta(1), events[0].pk)
    assert verify_seals() == [Problem(ProblemKind.ALTERED, 1, events[0].pk)]


def test_an_altered_end_of_a_batch_is_found():
    events = write(4)
    seal_events(limit=2)
    seal_events(limit=2)
    tamper("UPDATE cityhall_auditevent SET detail = 'x' WHERE id = %s", events[1].pk)
    assert verify_seals() == [Problem(ProblemKind.ALTERED, 2, events[1].pk)]


def test_a_missing_event_is_found():
    events = write(5)
    seal_events()
    tamper("DELETE FROM cityhall_auditevent WHERE id = %s", events[2].pk)
    assert verify_seals() == [Problem(ProblemKind.MISSING, 3)]


def test_a_missing_event_whose_gap_was_closed_is_found():
    events = write(3)
    seal_events()
    tamper("DELETE FROM cityhall_auditevent WHERE id = %s", events[1].pk)
    tamper("UPDATE cityhall_auditevent SET position = 2 WHERE id = %s", events[2].pk)
    assert Problem(ProblemKind.ALTERED, 2, events[2].pk) in verify_seals()
    assert Problem(ProblemKind.TRUNCATED, 3) in verify_seals()


def test_reordered_events_are_found():
    events = write(5)
    seal_events()
    for pk, position in ((events[1].pk, 99), (events[2].pk, 2), (events[1].pk, 3)):
        tamper("UPDATE cityhall_auditevent SET position = %s WHERE id = %s", position, pk)
    found = verify_seals()
    assert {problem.kind for problem in found} == {ProblemKind.REORDERED}
    assert {problem.position for problem in found} >= {2, 3}


def test_a_trail_cut_off_at_the_end_is_found():
    events = write(5)
    seal_events()
    tamper("DELETE FROM cityhall_auditevent WHERE id >= %s", events[3].pk)
    assert verify_seals() == [Problem(ProblemKind.TRUNCATED, 5)]


def test_a_trail_cut_off_together_with_its_batches_shows_against_a_copy_of_the_seal():
    events = write(4)
    seal_events(limit=2)
    seal_events(limit=2)
    copy = AuditSeal.objects.get(last_position=4)
    tamper("DELETE FROM cityhall_auditevent WHERE id >= %s", events[2].pk)
    tamper("DELETE FROM cityhall_auditseal WHERE last_position = 4")
    assert verify_seals() == []
    assert verify_seals((4, copy.seal)) == [Problem(ProblemKind.TRUNCATED, 4)]


def test_verify_reads_in_constant_queries(django_assert_num_queries):
    write(30)
    seal_events()
    with django_assert_num_queries(2):
        assert verify_seals() == []


def test_the_command_says_so_when_the_trail_is_intact():
    write(2)
    seal_events(limit=1)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    seal = AuditSeal.objects.get()
    assert out.getvalue().splitlines() == [
        "unsealed: 1",
        f"last seal: 1:{seal.seal}",
        "the sealed trail is intact",
    ]


def test_the_command_fails_and_names_the_place():
    events = write(3)
    seal_events()
    tamper("UPDATE cityhall_auditevent SET detail = 'x' WHERE id = %s", events[1].pk)
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify_audit", stdout=out)
    assert caught.value.returncode == 1
    assert out.getvalue().splitlines()[0] == f"altered at 2 event {events[1].pk}"


def test_the_command_takes_a_copied_seal():
    write(1)
    seal_events()
    with pytest.raises(CommandError, match="1 problem"):
        call_command("verify_audit", expect="1:" + "0" * 64, stdout=StringIO())
    with pytest.raises(CommandError, match="POSITION:SEAL"):
        call_command("verify_audit", expect="nonsense", stdout=StringIO())


def seal_in_threads(count, monkeypatch=None):
    """Several sealers that all read the last seal before any of them writes."""
    together = threading.Barrier(count)
    real = audit._seal_of
    local = threading.local()

    def seal_of(previous, event):
        if not getattr(local, "met", False):
            local.met = True
            together.wait(timeout=60)
        return real(previous, event)

    results, errors = [], []

    def work():
        try:
            results.append(seal_events())
        except Exception as error:  # noqa: BLE001 - asserted below
            errors.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(audit, "_seal_of", seal_of)
    threads = [threading.Thread(target=work) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    monkeypatch.setattr(audit, "_seal_of", real)
    return sorted(results), errors


@pytest.mark.postgresql
@pytest.mark.skipif("not is_postgresql()")
@pytest.mark.django_db(transaction=True)
def test_of_two_sealers_at_the_same_place_one_wins(monkeypatch):
    write(50)
    results, errors = seal_in_threads(2, monkeypatch)
    assert errors == []
    assert results == [0, 50]
    assert verify_seals() == []
    write(5)
    assert seal_events() == 5
    assert verify_seals() == []


@pytest.mark.postgresql
@pytest.mark.skipif("not is_postgresql()")
@pytest.mark.django_db(transaction=True)
def test_control_without_the_unique_positions_two_sealers_break_the_chain(monkeypatch):
    """The same race with the guard taken away: shows that the test above can fail."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cityhall_auditseal DROP CONSTRAINT cityhall_auditseal_last_position_key")
    try:
        write(50)
        results, errors = seal_in_threads(2, monkeypatch)
        assert errors == []
        assert results == [50, 50]
        assert AuditSeal.objects.count() == 2
    finally:
        with triggers_off(connection), connection.cursor() as cursor:
            cursor.execute("DELETE FROM cityhall_auditseal")
            cursor.execute(
                "ALTER TABLE cityhall_auditseal ADD CONSTRAINT cityhall_auditseal_last_position_key"
                " UNIQUE (last_position)"
            )


@pytest.mark.django_db(transaction=True)
def test_sealers_in_a_row_from_many_threads_leave_one_chain():
    write(200)
    errors = []

    def work():
        try:
            while seal_events(limit=7):
                pass
        except Exception as error:  # noqa: BLE001 - asserted below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while seal_events():
        pass
    assert errors == []
    assert verify_seals() == []
    assert AuditEvent.objects.filter(position__isnull=True).count() == 0
