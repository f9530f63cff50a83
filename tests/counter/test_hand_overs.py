"""Cases on their way to the back office: files, programs, errors that come back."""

import csv
import io
import json
import os
import stat
import time
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.enums import ApplicationState, Channel
from applications.services.withdrawal import withdraw
from applications.withdrawals import listeners
from cityhall.enums import DeviceKind, Role, WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from cityhall.references import format_number
from cityhall.services import devices
from counter.enums import HandOverEventKind, HandOverKind, HandOverOutcome
from counter.handing import csv_of
from counter.handing.files import drop
from counter.models import HandOver, HandOverEvent
from counter.queries.hand_overs import document, open_for, with_content
from counter.services import hand_overs, visits
from counter.tasks import drop_hand_overs
from tests import factories
from tests.applications import casekit
from tests.counter import receivingkit
from tests.counter.kit import NOW
from tests.reservations import kit as reservationkit

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(department, resident):
    return casekit.make_case(casekit.make_procedure(department), resident, channel=Channel.COUNTER)


@pytest.fixture
def row(case):
    return hand_overs.hand_over([case], by=None, now=NOW)[0]


def make_system(name="住民記録", department=None):
    device = devices.create(kind=DeviceKind.SYSTEM, name=name, department=department, by=None)
    return device, devices.issue_token(device, by=None)


@pytest.fixture
def system(municipality):
    return make_system()[0]


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def kinds(row):
    return [event.kind for event in HandOverEvent.objects.filter(hand_over=row)]


def test_a_case_is_in_the_outbox_once(case, row):
    assert hand_overs.hand_over([case], by=None, now=NOW) == []
    assert HandOver.objects.get() == row
    assert kinds(row) == [HandOverEventKind.QUEUED]


def test_the_document_has_every_answer_with_key_value_and_words(row, django_assert_num_queries):
    with django_assert_num_queries(5):
        (found,) = with_content(HandOver.objects.all())
        content = document(found)
    assert content["number"] == row.application.number
    said = {answer["key"]: answer for answer in content["answers"]}
    assert said["birth_date"]["value"] == casekit.ANSWERS["birth_date"]
    assert "令和8年10月1日" in said["birth_date"]["words"]
    assert json.loads(json.dumps(content)) == content


def test_files_appear_whole_and_twice_is_once(row, settings, tmp_path):
    settings.HANDOVER_DIR = str(tmp_path)
    assert drop_hand_overs() == 1
    assert drop_hand_overs() == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"{row.application.number}-1.csv", f"{row.application.number}-1.json"]
    content = json.loads((tmp_path / names[1]).read_text())
    assert content["id"] == row.public_id
    lines = list(csv.DictReader(io.StringIO((tmp_path / names[0]).read_text("utf-8-sig"))))
    assert {line["key"]: line["value"] for line in lines}["child_name"] == "高橋 一葉"
    row.refresh_from_db()
    assert row.state == WorkState.DONE
    assert kinds(row) == [HandOverEventKind.QUEUED, HandOverEventKind.FILE_WRITTEN]


def test_files_are_for_the_group_alone_and_what_was_left_half_written_goes(tmp_path):
    old, new, same = (tmp_path / f".{name}.part" for name in ("old.json", "new.json", "1.json"))
    for part in (old, new, same):
        part.write_bytes(b"half")
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    path = drop(tmp_path, "1.json", b"whole")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"whole", 0o640)
    assert {one.name for one in tmp_path.iterdir()} == {"1.json", new.name}


def test_a_folder_that_is_gone_is_waited_for(row, settings, tmp_path):
    settings.HANDOVER_DIR = str(tmp_path / "gone")
    drop_hand_overs()
    row.refresh_from_db()
    assert (row.state, row.last_error) == (WorkState.FAILED, "FileNotFoundError")
    assert row.outcome == HandOverOutcome.OPEN


def test_what_was_typed_never_becomes_a_formula(row):
    content = document(with_content(HandOver.objects.filter(pk=row.pk)).get())
    content["answers"][0] |= {"value": "=1+1", "words": "=1+1"}
    assert "'=1+1" in csv_of(content).decode("utf-8-sig")


def test_without_a_folder_the_list_alone_hands_over(row, settings, system):
    settings.HANDOVER_DIR = ""
    assert drop_hand_overs() == 1
    assert [one.pk for one in open_for(system)] == [row.pk]


