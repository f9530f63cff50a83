import datetime as dt

import pytest

from notices.effect import effective_on_by_post, effective_on_of
from notices.models import NoticeType

# 08:30 of the next day in Tokyo
AVAILABLE = dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC)
OPENED = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("rule", "days", "opened", "expected"),
    [
        ("available", None, None, dt.date(2026, 11, 22)),
        ("available", None, OPENED, dt.date(2026, 11, 22)),
        ("opened", None, None, None),
        ("opened", None, OPENED, dt.date(2026, 11, 26)),
        ("days_after", 10, None, dt.date(2026, 12, 2)),
        ("days_after", 10, OPENED, dt.date(2026, 12, 2)),
    ],
)
def test_day_of_effect_follows_the_rule_of_the_kind(rule, days, opened, expected):
    kind = NoticeType(effect=rule, effect_days=days)
    assert effective_on_of(kind, available_at=AVAILABLE, opened_at=opened) == expected


def test_nothing_takes_effect_before_it_is_there():
    assert effective_on_of(NoticeType(effect="available"), available_at=None, opened_at=None) is None


@pytest.mark.parametrize(
    ("rule", "days", "expected"), [("available", None, 25), ("opened", None, 25), ("days_after", 5, 30)]
)
def test_letter_that_counts_takes_effect_from_its_posting(rule, days, expected):
    kind = NoticeType(effect=rule, effect_days=days)
    assert effective_on_by_post(kind, posted_on=dt.date(2026, 11, 25)) == dt.date(2026, 11, expected)
