"""The life of one import: uploaded → checking → checked → applying → applied, in slices a worker can survive."""

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Case, F, IntegerField, Max, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.codes import is_my_number
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import StoredFile, User
from cityhall.services import audit
from cityhall.services.files import open_stored
from residents.enums import RegisterImportKind, RegisterImportState
from residents.errors import RegisterFileRefused
from residents.models import RegisterImport
from residents.services.register import absent, batches
from residents.services.register.columns import check_mapping, guess_mapping
from residents.services.register.parsing import Person, parse_row
from residents.services.register.reading import RawRow, detect_encoding, open_rows
from residents.services.register.seen import SeenNumbers

BATCH: Final = 5000
PROBLEMS_KEPT: Final = 1000
LEASE: Final = dt.timedelta(minutes=5)
MOST_LOST_SLICES: Final = 5
_RUNNING: Final = (RegisterImportState.CHECKING, RegisterImportState.APPLYING)
_COUNTS: Final = ("rows", "created", "changed", "unchanged", "ended", "present", "problem_count")

State = RegisterImportState


class _LostClaim(Exception):
    """Another worker has taken the import over: stop without a trace."""


def start_import(
    *,
    kind: RegisterImportKind,
    as_of: dt.date,
    by: User | None,
    file: StoredFile | None = None,
    path: Path | None = None,
    encoding: str = "",
    accepts_missing: bool = False,
) -> RegisterImport:
    """Register a file for import, its encoding found out and its columns guessed. Nothing is read into residents.

    The file is a stored one, or (for the command) one that stays where it is. Raises RegisterFileRefused.
    """
    source = _source(file, path)
    found = detect_encoding(source, chosen=encoding)
    with open_rows(source, found) as (headings, _rows):
        mapping = guess_mapping(headings)
    run = RegisterImport.objects.create(
        kind=kind,
        file=file,
        encoding=found,
        mapping=mapping,
        as_of=as_of,
        accepts_missing=accepts_missing,
        created_by=by,
    )
    _audit(run, by, "register uploaded")
    return run


def headings_of(run: RegisterImport, *, path: Path | None = None) -> list[str]:
    """The headings of an import's file."""
    with open_rows(_source(run.file, path), run.encoding) as (headings, _rows):
        return headings


def check_import(
    *, run: RegisterImport, by: User | None, mapping: dict[str, str] | None = None, path: Path | None = None
) -> RegisterImport:
    """Begin the dry run, with the columns as mapped now; `run_slice` does it. Nothing of residents changes.

    Raises RegisterFileRefused for a mapping that cannot be, StaleState when the import is running or applied.
    """
    mapping = run.mapping if mapping is None else {key: value for key, value in mapping.items() if value}
    check_mapping(mapping, headings_of(run, path=path))
    _begin(run, State.CHECKING, seen=(State.UPLOADED, State.CHECKED, State.REFUSED), mapping=mapping)
    _audit(run, by, "register check started")
    return run


def apply_import(*, run: RegisterImport, by: User | None) -> RegisterImport:
    """Begin to write a checked import; `run_slice` does it. An import that is applied already stays as it is.

    Raises StaleState when it was not checked, is running, or another one is being applied.
    """
    if run.state == State.APPLIED:
        return run
    try:
        with transaction.atomic():
            _begin(run, State.APPLYING, seen=(State.CHECKED,))
            _audit(run, by, "register apply started")
    except IntegrityError as error:
        if violated(error) == "register_import_one_at_a_time":
            raise StaleState(_("別の取込を反映しています。終わってからやり直してください。")) from error
        raise
    return run


def unfinished_imports(now: dt.datetime | None = None) -> list[int]:
    """Imports whose worker is gone: running, and without a lease."""
    moment = now or timezone.now()
    rows = RegisterImport.objects.filter(state__in=_RUNNING).filter(_without_lease(moment))
    return list(rows.order_by("id").values_list("pk", flat=True))


def run_slice(
    *,
    run: RegisterImport,
    seconds: float = 10.0,
    path: Path | None = None,
    now: Callable[[], dt.datetime] = timezone.now,
) -> bool:
    """Go on with a running import for about `seconds`; whether more is to be done.

    Each batch is one transaction with the place it ends at, under a claim that other workers respect:
    after a kill the next slice goes on from the last batch, and nothing is counted or written twice.
    What makes the file impossible ends the import as refused, and so do MOST_LOST_SLICES kills at one place.
    """
    claim = _claim(run, now())
    if claim is None:
        return False
    try:
        _refuse_deadly(run)
        _refuse_older(run)
        is_done = _walk(run, claim, seconds, path, now)
        if is_done:
            _finish(run, claim, now())
    except RegisterFileRefused as refusal:
        _save(run, claim, state=State.REFUSED, refusal=str(refusal)[:300], claim_id=None, lease_until=None)
        is_done = True
    except _LostClaim:
        return False
    else:
        if not is_done:
            _save(run, claim, claim_id=None, lease_until=None)
    run.refresh_from_db()
    return not is_done


def _walk(
    run: RegisterImport, claim: uuid.UUID, seconds: float, path: Path | None, now: Callable[[], dt.datetime]
) -> bool:
    with open_rows(_source(run.file, path), run.encoding) as (headings, rows), SeenNumbers() as seen:
        places = check_mapping(run.mapping, headings)
        _skip(rows, run.next_row, places["resident_number"], seen)
        end = time.monotonic() + seconds
        while batch := list(islice(rows, BATCH)):
            people = [parse_row(raw, places, len(headings)) for raw in batch]
            if run.next_row == 0:
                _refuse_my_numbers(people)
            _batch(run, claim, people, seen, now())
            if time.monotonic() > end:
                return False
    return True


