"""The rows of a campaign whose receivers are chosen by a condition."""

import datetime as dt
import time

from django.utils.translation import gettext as _

from cityhall.days import local_date
from notices.enums import RowState
from notices.models import Campaign
from notices.segments import SegmentRefused, people_after, read_segment
from notices.services.campaigns.checking import Checker
from notices.services.campaigns.entries import Entry
from notices.services.campaigns.errors import ListRefused
from notices.services.campaigns.judging import Verdict, judge
from notices.services.campaigns.matching import Match
from notices.services.campaigns.people import Person, people_by_id
from notices.services.campaigns.reading import MOST_ROWS


def choose_people(campaign: Campaign, *, deadline: float, now: dt.datetime) -> bool:
    """Go on choosing until all have been looked at or the time is up; whether all have.

    `next_row` is the last resident looked at, `position` the place in their order. Raises ListRefused, LostClaim.
    """
    try:
        segment = read_segment(campaign.segment)
    except SegmentRefused as refusal:
        raise ListRefused(str(refusal)) from None
    checker, day = Checker(campaign, now=now), local_date(now)
    for step in people_after(segment, campaign.next_row, on=day):
        wanted = {pk for one in step.chosen for pk in (one.subject_id, one.recipient_id) if pk is not None}
        people = people_by_id(wanted)
        first = campaign.rows_count + 1
        if campaign.rows_count + len(step.chosen) > MOST_ROWS:
            raise ListRefused(_("送り先が%(most)d件を超えます。条件を絞ってください。") % {"most": MOST_ROWS})
        judged = [
            (Entry(first + place), _verdict(people.get(one.recipient_id or 0), people[one.subject_id], day))
            for place, one in enumerate(step.chosen)
        ]
        checker.write(judged, step.last)
        if time.monotonic() > deadline:
            return False
    if campaign.rows_count == 0:
        raise ListRefused(_("条件に合う方がいません。条件を見直してください。"))
    return True


def _verdict(recipient: Person | None, subject: Person, day: dt.date) -> Verdict:
    if recipient is None:
        return Verdict(RowState.PROBLEM, subject=subject, reason=_("同じ世帯に、受け取る成人がいません。"))
    about = Match(subject) if subject.pk != recipient.pk else None
    return judge(Match(recipient), about, on=day)
