"""Rows of the portal's file carried out: once, whatever is uploaded again, and however often a worker dies."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.days import TOKYO
from cityhall.enums import WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from counter.enums import MoveInOutcome, PrefillState, Source
from counter.home import open_home, save
from counter.models import MoveIn, MoveInImport, MoveInItem, Prefill
from counter.moving_in.errors import MoveInNotSetUp, MoveInOver, TooManyWrongNumbers, WrongMoveInNumber
from counter.moving_in.sealing import lookup_of
from counter.queries.move_ins import listed
from counter.services import move_ins, prefills
from counter.services.move_ins import applying, booking, sweeping, telling
from counter.tasks import apply_move_ins
from reservations.enums import ReservationState
from reservations.models import Reservation
from reservations.services import bookings
from tests.counter.moveinkit import csv_of, mails, make_city, make_slot, row, take_in, token_in, upload
from tests.reservations import kit

pytestmark = pytest.mark.django_db
O = MoveInOutcome  # noqa: E741
NUMBER = "MP2026-00012345"


@pytest.fixture
def city(municipality):
    return make_city()


@pytest.fixture
def slot(city):
    return make_slot(city)


def home_of_mail():
    return open_home(token_in(mails()[-1]))


def values():
    return home_of_mail().filling.values


def test_row_becomes_a_booking_a_prefill_and_a_mail(city, slot, handler):
    [item] = take_in(handler, row())
    assert (item.outcome, item.state, item.content) == (O.MADE, WorkState.DONE, "")
    booked = Reservation.objects.get()
    assert (booked.starts_at, booked.is_public, booked.channel) == (slot.starts_at, False, "import")
    assert (booked.name, booked.email) == ("新居　葵", "aoi@example.jp")
    prefill = item.move_in.prefill
    assert prefill.reservation == booked
    assert prefill.visit_on == slot.business_day
    assert booked.brought_lookup
    assert len(mails()) == 1
    home = home_of_mail()
    assert home.prefill == prefill
    assert home.filling.values["applicant_name"]["family_kana"] == "ニイ"
    assert set(home.sources.values()) == {Source.PORTAL}


def test_values_stand_by_concept_and_only_the_rest_is_asked(city, slot, handler):
    take_in(handler, row())
    found = values()
    assert found["applicant_birth_date"] == {"era": "heisei", "year": "2", "month": "3", "day": "4"}
    assert found["applicant_previous_address"]["city"] == "千葉市中央区"
    assert found["applicant_new_address"]["town"] == "東青梅"
    assert found["p1_kind"] == "in"
    [child] = found["household"]
    assert child["values"]["household_name"]["given"] == "陸"
    assert [one.label for one in home_of_mail().filling.checked.problems] == ["転校する学校"]


def test_same_file_and_same_row_twice_change_nothing(city, slot, handler, approver):
    take_in(handler, row())
    before = list(MoveIn.objects.values()), list(Prefill.objects.values()), list(Reservation.objects.values())
    assert upload(handler, row()) == MoveInImport.objects.get()
    [again] = take_in(approver, row(), key="second")
    assert (again.outcome, again.content) == (O.SAME, "")
    assert before == (list(MoveIn.objects.values()), list(Prefill.objects.values()), list(Reservation.objects.values()))
    assert len(mails()) == 1


def test_changed_row_updates_what_the_family_has_not_touched(city, slot, handler):
    take_in(handler, row())
    home = home_of_mail()
    typed = home.filling.values | {"p1_school": "東小学校", "applicant_phone": "080-9999-8888"}
    save(home, type(home.filling)(home.filling.combined, typed), user=None)
    changed = row(電話番号="090-8765-4321", 新住所番地="4-5-6", 更新日時="2026-11-21 10:00", 異動者1続柄="長男")
    [item] = take_in(handler, changed, key="second")
    assert item.outcome == O.CHANGED
    found = values()
    assert found["applicant_new_address"]["street"] == "4-5-6"
    assert found["household"][0]["values"]["household_relationship"] == "長男"
    # the family's own words stay
    assert found["applicant_phone"] == "080-9999-8888"
    assert found["p1_school"] == "東小学校"
    assert home_of_mail().sources["applicant_new_address"] == Source.PORTAL
    assert "p1_school" not in home_of_mail().sources
    assert (Reservation.objects.count(), len(mails())) == (1, 1)


def test_value_the_family_has_taken_out_does_not_come_back(city, slot, handler):
    take_in(handler, row())
    home = home_of_mail()
    kept = {key: value for key, value in home.filling.values.items() if key != "applicant_phone"}
    save(home, type(home.filling)(home.filling.combined, kept), user=None)
    take_in(handler, row(電話番号="090-8765-4321", 更新日時="2026-11-22 10:00"), key="second")
    assert "applicant_phone" not in values()


def test_older_row_in_a_later_file_changes_nothing(city, slot, handler):
    take_in(handler, row(更新日時="2026-11-22 10:00"))
    [item] = take_in(handler, row(新住所番地="9-9", 更新日時="2026-11-21 10:00"), key="second")
    assert item.outcome == O.SAME
    assert values()["applicant_new_address"]["street"] == "1-2-3"


def test_changed_time_moves_our_booking_and_leaves_the_familys(city, slot, handler):
    later = make_slot(city, hour=14)
    take_in(handler, row())
    take_in(handler, row(来庁予定時間="14:00", 更新日時="2026-11-21 10:00"), key="second")
    booked = Reservation.objects.get()
    assert booked.starts_at == later.starts_at
    # the family moves it by itself, with the link of the booking
    bookings.move(reservation=booked, slots=[slot], by=handler)
    take_in(handler, row(来庁予定時間="15:00", 更新日時="2026-11-22 10:00"), key="third")
    assert Reservation.objects.get().starts_at == slot.starts_at


def test_without_a_free_time_the_link_offers_the_others(city, handler):
    [item] = take_in(handler, row())
    assert not Reservation.objects.exists()
    assert item.outcome == O.MADE
    [mail] = mails()
    assert "来庁の日時は、まだ決まっていません" in mail
    assert [str(one.stage.label) for one in listed(item.batch, user=handler)[0]] == ["日時待ち"]


def test_day_without_a_time_books_nothing(city, slot, handler):
    take_in(handler, row(来庁予定時間=""))
    assert not Reservation.objects.exists()
    assert Prefill.objects.get().visit_on == slot.business_day


def test_second_family_takes_the_second_place_and_the_third_none(city, slot, handler):
    numbers = [f"MP2026-0000000{number}" for number in range(1, 4)]
    items = take_in(handler, *[row(one, メールアドレス=f"f{one[-1]}@example.jp") for one in numbers])
    booked = [item.move_in.prefill.reservation is not None for item in items]
    assert booked == [True, True, False]


def test_cancelled_row_gives_back_the_time_and_wipes_the_answers(city, slot, handler):
    take_in(handler, row())
    [item] = take_in(handler, {"受付番号": NUMBER, "状態": "取消"}, key="second")
    assert item.outcome == O.CANCELLED
    assert Reservation.objects.get().state == ReservationState.CANCELLED
    prefill, move_in = Prefill.objects.get(), MoveIn.objects.get()
    assert (prefill.state, prefill.answers) == (PrefillState.DELETED, "")
    assert (move_in.taken, move_in.token_by_number) == ("", "")
    # the same once more, and the notice coming back: nothing rises from the dead
    [again] = take_in(handler, {"受付番号": NUMBER, "状態": "取消"}, key="third")
    assert again.outcome == O.SAME
    [back] = take_in(handler, row(更新日時="2026-11-25 10:00"), key="fourth")
    assert (back.outcome, back.reason) == (O.REFUSED, str(MoveInOver.message))
    assert Prefill.objects.count() == 1


def test_cancelled_row_of_a_notice_nobody_knows_makes_nothing(city, handler):
    [item] = take_in(handler, {"受付番号": NUMBER, "状態": "取消"})
    assert (item.outcome, item.move_in) == (O.SAME, None)


def test_family_without_a_mail_address_is_booked_and_written_to_later(city, slot, handler):
    take_in(handler, row(メールアドレス=""))
    assert Reservation.objects.exists()
    assert mails() == []
    take_in(handler, row(更新日時="2026-11-22 10:00"), key="second")
    assert len(mails()) == 1


def test_changed_row_after_the_visit_is_refused_and_the_same_row_is_not(city, slot, handler):
    take_in(handler, row())
    token = token_in(mails()[0])
    prefills.delete(token=token)
    [same] = take_in(handler, row(), key="second")
    assert same.outcome == O.SAME
    [changed] = take_in(handler, row(続柄="本人", 更新日時="2026-11-22 10:00"), key="third")
    assert (changed.outcome, changed.content) == (O.REFUSED, "")


def test_family_that_missed_its_day_and_wishes_another_begins_again(city, slot, handler):
    take_in(handler, row())
    old, link = Prefill.objects.get(), token_in(mails()[0])
    Prefill.objects.update(expires_at=timezone.now())
    Reservation.objects.update(state=ReservationState.NO_SHOW)
    prefills.expire()
    sweeping.wipe_ended()
    day = kit.next_week(8)
    make_slot(city, day=day)
    [item] = take_in(handler, row(来庁予定日=day.isoformat(), 更新日時="2026-11-22 10:00"), key="second")
    new = item.move_in.prefill
    assert new != old
    assert (new.state, new.visit_on) == (PrefillState.OPEN, day)
    assert new.reservation.state == ReservationState.BOOKED
    assert len(mails()) == 2
    assert token_in(mails()[1]) != link
    assert values()["applicant_name"]["given"] == "葵"
    # the file once more
    [same] = take_in(handler, row(来庁予定日=day.isoformat(), 更新日時="2026-11-22 10:00"), key="third")
    assert same.outcome == O.SAME


def test_worker_that_finds_the_notice_made_meanwhile_goes_on_with_it(city, slot, handler, monkeypatch):
    """Two workers with the same number: the second one's look came too early."""
    take_in(handler, row())
    known, seen = applying._known, []

    def too_early(notice):
        seen.append(notice)
        return None if len(seen) == 1 else known(notice)

    monkeypatch.setattr(applying, "_known", too_early)
    take_in(handler, row(更新日時="2026-11-22 10:00"), key="second")
    assert (MoveIn.objects.count(), Prefill.objects.count(), len(mails())) == (1, 1, 1)