def _skip(rows: Iterator[RawRow], count: int, place: int, seen: SeenNumbers) -> None:
    """Read past what earlier slices did, remembering the numbers named there."""
    for raw in islice(rows, count):
        if place < len(raw.cells):
            seen.add(raw.cells[place].strip(" \u3000\t"))


def _batch(run: RegisterImport, claim: uuid.UUID, people: list[Person], seen: SeenNumbers, now: dt.datetime) -> None:
    repeated = {person.row for person in people if person.number and not seen.add(person.number)}
    if run.kind == RegisterImportKind.FULL:
        for person in people:
            # who stands in a full file lives here, unless the file itself says otherwise
            person.values.setdefault("moved_out_on", None)
    with transaction.atomic():
        outcome = batches.compare(people, repeated=repeated)
        if run.state == State.APPLYING:
            batches.write(outcome, run, now=now)
        room = max(0, PROBLEMS_KEPT - len(run.problems))
        problems = run.problems + [problem.as_json() for problem in outcome.problems[:room]]
        counts = {name: getattr(outcome, name) for name in _COUNTS if name != "problem_count"}
        counts |= {"problem_count": len(outcome.problems), "next_row": len(people)}
        _save(
            run,
            claim,
            lease_until=now + LEASE,
            lost_slices=0,
            problems=problems,
            **{name: F(name) + count for name, count in counts.items()},
        )
    run.problems = problems
    run.next_row += len(people)


def _finish(run: RegisterImport, claim: uuid.UUID, now: dt.datetime) -> None:
    run.refresh_from_db()
    if run.rows == 0:
        raise RegisterFileRefused(_("データの行がありません。"))
    if run.state == State.CHECKING:
        ended = absent.count_absent(run) if run.kind == RegisterImportKind.FULL else 0
        _save(run, claim, state=State.CHECKED, ended=F("ended") + ended, claim_id=None, lease_until=None)
        return
    if run.kind == RegisterImportKind.FULL:
        while pks := absent.next_absent(run, BATCH):
            with transaction.atomic():
                absent.end_absent(run, pks, now)
                _save(run, claim, lease_until=now + LEASE, lost_slices=0, ended=F("ended") + len(pks))
    with transaction.atomic():
        _save(run, claim, state=State.APPLIED, applied_at=now, claim_id=None, lease_until=None)
        _audit(run, run.created_by, "register applied")


def _begin(run: RegisterImport, state: State, *, seen: tuple[State, ...], **fields: Any) -> None:
    fresh: dict[str, Any] = dict.fromkeys((*_COUNTS, "next_row"), 0)
    fresh |= {"problems": [], "refusal": "", "claim_id": None, "lease_until": None, "lost_slices": 0, **fields}
    if not RegisterImport.objects.filter(pk=run.pk, state__in=seen).update(state=state, **fresh):
        raise StaleState
    run.refresh_from_db()


def _claim(run: RegisterImport, now: dt.datetime) -> uuid.UUID | None:
    claim = uuid.uuid4()
    free = RegisterImport.objects.filter(_without_lease(now), pk=run.pk, state__in=_RUNNING)
    # a claim that is still there was never given back: its worker is gone
    lost = Case(
        When(claim_id__isnull=False, then=F("lost_slices") + 1), default=F("lost_slices"), output_field=IntegerField()
    )
    if not free.update(claim_id=claim, lease_until=now + LEASE, lost_slices=lost):
        return None
    run.refresh_from_db()
    return claim


def _without_lease(now: dt.datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def _save(run: RegisterImport, claim: uuid.UUID, **fields: Any) -> None:
    if not RegisterImport.objects.filter(pk=run.pk, claim_id=claim).update(**fields):
        raise _LostClaim


def _refuse_deadly(run: RegisterImport) -> None:
    if run.lost_slices >= MOST_LOST_SLICES:
        message = _(
            "処理が同じところで%(count)s回止まったため、取込を中止しました。"
            "ファイルを確認して、もう一度アップロードしてください。"
        )
        raise RegisterFileRefused(message % {"count": run.lost_slices})


def _refuse_older(run: RegisterImport) -> None:
    newest = RegisterImport.objects.filter(state=State.APPLIED).aggregate(day=Max("as_of"))["day"]
    if newest and run.as_of < newest:
        message = _("%(newest)s のデータが反映済みです。それより古いファイルは取り込めません。")
        raise RegisterFileRefused(message % {"newest": newest.isoformat()})


def _refuse_my_numbers(people: list[Person]) -> None:
    """A column of My Numbers mapped as resident numbers by mistake: one in ten other 12-digit numbers passes too."""
    passing = sum(is_my_number(person.number) for person in people)
    if len(people) >= 20 and passing * 2 > len(people):
        raise RegisterFileRefused(
            _("宛名番号の列に個人番号（マイナンバー）が入っています。列の対応を確認してください。")
        )


def _source(file: StoredFile | None, path: Path | None) -> Callable[[], IO[bytes]]:
    if path is not None:
        return lambda: path.open("rb")
    if file is None:
        raise RegisterFileRefused(_("ファイルがありません。もう一度アップロードしてください。"))
    return lambda: open_stored(file)


def _audit(run: RegisterImport, by: User | None, detail: str) -> None:
    audit.record(
        action=AuditAction.IMPORT,
        actor=by,
        target_type="register_import",
        target_id=run.pk,
        target_label=str(run),
        detail=detail,
    )
