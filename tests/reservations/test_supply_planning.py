"""From rules to slots, without the database."""

import datetime as dt

import pytest

from cityhall.days import TOKYO
from reservations.enums import ExceptionKind, Release, RuleKind
from reservations.models import OpeningException, OpeningRule, ReleaseWave, ServiceGroup
from reservations.supply.overlaps import overlap
from reservations.supply.planning import applies, plan_day
from reservations.supply.release import last_day, opening_of

MONDAY = dt.date(2026, 11, 16)
HOLIDAY_MONDAY = dt.date(2026, 11, 23)


def time(text):
    return dt.time.fromisoformat(text)


def rule(hours="09:00-10:00", weekdays=(0, 1, 2, 3, 4), **fields):
    start, end = hours.split("-")
    values = {
        "weekdays": list(weekdays),
        "from_time": time(start),
        "until_time": time(end),
        "valid_from": dt.date(2026, 1, 5),
        "slot_minutes": 20,
        "capacity": 3,
        "public_capacity": 2,
    }
    return OpeningRule(**values | fields)


def pause(hours, **fields):
    return rule(hours, kind=RuleKind.BREAK, **fields)


def closed(hours=""):
    start, _, end = hours.partition("-")
    return OpeningException(
        kind=ExceptionKind.CLOSED,
        from_time=time(start) if start else None,
        until_time=time(end) if end else None,
    )


def opened(hours, minutes=30, capacity=5, public=1):
    start, end = hours.split("-")
    return OpeningException(
        kind=ExceptionKind.OPEN,
        from_time=time(start),
        until_time=time(end),
        slot_minutes=minutes,
        capacity=capacity,
        public_capacity=public,
    )


def times(day=MONDAY, *, rules=(), exceptions=(), is_closed=False, **options):
    planned = plan_day(day, rules=rules, exceptions=exceptions, is_closed=is_closed, **options)
    return " ".join(f"{slot.starts_at:%H:%M}-{slot.ends_at:%H:%M}" for slot in planned)


@pytest.mark.parametrize(
    ("rules", "exceptions", "is_closed", "expected"),
    [
        ([rule()], [], False, "09:00-09:20 09:20-09:40 09:40-10:00"),
        # what is left at the end is too short
        ([rule("09:00-09:50")], [], False, "09:00-09:20 09:20-09:40"),
        ([rule("09:00-09:10")], [], False, ""),
        # another weekday
        ([rule(weekdays=[5])], [], False, ""),
        # a break cuts, and the times begin anew after it
        (
            [rule("11:30-13:40"), pause("12:00-13:00")],
            [],
            False,
            "11:30-11:50 13:00-13:20 13:20-13:40",
        ),
        ([rule("09:00-10:00"), pause("09:00-09:30")], [], False, "09:30-09:50"),
        ([rule("09:00-10:00"), pause("08:00-11:00")], [], False, ""),
        # a break of another weekday
        ([rule(), pause("09:00-10:00", weekdays=[1])], [], False, "09:00-09:20 09:20-09:40 09:40-10:00"),
        # holidays and closed days, unless somebody said so
        ([rule()], [], True, ""),
        ([rule(works_on_closed_days=True)], [], True, "09:00-09:20 09:20-09:40 09:40-10:00"),
        ([rule()], [opened("10:00-11:00")], True, "10:00-10:30 10:30-11:00"),
        # a dated closure takes slots away and moves none
        ([rule()], [closed("09:10-09:15")], False, "09:20-09:40 09:40-10:00"),
        ([rule()], [closed()], False, ""),
        # closed is closed, whatever opens
        ([rule(works_on_closed_days=True)], [opened("13:00-14:00"), closed()], False, ""),
        (
            [rule()],
            [opened("10:00-11:00"), closed("10:15-10:20")],
            False,
            "09:00-09:20 09:20-09:40 09:40-10:00 10:30-11:00",
        ),
        # hours of one day come before those of the week
        ([rule()], [opened("09:00-09:30")], False, "09:00-09:30 09:40-10:00"),
        # two rules for the same time: the older one holds
        ([rule(pk=2, slot_minutes=30), rule(pk=1, slot_minutes=60)], [], False, "09:00-10:00"),
    ],
)
def test_plan_day_gives_these_slots(rules, exceptions, is_closed, expected):
    assert times(rules=rules, exceptions=exceptions, is_closed=is_closed) == expected