def test_a_program_takes_a_case_once_and_it_leaves_the_list(row, system):
    hand_overs.take(row, system=system, reference="K-1", now=NOW)
    hand_overs.take(row, system=system, reference="K-1", now=NOW)
    assert list(open_for(system)) == []
    assert kinds(row) == [HandOverEventKind.QUEUED, HandOverEventKind.TAKEN]
    with pytest.raises(StaleState):
        hand_overs.take(row, system=make_system("国保")[0], now=NOW)


def test_an_error_comes_back_with_its_reason_and_goes_out_again(row, system, clerk):
    hand_overs.take(row, system=system, now=NOW)
    hand_overs.give_back(row, system=system, reason="続柄が 台帳と\n合いません", now=NOW)
    assert row.reason == "続柄が 台帳と 合いません"
    hand_overs.put_again(row, by=clerk, now=NOW)
    row.refresh_from_db()
    assert (row.outcome, row.times, row.state, row.reason) == (HandOverOutcome.OPEN, 2, WorkState.QUEUED, "")
    assert AuditEvent.objects.filter(target_type="hand_over", actor=clerk).exists()


def test_two_who_hand_over_again_do_so_once(row, system, clerk):
    hand_overs.give_back(row, system=system, reason="番号がない", now=NOW)
    other = HandOver.objects.get(pk=row.pk)
    hand_overs.put_again(row, by=clerk, now=NOW)
    with pytest.raises(StaleState):
        hand_overs.settle(other, by=clerk, now=NOW)
    row.refresh_from_db()
    assert row.times == 2


def test_a_reason_is_needed_to_give_back(row, system):
    with pytest.raises(hand_overs.NoReason):
        hand_overs.give_back(row, system=system, reason="  \n", now=NOW)


def test_the_database_keeps_what_belongs_together(row):
    with pytest.raises(IntegrityError, match="hand_over_outcome_has_time"), transaction.atomic():
        HandOver.objects.filter(pk=row.pk).update(outcome=HandOverOutcome.TAKEN)
    with pytest.raises(IntegrityError, match="hand_over_returned_has_reason"), transaction.atomic():
        HandOver.objects.filter(pk=row.pk).update(outcome=HandOverOutcome.RETURNED, outcome_at=NOW)


def test_a_program_reads_with_its_token_and_it_is_audited(client, row):
    _device, token = make_system()
    answer = client.get(reverse("hand_over_list"), headers=bearer(token))
    assert [one["id"] for one in answer.json()["results"]] == [row.public_id]
    assert AuditEvent.objects.get(target_type="hand_over").object_ids == [row.public_id]
    said = client.post(
        reverse("hand_over_taken", args=[row.public_id]),
        {"times": 1, "reference": "K-1"},
        content_type="application/json",
        headers=bearer(token),
    )
    assert said.json()["outcome"] == HandOverOutcome.TAKEN
    assert client.get(reverse("hand_over_list"), headers=bearer(token)).json()["results"] == []


def test_nobody_else_reads(client, row, login, clerk):
    device, token = make_system()
    login(clerk)
    kiosk = devices.create(kind=DeviceKind.KIOSK, name="受付", department=None, by=None)
    with pytest.raises(devices.PairingRefused):
        devices.issue_token(kiosk, by=None)
    assert client.get(reverse("hand_over_list")).status_code in {401, 403}
    assert client.get(reverse("hand_over_list"), headers=bearer("wrong")).status_code == 401
    devices.revoke(device, by=None)
    assert client.get(reverse("hand_over_list"), headers=bearer(token)).status_code == 401


def test_a_program_of_a_department_sees_its_cases_only(client, row):
    _device, token = make_system(department=factories.make_department())
    assert client.get(reverse("hand_over_list"), headers=bearer(token)).json()["results"] == []
    path = reverse("hand_over_taken", args=[row.public_id])
    answer = client.post(path, {"times": 1}, content_type="application/json", headers=bearer(token))
    assert answer.status_code == 404


@pytest.mark.parametrize("times", [2, 0, "x", 10**30, None])
def test_a_word_about_another_turn_changes_nothing(client, row, times):
    _device, token = make_system()
    path = reverse("hand_over_returned", args=[row.public_id])
    answer = client.post(
        path, {"times": times, "reason": "合いません"}, content_type="application/json", headers=bearer(token)
    )
    assert answer.status_code in {400, 404}
    row.refresh_from_db()
    assert row.outcome == HandOverOutcome.OPEN


