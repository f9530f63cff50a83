"""Which words a person agreed to, and how long a clock may run."""

import datetime as dt

import pytest

from notices.enums import PaperState
from notices.models import NoticeType
from notices.rules import MOST_HOURS, covers
from notices.services.campaigns.people import consenting as consenting_among
from residents.enums import ConsentKind
from residents.services.consents import give


@pytest.mark.parametrize(
    ("agreed", "wanted", "is_enough"),
    [
        ("2026-04", "2026-04", True),
        ("2027-04", "2026-04", True),
        ("2026-1", "2026-04", False),
        ("2026-10", "2026-9", True),
        ("", "2026-04", False),
        ("春", "春", True),
        ("夏", "春", False),
    ],
)
def test_the_same_words_or_newer_ones(agreed, wanted, is_enough):
    assert covers(agreed, wanted) is is_enough


def test_older_words_mean_paper(available, resident, notice_type):
    give(resident=resident, kind=ConsentKind.DIGITAL_NOTICE, text_version="2026-1", by=resident.user)
    notice = available(resident)
    assert (notice.paper_required, notice.paper_state) == (True, PaperState.DUE)
    assert consenting_among([resident.pk], text_version="2026-04") == set()
    assert consenting_among([resident.pk], text_version="2026-1") == {resident.pk}


def test_a_clock_runs_a_year_at_most(available, consenting, notice_type):
    NoticeType.objects.filter(pk=notice_type.pk).update(hours_until_paper=2_000_000_000, hours_until_reminder=10**9)
    notice = available(consenting)
    assert notice.paper_due_at <= notice.available_at + dt.timedelta(hours=MOST_HOURS)
    assert notice.reminder_due_at == notice.available_at + dt.timedelta(hours=MOST_HOURS)
