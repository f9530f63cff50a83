"""Reading a list against the register, batch by batch: every row becomes one `CampaignRow` that says how it stands."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.crypto import encrypt
from cityhall.days import local_date
from notices.enums import RowState
from notices.models import Campaign, CampaignFile, CampaignRow
from notices.services.campaigns.claims import hold
from notices.services.campaigns.columns import layout_of
from notices.services.campaigns.entries import Entry, read_entry
from notices.services.campaigns.errors import ListRefused
from notices.services.campaigns.glyphs import Glyphs
from notices.services.campaigns.judging import Verdict, judge, refuse_repeated
from notices.services.campaigns.matching import Matcher
from notices.services.campaigns.my_numbers import refuse_my_numbers
from notices.services.campaigns.paper import PaperRule
from notices.services.campaigns.reading import MOST_ROWS, open_list
from notices.services.campaigns.texts import Writer, needed_names, wanted_names
from residents.bulk import insert_rows, one_of
from residents.services.register.reading import RawRow

BATCH: Final = 2000
_COUNTED: Final = {
    RowState.GOOD: "good_count",
    RowState.DOUBTFUL: "doubtful_count",
    RowState.PROBLEM: "problem_count",
}
_NOBODY_YET: Final = "○"
_MOST_REASON: Final = CampaignRow._meta.get_field("problem").max_length


def check_list(campaign: Campaign, *, deadline: float, now: dt.datetime) -> bool:
    """Go on reading a file until it ends or the time is up; whether it ended.

    Each batch is one transaction with the place it ends at. Raises ListRefused, LostClaim.
    """
    assert campaign.file is not None  # noqa: S101 - a campaign of a file has one until it is over
    with open_list(campaign.file, campaign.encoding) as (headings, rows):
        layout = layout_of(
            campaign.mapping,
            headings,
            names=wanted_names(campaign),
            needed=needed_names(campaign),
            given=campaign.values.keys(),
        )
        checker = Checker(campaign, now=now)
        for raw in batches_after(rows, campaign.next_row):
            entries = [read_entry(row, layout) for row in raw]
            refuse_my_numbers(entries, layout)
            checker.check(entries, next_row=campaign.next_row + len(raw))
            if time.monotonic() > deadline:
                return False
    if campaign.rows_count == 0:
        raise ListRefused(_("名簿にデータの行がありません。"))
    return True


def batches_after(rows: Iterator[RawRow], done: int) -> Iterator[list[RawRow]]:
    """The rows after those that earlier slices did. Raises ListRefused for a list that is too long."""
    count = sum(1 for _row in islice(rows, done))
    while batch := list(islice(rows, BATCH)):
        count += len(batch)
        if count > MOST_ROWS:
            raise ListRefused(_("行が多すぎます。%(most)d行までに分けてください。") % {"most": MOST_ROWS})
        yield batch


class Checker:
    """What stays the same over the batches of a slice."""

    def __init__(self, campaign: Campaign, *, now: dt.datetime) -> None:
        self._campaign = campaign
        self._today = local_date(now)
        self._writer = Writer(campaign, now=now)
        self._paper = PaperRule(campaign.version.notice_type)
        self._glyphs = Glyphs()
        self._files = dict(CampaignFile.objects.filter(campaign=campaign).values_list("name", "file_id"))

    def check(self, entries: Sequence[Entry], *, next_row: int) -> None:
        """Judge a batch and write it. Raises LostClaim."""
        self.write(
            [(entry, verdict) for entry, verdict in zip(entries, self._verdicts(entries), strict=True)], next_row
        )

    def write(self, judged: Sequence[tuple[Entry, Verdict]], next_row: int) -> None:
        """Refuse people who come twice and texts that do not fit, then store the batch. Raises LostClaim."""
        self._refuse_repeated(judged)
        for entry, verdict in judged:
            self._refuse_text(entry, verdict)
        on_paper = self._paper.recipients(verdict.recipient for _entry, verdict in judged if verdict.recipient)
        rows = [self._row(entry, verdict, on_paper) for entry, verdict in judged]
        counts = Counter(_COUNTED[verdict.state] for _entry, verdict in judged)
        with transaction.atomic():
            hold(
                self._campaign,
                next_row=next_row,
                rows_count=self._campaign.rows_count + len(rows),
                **{name: getattr(self._campaign, name) + count for name, count in counts.items()},
            )
            insert_rows(CampaignRow, rows)

    def _verdicts(self, entries: Sequence[Entry]) -> Iterator[Verdict]:
        readable = [entry for entry in entries if not entry.problem]
        named = [entry.recipient for entry in readable]
        matcher = Matcher([*named, *(entry.subject for entry in readable if entry.subject)])
        for entry in entries:
            if entry.problem:
                yield Verdict(RowState.PROBLEM, reason=entry.problem)
            else:
                subject = matcher.match(entry.subject) if entry.subject else None
                yield judge(matcher.match(entry.recipient), subject, on=self._today)

    def _refuse_repeated(self, judged: Sequence[tuple[Entry, Verdict]]) -> None:
        first = self._earlier(verdict for _entry, verdict in judged)
        for entry, verdict in judged:
            if verdict.pair is None or verdict.state == RowState.PROBLEM:
                continue
            if verdict.pair in first:
                refuse_repeated(verdict, first[verdict.pair])
            else:
                first[verdict.pair] = entry.position

    def _earlier(self, verdicts: Iterable[Verdict]) -> dict[tuple[int, int], int]:
        """(recipient, subject) → row, of these people's rows in earlier batches."""
        recipients = {verdict.recipient.pk for verdict in verdicts if verdict.recipient}
        if self._campaign.rows_count == 0 or not recipients:
            return {}
        # the words of the unique index; a doubtful row that is decided meets the constraint
        rows = CampaignRow.objects.filter(
            campaign=self._campaign,
            recipient_id__in=one_of(recipients, "bigint"),
            state__in=[RowState.GOOD, RowState.MADE],
        )
        return {
            (recipient, subject): position
            for recipient, subject, position in rows.values_list("recipient_id", "subject_id", "position")
            if recipient is not None and subject is not None
        }

    def _refuse_text(self, entry: Entry, verdict: Verdict) -> None:
        if verdict.state == RowState.PROBLEM:
            return
        if entry.enclosure and entry.enclosure not in self._files:
            problem = _("添付ファイル「%(name)s」が登録されていません。") % {"name": entry.enclosure[:80]}
        else:
            problem = self._text_problem(entry, verdict)
        if problem:
            # whoever is meant, it cannot be sent; what is doubtful about its people is told beside it
            verdict.reason = "／".join(said for said in (problem, verdict.reason) if said)
            verdict.state, verdict.candidates = RowState.PROBLEM, []

    def _text_problem(self, entry: Entry, verdict: Verdict) -> str:
        """Also of a row whose people are doubtful: the name that the list gives stands for whoever is meant."""
        recipient = verdict.recipient.full_name if verdict.recipient else entry.recipient.name
        if verdict.subject is not None:
            subject = verdict.subject.full_name
        else:
            subject = entry.subject.name if entry.subject else recipient
        return self._writer.problem(recipient or _NOBODY_YET, subject or _NOBODY_YET, entry.values)

    def _row(self, entry: Entry, verdict: Verdict, on_paper: set[int]) -> dict[str, Any]:
        is_good = verdict.state == RowState.GOOD
        return {
            "campaign_id": self._campaign.pk,
            "position": entry.position,
            "state": verdict.state,
            "recipient_id": verdict.recipient and verdict.recipient.pk,
            "subject_id": verdict.subject and verdict.subject.pk,
            "values": entry.values,
            "typed": {} if is_good else entry.typed,
            "candidates": verdict.candidates,
            "problem": verdict.reason[:_MOST_REASON],
            "one_time_code": encrypt(entry.code) if entry.code else "",
            "file_id": self._files.get(entry.enclosure),
            "unprintable": self._unprintable(entry, verdict),
            "gets_paper": verdict.recipient is not None and verdict.recipient.pk in on_paper,
        }

    def _unprintable(self, entry: Entry, verdict: Verdict) -> str:
        if verdict.state == RowState.PROBLEM:
            return ""
        return self._glyphs.missing(verdict.recipient, verdict.subject, entry.values)