@pytest.fixture
def desk(municipality, department):
    place = reservationkit.make_place()
    reservationkit.make_service(reservationkit.make_group(department), place)
    return place


def received_at(desk, clerk, resident, department, **fields):
    procedures = [receivingkit.make_procedure(department) for _number in range(2)]
    visit = receivingkit.signed(desk, clerk, procedures, resident=resident, **fields)
    visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(*procedures), now=NOW)
    return visit


def test_what_is_received_is_handed_over_in_the_same_transaction(desk, clerk, resident, department, system):
    received_at(desk, clerk, resident, department)
    waiting = [one.application.number for one in open_for(system)]
    assert len(waiting) == 2
    assert waiting == [one.application.number for one in HandOver.objects.order_by("id")]


def test_practice_hands_nothing_over(desk, clerk, resident, department):
    received_at(desk, clerk, resident, department, is_practice=True)
    assert not HandOver.objects.exists()


def test_the_desk_sees_the_error_and_hands_over_again(client, login, desk, clerk, resident, department, system):
    received_at(desk, clerk, resident, department)
    row, other = HandOver.objects.order_by("id")
    hand_overs.give_back(row, system=system, reason="続柄が台帳と合いません", now=NOW)
    login(clerk)
    page = client.get(reverse("counter:hand_overs")).content.decode()
    assert "続柄が台帳と合いません" in page
    assert format_number(other.application.number) in page
    for one in (row, other):
        assert f'href="{reverse("applications:case_detail", args=[one.application.public_id])}"' in page
    assert "続柄が台帳と合いません" not in client.get(reverse("counter:visits")).content.decode()
    assert reverse("counter:hand_overs") in client.get(reverse("counter:visits")).content.decode()
    again = reverse("counter:hand_over_again", args=[row.public_id])
    for _press in range(2):
        assert client.post(again, {"times": 1}).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.times) == (HandOverOutcome.OPEN, 2)


def test_a_desk_elsewhere_finds_nothing(client, login, desk, clerk, resident, department, system):
    received_at(desk, clerk, resident, department)
    row = HandOver.objects.first()
    hand_overs.give_back(row, system=system, reason="番号がない", now=NOW)
    stranger = factories.make_staff(role=Role.CLERK, department=factories.make_department())
    login(stranger)
    assert client.post(reverse("counter:hand_over_settle", args=[row.public_id]), {"times": 1}).status_code == 404


# cancelled


def cancelled(case, by):
    row = hand_overs.call_back(case, by=by, now=NOW)
    return row, HandOver.objects.get(application=case, kind=HandOverKind.CASE)


def test_what_nobody_fetched_is_cancelled_without_a_word(case, row, clerk, system):
    told, known = cancelled(case, clerk)
    assert (told, known.outcome) == (None, HandOverOutcome.SETTLED)
    assert list(open_for(system)) == []


def test_what_a_program_took_is_called_back_once_under_its_number(case, row, clerk, system):
    hand_overs.take(row, system=system, reference="K-1", now=NOW)
    told, known = cancelled(case, clerk)
    assert cancelled(case, clerk) == (told, known)
    (found,) = open_for(system)
    content = document(found)
    assert (found, known.outcome) == (told, HandOverOutcome.TAKEN)
    assert (content["kind"], content["cancels"], content["answers"]) == ("cancel", {"reference": "K-1"}, [])
    hand_overs.take(found, system=system, now=NOW)
    assert list(open_for(system)) == []


def test_what_a_program_read_and_did_not_take_is_called_back(client, case, row, clerk):
    _device, token = make_system()
    for _poll in range(2):
        client.get(reverse("hand_over_list"), headers=bearer(token))
    assert kinds(row) == [HandOverEventKind.QUEUED, HandOverEventKind.READ]
    told, known = cancelled(case, clerk)
    assert known.outcome == HandOverOutcome.SETTLED
    listed = client.get(reverse("hand_over_list"), headers=bearer(token)).json()["results"]
    assert [(one["id"], one["kind"]) for one in listed] == [(told.public_id, "cancel")]