STEPS = [(applying, "book_wished"), (booking, "_attached"), (applying, "send_link"), (applying, "finish")]


@pytest.mark.parametrize(("module", "step"), STEPS, ids=[name for _module, name in STEPS])
def test_worker_that_dies_leaves_a_row_that_is_carried_on_once(city, slot, handler, monkeypatch, module, step):
    """Killed between any two steps; the lease runs out and the next worker goes on."""
    batch = upload(handler, row())
    move_ins.apply(batch, by=handler)
    with monkeypatch.context() as patch:

        class KilledError(BaseException):
            pass

        def die(*_args, **_fields):
            raise KilledError

        patch.setattr(module, step, die)
        with pytest.raises(KilledError):
            apply_move_ins()
    item = MoveInItem.objects.get()
    assert item.state == WorkState.RUNNING
    MoveInItem.objects.update(due_at=timezone.now(), lease_until=timezone.now())
    apply_move_ins()
    item.refresh_from_db()
    assert (item.state, item.content) == (WorkState.DONE, "")
    assert item.outcome == (O.SAME if step == "finish" else O.MADE)
    assert (MoveIn.objects.count(), Prefill.objects.count(), Reservation.objects.count(), len(mails())) == (1, 1, 1, 1)
    assert MoveIn.objects.get().prefill.reservation == Reservation.objects.get()