def test_plan_day_gives_numbers_of_the_source():
    rules, exceptions = [rule("09:00-09:20")], [opened("10:00-10:30")]
    planned = plan_day(MONDAY, rules=rules, exceptions=exceptions, is_closed=False)
    assert [(slot.capacity, slot.public_capacity) for slot in planned] == [(3, 2), (5, 1)]


def test_plan_day_gives_one_slot_a_night():
    nightly = rule("15:00-18:00", weekdays=range(7), slot_minutes=19 * 60)
    [slot] = plan_day(dt.date(2026, 12, 31), rules=[nightly], exceptions=[], is_closed=False, by_night=True)
    assert slot.business_day == dt.date(2026, 12, 31)
    assert slot.ends_at == dt.datetime(2027, 1, 1, 10, 0, tzinfo=TOKYO)


def test_plan_day_is_in_tokyo_time_all_year():
    """No clock is put forward in Tokyo: 9:00 is midnight in London in every month."""
    for day in (dt.date(2026, 3, 30), dt.date(2026, 7, 6), dt.date(2026, 10, 26), dt.date(2026, 12, 28)):
        [slot] = plan_day(day, rules=[rule("09:00-09:20")], exceptions=[], is_closed=False)
        assert slot.starts_at.astimezone(dt.UTC).time() == dt.time(0, 0)


def days_of(one, first, last):
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return [f"{day:%m-%d}" for day in days if applies(one, day)]


@pytest.mark.parametrize(
    ("one", "first", "last", "expected"),
    [
        # every two weeks, across a month and across the year end
        (
            rule(weekdays=[2], every_weeks=2, valid_from=dt.date(2026, 11, 18)),
            dt.date(2026, 11, 16),
            dt.date(2027, 1, 17),
            ["11-18", "12-02", "12-16", "12-30", "01-13"],
        ),
        # the week counts, not the day from which it holds: Monday of the same week is over, of two weeks later not
        (
            rule(weekdays=[0, 4], every_weeks=2, valid_from=dt.date(2026, 11, 18)),
            dt.date(2026, 11, 16),
            dt.date(2026, 12, 6),
            ["11-20", "11-30", "12-04"],
        ),
        (
            rule(weekdays=[3], every_weeks=3, valid_from=dt.date(2026, 12, 17)),
            dt.date(2026, 12, 14),
            dt.date(2027, 2, 1),
            ["12-17", "01-07", "01-28"],
        ),
        (
            rule(weekdays=[0], valid_from=dt.date(2026, 11, 9), valid_until=dt.date(2026, 11, 23)),
            dt.date(2026, 11, 1),
            dt.date(2026, 12, 31),
            ["11-09", "11-16", "11-23"],
        ),
        # a leap day
        (rule(weekdays=[1]), dt.date(2028, 2, 28), dt.date(2028, 3, 2), ["02-29"]),
    ],
)
def test_rules_apply_to_these_days(one, first, last, expected):
    assert days_of(one, first, last) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (rule("09:00-10:00"), rule("10:00-11:00"), False),
        (rule("09:00-10:00"), rule("09:30-11:00"), True),
        (rule(weekdays=[0]), rule(weekdays=[1]), False),
        (rule(valid_until=dt.date(2026, 6, 30)), rule(valid_from=dt.date(2026, 7, 1)), False),
        (rule(valid_until=dt.date(2026, 7, 1)), rule(valid_from=dt.date(2026, 7, 1)), True),
        # this week and the next one, by turns
        (
            rule(every_weeks=2, valid_from=dt.date(2026, 1, 5)),
            rule(every_weeks=2, valid_from=dt.date(2026, 1, 12)),
            False,
        ),
        # every two and every three weeks meet after some weeks
        (
            rule(every_weeks=2, valid_from=dt.date(2026, 1, 5)),
            rule(every_weeks=3, valid_from=dt.date(2026, 1, 12)),
            True,
        ),
    ],
)
def test_overlap_finds_days_in_common(one, other, expected):
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