def test_what_lies_in_the_folder_is_called_back_by_a_file(case, row, clerk, settings, tmp_path):
    settings.HANDOVER_DIR = str(tmp_path)
    drop_hand_overs()
    cancelled(case, clerk)
    assert drop_hand_overs() == 1
    assert drop_hand_overs() == 0
    number = case.number
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"{number}-1-cancel.csv", f"{number}-1-cancel.json", f"{number}-1.csv", f"{number}-1.json"]
    assert json.loads((tmp_path / names[1]).read_text())["kind"] == "cancel"


def test_a_half_written_file_counts_as_out(case, row, clerk, settings, tmp_path):
    settings.HANDOVER_DIR = str(tmp_path / "gone")
    drop_hand_overs()
    told, _known = cancelled(case, clerk)
    assert told is not None


@pytest.mark.parametrize("then", ["returned", "put again", "settled"])
def test_what_a_program_ever_had_is_called_back_whatever_became_of_it(case, row, clerk, system, then):
    hand_overs.take(row, system=system, reference="K-1", now=NOW)
    hand_overs.give_back(row, system=system, reason="合いません", now=NOW)
    if then == "put again":
        hand_overs.put_again(row, by=clerk, now=NOW)
    elif then == "settled":
        hand_overs.settle(row, by=clerk, now=NOW)
    told, _known = cancelled(case, clerk)
    assert told is not None
    content = document(with_content(HandOver.objects.filter(pk=told.pk)).get())
    assert (content["kind"], content["schema"]) == ("cancel", 2)


def test_what_is_cancelled_does_not_go_out_again(case, row, clerk, system):
    hand_overs.take(row, system=system, now=NOW)
    _told, known = cancelled(case, clerk)
    hand_overs.give_back(known, system=system, reason="合いません", now=NOW)
    with pytest.raises(StaleState):
        hand_overs.put_again(known, by=clerk, now=NOW)


@pytest.mark.parametrize("who", ["applicant", "nobody known"])
def test_a_case_withdrawn_on_its_own_page_is_called_back(case, row, resident, system, who):
    hand_overs.take(row, system=system, reference="K-1", now=NOW)
    withdraw(application=case, by=resident.user if who == "applicant" else None, now=NOW)
    (found,) = open_for(system)
    assert (found.kind, document(found)["cancels"]) == (HandOverKind.CANCEL, {"reference": "K-1"})
    assert HandOverEvent.objects.get(hand_over=found).actor == (resident.user if who == "applicant" else None)
    assert withdraw(application=case, by=resident.user, now=NOW) == case
    assert HandOver.objects.count() == 2


def test_what_nobody_fetched_leaves_the_outbox_when_it_is_withdrawn(case, row, resident, system):
    withdraw(application=case, by=resident.user, now=NOW)
    assert list(open_for(system)) == []
    assert HandOver.objects.get().outcome == HandOverOutcome.SETTLED


def test_a_withdrawal_and_what_it_tells_are_written_together_or_not_at_all(case, row, resident, system, monkeypatch):
    hand_overs.take(row, system=system, now=NOW)

    def refuse(*_args):
        raise StaleState

    monkeypatch.setitem(listeners._entries, "test", (999, refuse))
    with pytest.raises(StaleState):
        withdraw(application=case, by=resident.user, now=NOW)
    case.refresh_from_db()
    assert (case.state, HandOver.objects.count()) == (ApplicationState.SUBMITTED, 1)


def test_going_back_leaves_one_row_for_each_case(case, row, clerk, system):
    """What the reverse of the migration does before a case is in the outbox once again."""
    hand_overs.take(row, system=system, now=NOW)
    cancelled(case, clerk)
    migration = import_module("counter.migrations.0021_subjects_and_cancellations")
    migration.drop_cancellations(apps, None)
    assert list(HandOver.objects.all()) == [row]
    assert kinds(row) == [HandOverEventKind.QUEUED, HandOverEventKind.TAKEN]
    assert not HandOverEvent.objects.exclude(hand_over=row).exists()
    last = migration.Migration.operations[-1]
    assert (last.reversible, last.reverse_code) == (True, migration.drop_cancellations)


def test_what_was_cancelled_while_the_page_was_made_is_not_shown(case, row, clerk, system):
    page = list(open_for(system))
    cancelled(case, clerk)
    assert hand_overs.note_read(page, system=system, now=NOW) == set()
    assert HandOverEventKind.READ not in kinds(row)