def test_rows_wait_until_somebody_applies_the_file(city, slot, handler):
    batch = upload(handler, row())
    apply_move_ins()
    assert not MoveIn.objects.exists()
    move_ins.apply(batch, by=handler)
    move_ins.apply(batch, by=handler)
    with pytest.raises(StaleState):
        move_ins.discard(batch, by=handler)
    assert AuditEvent.objects.filter(target_type="counter.moveinimport", detail="applied").count() == 1


def test_discarded_file_leaves_nothing_of_its_rows(city, handler):
    batch = upload(handler, row())
    move_ins.discard(batch, by=handler)
    move_ins.discard(batch, by=handler)
    assert not MoveInItem.objects.exists()
    with pytest.raises(StaleState):
        move_ins.apply(batch, by=handler)


def test_file_is_refused_before_the_city_has_set_it_up(municipality, handler):
    with pytest.raises(MoveInNotSetUp):
        move_ins.upload(csv_of(row()), by=handler, request_key="k")


def test_row_that_fails_for_the_settings_can_be_tried_again(city, slot, handler):
    keys, city.procedures = city.procedures, ["no-such-procedure"]
    city.save()
    [item] = take_in(handler, row())
    assert (item.outcome, item.state) == (O.REFUSED, WorkState.GIVEN_UP)
    assert listed(item.batch, user=handler)[0][0].can_retry
    city.procedures = keys
    city.save()
    move_ins.retry_row(item.batch, item.number, by=handler)
    apply_move_ins()
    item.refresh_from_db()
    assert (item.outcome, item.state, item.content) == (O.MADE, WorkState.DONE, "")


