"""The print file of a letter run: every letter a cover sheet and its document, in one PDF."""

import datetime as dt
import io
import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.enums import FileKind
from cityhall.fonts import GlyphMissing
from cityhall.models import Municipality
from cityhall.queries.city import municipality
from cityhall.services.files import read_bytes, store_bytes
from cityhall.services.work import finish
from notices.enums import LetterRunState, PaperState, ReceiptKind
from notices.models import LetterRun, LetterRunItem, Notice
from notices.queries import LETTER_WANTED
from notices.services.events import record_events
from notices.typesetting.letters import cover_sheet

log = logging.getLogger(__name__)


class _OpenedMeanwhile(Exception):
    """Somebody opened a notice while its letter was being made."""


class _LostClaim(Exception):
    """Another worker builds this run now."""


@dataclass(frozen=True)
class _Letter:
    item: LetterRunItem
    cover: bytes
    document: bytes


def build_run(run: LetterRun, *, now: dt.datetime | None = None) -> None:
    """Make the print file of one claimed run and mark its notices printed, in one transaction at the end.

    A letter that cannot be made stops only itself: the reason goes on its row. A notice opened before that
    transaction is left out: the file is put together again without it. Killed at any point, nothing is
    printed; the next claim builds all of it anew.
    """
    letters = _make_letters(run, municipality())
    while True:
        letters = _still_wanted(letters)
        content = _merge(letters) if letters else b""
        try:
            _finish(run, letters, content, moment=now or timezone.now())
        except _OpenedMeanwhile:
            continue
        except _LostClaim:
            log.info("letter run was taken over", extra=run.describe())
        return


def _make_letters(run: LetterRun, city: Municipality) -> list[_Letter]:
    items = (
        run.items.filter(problem="", notice__paper_state=PaperState.PRINTING)
        .select_related("notice__department", "notice__document", "notice__recipient")
        .order_by("position")
    )
    made = []
    with override(settings.LANGUAGE_CODE):
        for item in items:
            try:
                made.append(_make_letter(item, city))
            except GlyphMissing as error:
                _set_problem(item, str(error))
            except OSError:
                _set_problem(item, _("通知書のファイルを読み取れません。"))
    return made


def _make_letter(item: LetterRunItem, city: Municipality) -> _Letter:
    document = item.notice.document
    if document is None:
        raise FileNotFoundError
    return _Letter(item, cover_sheet(item.notice, city=city), read_bytes(document))


def _still_wanted(letters: list[_Letter]) -> list[_Letter]:
    """Without those opened (or withdrawn) since the claim; their rows say why."""
    ids = [letter.item.notice_id for letter in letters]
    wanted = set(
        Notice.objects.filter(LETTER_WANTED, pk__in=ids, paper_state=PaperState.PRINTING).values_list("pk", flat=True)
    )
    for letter in letters:
        if letter.item.notice_id not in wanted:
            _set_problem(letter.item, _("印刷の前に開封または取消されたため、発送しません。"))
    return [letter for letter in letters if letter.item.notice_id in wanted]


def _set_problem(item: LetterRunItem, problem: str) -> None:
    LetterRunItem.objects.filter(pk=item.pk).update(problem=problem[:200])


def _merge(letters: list[_Letter]) -> bytes:
    """One PDF; each letter begins on a fresh sheet, so that printing on both sides mixes no two people.

    The signature does not survive, and need not: this is the print copy, the signed file stays stored.
    """
    import pikepdf

    with pikepdf.new() as merged:
        for letter in letters:
            for content in (letter.cover, letter.document):
                with pikepdf.open(io.BytesIO(content)) as part:
                    _drop_signature(part)
                    merged.pages.extend(part.pages)
            if len(merged.pages) % 2:
                merged.add_blank_page(page_size=(595.28, 841.89))
        target = io.BytesIO()
        merged.save(target)
    return target.getvalue()


def _drop_signature(part: Any) -> None:
    """Take away the signature's invisible field, which would point at nothing in the merged file."""
    if "/AcroForm" not in part.Root:
        return
    del part.Root["/AcroForm"]
    for page in part.pages:
        kept = [item for item in page.get("/Annots", []) if item.get("/Subtype") != "/Widget"]
        page["/Annots"] = kept


def _finish(run: LetterRun, letters: list[_Letter], content: bytes, *, moment: dt.datetime) -> None:
    ids = [letter.item.notice_id for letter in letters]
    with transaction.atomic():
        # in the order of their ids: an update of many rows has none of its own and could deadlock with another
        moved = sum(
            Notice.objects.filter(LETTER_WANTED, pk=pk, paper_state=PaperState.PRINTING).update(
                paper_state=PaperState.PRINTED
            )
            for pk in sorted(ids)
        )
        if moved != len(ids):
            raise _OpenedMeanwhile
        record_events(ids, ReceiptKind.PRINTED, moment=moment, by=run.created_by)
        stored = None
        if letters:
            stored = store_bytes(
                content=content,
                name=f"letters_{run.public_id}.pdf",
                content_type="application/pdf",
                kind=FileKind.LETTERS,
                by=run.created_by,
            )
        done = finish(
            run,
            now=moment,
            run_state=LetterRunState.PRINTED,
            printed_at=moment,
            file=stored,
            count=len(letters),
        )
        if not done:
            raise _LostClaim
