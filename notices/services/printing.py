"""The print file of a letter run: every letter a cover sheet, its document and what is enclosed, in one PDF.

Letters of as many sheets stand together (a folding machine is set to one number, and a wrong number puts somebody
else's sheet into the envelope), within them those of one postal code, as the post sorts them.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.enums import FileKind
from cityhall.fonts import GlyphMissing
from cityhall.models import Municipality, StoredFile
from cityhall.queries.city import municipality
from cityhall.services.files import read_bytes, store_bytes
from cityhall.services.work import finish
from notices.barcode import printed_code
from notices.enums import LetterRunState, PaperState, ReceiptKind
from notices.models import LetterRun, LetterRunItem, Notice, PostSettings
from notices.queries import LETTER_WANTED
from notices.services import postage
from notices.services.enclosures import NotPrintable, enclosed_pdfs
from notices.services.events import record_events
from notices.typesetting.letters import Window, cover_sheet
from notices.typesetting.print_file import count_pages, merge
from residents.bulk import update_rows

log = logging.getLogger(__name__)

# out of the way while letters get their places: two never share one
_ASIDE = 1_000_000


class _OpenedMeanwhile(Exception):
    """Somebody opened a notice while its letter was being made."""


class _LostClaim(Exception):
    """Another worker builds this run now."""


@dataclass(frozen=True)
class _Letter:
    item: LetterRunItem
    cover: bytes
    document: bytes
    enclosed: list[bytes]
    pages: int
    sheets: int
    yen: int

    def parts(self) -> Iterator[bytes]:
        """Its PDFs, in the order of the paper."""
        yield from (self.cover, self.document, *self.enclosed)

    def place(self) -> tuple[int, str, int]:
        """What the letters are sorted by."""
        notice = self.item.notice
        after_town = f"{notice.recipient_street} {notice.recipient_building}"
        return (self.sheets, printed_code(notice.recipient_postal_code, after_town), notice.pk)


def build_run(run: LetterRun, *, now: dt.datetime | None = None) -> None:
    """Make the print file of one claimed run and mark its notices printed, in one transaction at the end.

    A letter that cannot be made stops only itself: the reason goes on its row. A notice opened before that
    transaction is left out: the file is put together again without it. Killed at any point, nothing is
    printed; the next claim builds all of it anew.
    """
    letters = sorted(_make_letters(run, municipality(), _settings_of(run)), key=_Letter.place)
    while True:
        letters = _still_wanted(letters)
        content = _merge(letters, is_duplex=run.is_duplex) if letters else b""
        try:
            _finish(run, letters, content, moment=now or timezone.now())
        except _OpenedMeanwhile:
            continue
        except _LostClaim:
            log.info("letter run was taken over", extra=run.describe())
        return


def _settings_of(run: LetterRun) -> PostSettings:
    """The city's settings with what was frozen when the run was made."""
    chosen = postage.post_settings()
    chosen.is_duplex, chosen.inserts = run.is_duplex, run.inserts
    return chosen


def _make_letters(run: LetterRun, city: Municipality, post: PostSettings) -> list[_Letter]:
    items = (
        run.items.filter(problem="", notice__paper_state=PaperState.PRINTING)
        .select_related("notice__department", "notice__document", "notice__recipient")
        .order_by("position")
    )
    made = []
    with override(settings.LANGUAGE_CODE):
        for item in items:
            try:
                made.append(_make_letter(item, city, post))
            except (GlyphMissing, postage.TooHeavy, NotPrintable) as error:
                _set_problem(item, str(error))
            except OSError:
                _set_problem(item, _("通知書のファイルを読み取れません。"))
            except Exception as error:  # noqa: BLE001 - one bad letter must not stop the others
                # no text of the exception: it may name a person
                name = type(error).__name__
                log.error("letter cannot be made", extra={**run.describe(), "error": name})  # noqa: TRY400
                _set_problem(item, _("手紙を作成できません（%(error)s）。") % {"error": name})
    return made


def _make_letter(item: LetterRunItem, city: Municipality, post: PostSettings) -> _Letter:
    if item.notice.document is None:
        raise FileNotFoundError
    document = read_bytes(item.notice.document)
    cover = cover_sheet(item.notice, city=city, window=Window.of(post))
    enclosed = enclosed_pdfs(item.notice)
    pages = sum(map(count_pages, (cover, document, *enclosed)))
    sheets = postage.sheets_of(pages, is_duplex=post.is_duplex)
    yen = postage.unit_price(postage.weight(sheets, settings=post), settings=post)
    return _Letter(item, cover, document, enclosed, pages, sheets, yen)


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


def _merge(letters: list[_Letter], *, is_duplex: bool) -> bytes:
    often = Counter(content for letter in letters for content in letter.enclosed)
    shared = {content for content, count in often.items() if count > 1}
    return merge((letter.parts() for letter in letters), is_duplex=is_duplex, shared=shared)


def _finish(run: LetterRun, letters: list[_Letter], content: bytes, *, moment: dt.datetime) -> None:
    with transaction.atomic():
        _mark_printed([letter.item.notice_id for letter in letters], run, moment)
        page_count = _number(run, letters)
        done = finish(
            run,
            now=moment,
            run_state=LetterRunState.PRINTED,
            printed_at=moment,
            file=_store(run, content) if letters else None,
            count=len(letters),
            page_count=page_count,
            sheet_count=sum(letter.sheets for letter in letters),
            postage_yen=postage.total(Counter(letter.yen for letter in letters), settings=_settings_of(run)),
        )
        if not done:
            raise _LostClaim


def _mark_printed(ids: list[int], run: LetterRun, moment: dt.datetime) -> None:
    wanted = Notice.objects.filter(LETTER_WANTED, pk__in=ids, paper_state=PaperState.PRINTING)
    # locked in the order of their ids: an update of many rows has none of its own and could deadlock with another
    if len(wanted.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)) != len(ids):
        raise _OpenedMeanwhile
    wanted.update(paper_state=PaperState.PRINTED)
    record_events(ids, ReceiptKind.PRINTED, moment=moment, by=run.created_by)


def _number(run: LetterRun, letters: Sequence[_Letter]) -> int:
    """Write down place, size and price of each letter, those that are not printed last; the pages of the file."""
    run.items.update(position=F("position") + _ASIDE)
    page, printed = 1, []
    for position, letter in enumerate(letters, start=1):
        printed.append((position, page, letter.pages, letter.sheets, letter.yen, letter.item.pk))
        page += letter.sheets * 2 if run.is_duplex else letter.pages
    update_rows(LetterRunItem, ("position", "first_page", "pages", "sheets", "postage_yen"), printed)
    left = run.items.filter(position__gt=_ASIDE).order_by("position").values_list("pk", flat=True)
    update_rows(LetterRunItem, ("position",), list(enumerate(left, start=len(printed) + 1)))
    return page - 1


def _store(run: LetterRun, content: bytes) -> StoredFile:
    return store_bytes(
        content=content,
        name=f"letters_{run.public_id}.pdf",
        content_type="application/pdf",
        kind=FileKind.LETTERS,
        by=run.created_by,
    )