def test_sheet_opens_with_the_number_alone_and_guesses_end(city, slot, handler):
    take_in(handler, row(メールアドレス=""))
    move_in = MoveIn.objects.get()
    home = move_ins.sheet_of(move_in, number="ｍｐ2026 0001 2345", by=handler)
    assert home.prefill == move_in.prefill
    for _time in range(5):
        with pytest.raises(WrongMoveInNumber):
            move_ins.sheet_of(move_in, number="MP2026-00099999", by=handler)
    with pytest.raises(TooManyWrongNumbers):
        move_ins.sheet_of(move_in, number=NUMBER, by=handler)
    assert AuditEvent.objects.filter(target_type="counter.movein").count() == 6


def test_everything_goes_with_the_prefill(city, slot, handler):
    take_in(handler, row())
    prefill = Prefill.objects.get()
    over = dt.datetime.combine(prefill.visit_on, dt.time.max, TOKYO) + dt.timedelta(days=1)
    prefills.expire(now=over)
    sweeping.wipe_ended(now=over)
    move_in = MoveIn.objects.get()
    assert (move_in.taken, move_in.token_by_number, move_in.mail_mark) == ("", "", "")
    long_after = over + dt.timedelta(days=400)
    prefills.forget(now=long_after)
    sweeping.forget(now=long_after)
    assert not MoveIn.objects.exists()
    assert not MoveInItem.objects.exists()
    assert not MoveInImport.objects.exists()


def test_file_nobody_decides_on_is_thrown_away(city, handler):
    upload(handler, row())
    sweeping.forget(now=timezone.now() + dt.timedelta(days=6))
    assert MoveInItem.objects.count() == 1
    sweeping.forget(now=timezone.now() + dt.timedelta(days=8))
    assert not MoveInItem.objects.exists()
    assert MoveInImport.objects.get().discarded_at


def test_mail_is_sent_once_to_an_address(city, slot, handler):
    take_in(handler, row())
    move_in = MoveIn.objects.select_related("prefill").get()
    from counter.moving_in.reading import read_file

    [(_number, notice)] = read_file(csv_of(row()), headings={}).notices
    assert not telling.send_link(move_in, token_in(mails()[0]), notice, now=timezone.now())
    assert move_in.lookup == lookup_of(notice.number)
    assert len(mails()) == 1
    kit.assert_counts_agree()