def tokyo(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def test_rolling_release_opens_at_midnight_of_the_horizon():
    group = ServiceGroup(release=Release.ROLLING, horizon_days=30)
    opening = opening_of(group, [], day=dt.date(2026, 12, 16), public_capacity=4, now=tokyo("2026-11-01 00:00"))
    assert (opening.opens_at, opening.released, opening.next_wave_at) == (tokyo("2026-11-16 00:00"), 4, None)


@pytest.mark.parametrize(
    ("day", "opens_at"),
    [
        # Monday 9:00 opens the week that begins two weeks later, whole
        (dt.date(2026, 11, 30), "2026-11-16 09:00"),
        (dt.date(2026, 12, 6), "2026-11-16 09:00"),
        (dt.date(2026, 12, 7), "2026-11-23 09:00"),
        (dt.date(2027, 1, 3), "2026-12-14 09:00"),
    ],
)
def test_fixed_release_opens_a_week_at_once(day, opens_at):
    group = ServiceGroup(release=Release.FIXED, fixed_weekday=0, fixed_time=dt.time(9), fixed_days_ahead=14)
    opening = opening_of(group, [], day=day, public_capacity=4, now=tokyo("2026-11-01 00:00"))
    assert opening.opens_at == tokyo(opens_at)


WAVES = [
    ReleaseWave(days_before=30, at=dt.time(9), percent=50),
    ReleaseWave(days_before=7, at=dt.time(9), percent=80),
    ReleaseWave(days_before=1, at=dt.time(17), percent=100),
]


@pytest.mark.parametrize(
    ("now", "released", "next_wave_at"),
    [
        ("2026-11-15 08:59", 0, "2026-11-16 09:00"),
        ("2026-11-16 09:00", 2, "2026-12-09 09:00"),
        # never more than the share: four fifths of five
        ("2026-12-09 09:00", 4, "2026-12-15 17:00"),
        ("2026-12-15 17:00", 5, None),
    ],
)
def test_waves_open_more_and_more(now, released, next_wave_at):
    group = ServiceGroup(release=Release.WAVES)
    opening = opening_of(group, WAVES, day=dt.date(2026, 12, 16), public_capacity=5, now=tokyo(now))
    assert opening.opens_at == tokyo("2026-11-16 09:00")
    assert (opening.released, opening.next_wave_at) == (released, next_wave_at and tokyo(next_wave_at))


def test_nothing_opens_by_itself_before_a_draw_or_without_a_wave():
    for release in (Release.DRAW, Release.WAVES):
        group = ServiceGroup(release=release)
        opening = opening_of(group, [], day=MONDAY, public_capacity=5, now=tokyo("2026-11-01 00:00"))
        assert opening.opens_at is None


@pytest.mark.parametrize(
    ("group", "waves", "expected"),
    [
        (ServiceGroup(horizon_days=60), [], dt.date(2027, 1, 22)),
        (ServiceGroup(release=Release.FIXED, fixed_days_ahead=14), [], dt.date(2026, 12, 14)),
        (ServiceGroup(release=Release.WAVES), WAVES, dt.date(2026, 12, 23)),
    ],
)
def test_slots_are_made_some_days_before_they_open(group, waves, expected):
    assert last_day(group, waves, MONDAY) == expected
