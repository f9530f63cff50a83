"""Layouts of forms: a blank PDF of the city, places on it, one version after the other."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from applications.definition import Form, form_of
from applications.models import Procedure
from cityhall.db import violated
from cityhall.enums import AuditAction, FileKind, FileState
from cityhall.errors import StaleState
from cityhall.models import StoredFile, User
from cityhall.services import audit
from cityhall.services.files import accept_upload, read_bytes
from counter.enums import LayoutState
from counter.errors import BlankNotChecked, LayoutHasDraft, LayoutHasProblems, LayoutInUse
from counter.layouts import Spot
from counter.layouts.blanks import read_blank
from counter.layouts.checking import all_problems
from counter.models import FormLayout, LayoutField
from counter.models.layouts import PAGES_MOST
from counter.queries.layouts import spots_on

__all__ = [
    "activate",
    "change_settings",
    "copy_spot",
    "discard",
    "end",
    "make_layout",
    "make_next",
    "place_spots",
    "remove_spot",
    "save_spot",
    "take_sizes",
]
_NEXT_TO = 1


def make_layout(
    *,
    procedure: Procedure,
    title: str,
    upload: "UploadedFile[Any]",
    by: User,
    valid_from: dt.date,
    prints_rest: bool = True,
) -> FormLayout:
    """A draft with a blank PDF, which waits in quarantine for its check; audited.

    Raises UploadRefused, LayoutHasDraft.
    """
    with _one_draft(), transaction.atomic():
        blank = accept_upload(upload=upload, kind=FileKind.BLANK_FORM, by=by, allowed={"pdf"})
        return _new(procedure, blank, by, title=title, valid_from=valid_from, prints_rest=prints_rest)


def make_next(
    layout: FormLayout, *, by: User, upload: "UploadedFile[Any] | None" = None, now: dt.datetime | None = None
) -> FormLayout:
    """A draft that begins with the places of another version, on the same paper or on a new one; audited.

    Raises UploadRefused, LayoutHasDraft.
    """
    with _one_draft(), transaction.atomic():
        blank, sizes = layout.blank, layout.page_sizes
        if upload is not None:
            blank, sizes = accept_upload(upload=upload, kind=FileKind.BLANK_FORM, by=by, allowed={"pdf"}), []
        day = timezone.localdate(now)
        made = _new(layout.procedure, blank, by, title=layout.title, valid_from=day, prints_rest=layout.prints_rest)
        FormLayout.objects.filter(pk=made.pk).update(page_sizes=sizes)
        place_spots(made, spots_on(layout))
    made.refresh_from_db()
    return made


def take_sizes(layout: FormLayout) -> bool:
    """Measure the pages of a draft once its file has passed the check; whether they are known now.

    A file with too many pages has no sizes: nobody can place anything on it.
    """
    if layout.page_sizes:
        return True
    if layout.blank.state != FileState.CLEAN:
        return False
    sizes = [list(size) for size in read_blank(read_bytes(layout.blank)).sizes]
    if not 1 <= len(sizes) <= PAGES_MOST:
        return False
    _drafts(layout).update(page_sizes=sizes)
    layout.refresh_from_db(fields=["page_sizes"])
    return bool(layout.page_sizes)


def change_settings(
    layout: FormLayout,
    *,
    title: str,
    valid_from: dt.date,
    prints_rest: bool,
    by: User,
    upload: "UploadedFile[Any] | None" = None,
    now: dt.datetime | None = None,
) -> None:
    """Name, first day, and another PDF under the same places; audited. Raises UploadRefused, LayoutInUse."""
    columns: dict[str, Any] = {"title": title, "valid_from": valid_from, "prints_rest": prints_rest}
    with transaction.atomic():
        if upload is not None:
            blank = accept_upload(upload=upload, kind=FileKind.BLANK_FORM, by=by, allowed={"pdf"})
            columns |= {"blank": blank, "page_sizes": []}
        if not _drafts(layout).update(**columns):
            raise LayoutInUse
        if upload is not None:
            _drop_file(layout.blank, now)
        _record(layout, AuditAction.CHANGE, by, changed=sorted(columns))
    layout.refresh_from_db()


def save_spot(layout: FormLayout, *, values: Mapping[str, Any], number: int | None = None) -> int:
    """Write a place of a draft, a new one without `number`; its number. Locks the draft.

    Raises LayoutInUse, StaleState when somebody else has taken the place away.
    """
    with transaction.atomic():
        _lock_draft(layout)
        if number is None:
            number = _last_number(layout) + 1
            LayoutField.objects.create(layout=layout, number=number, **values)
        elif not LayoutField.objects.filter(layout=layout, number=number).update(**values):
            raise StaleState
    return number


def copy_spot(layout: FormLayout, *, number: int) -> int:
    """The same place once more, right below; its number. Raises LayoutInUse, StaleState."""
    with transaction.atomic():
        _lock_draft(layout)
        row = LayoutField.objects.filter(layout=layout, number=number).first()
        if row is None:
            raise StaleState
        row.pk, row.number, row.y = None, _last_number(layout) + 1, row.y + row.height + _NEXT_TO
        row.save(force_insert=True)
    return row.number


def remove_spot(layout: FormLayout, *, number: int) -> None:
    """Take a place of a draft away; twice is once. Raises LayoutInUse."""
    with transaction.atomic():
        _lock_draft(layout)
        LayoutField.objects.filter(layout=layout, number=number).delete()


def place_spots(layout: FormLayout, spots: tuple[Spot, ...]) -> None:
    """The places of a draft all at once, in the caller's transaction."""
    LayoutField.objects.bulk_create(LayoutField(layout=layout, **spot.to_json()) for spot in spots)


def activate(layout: FormLayout, *, by: User, now: dt.datetime | None = None) -> None:
    """Take a draft into use: its places become a frozen document; audited. Locks the draft.

    Raises BlankNotChecked, LayoutHasProblems, LayoutInUse.
    """
    moment = now or timezone.now()
    if not take_sizes(layout) or layout.blank.state != FileState.CLEAN:
        raise BlankNotChecked
    with transaction.atomic():
        _lock_draft(layout)
        spots = spots_on(layout)
        form = current_form(layout.procedure)
        wrong = [one for one in all_problems(spots, form, layout.page_sizes) if not one.is_hint]
        if wrong or not spots:
            raise LayoutHasProblems
        placed = [spot.to_json() for spot in spots]
        digest = hashlib.sha256(json.dumps(placed, sort_keys=True, ensure_ascii=False).encode())
        digest.update(layout.blank.sha256.encode())
        layout.fields.all().delete()
        _drafts(layout).update(
            state=LayoutState.ACTIVE,
            placed=placed,
            sha256=digest.hexdigest(),
            activated_by=by,
            activated_at=moment,
        )
        _record(layout, AuditAction.STATE, by, "active")
    layout.refresh_from_db()


def end(layout: FormLayout, *, by: User, now: dt.datetime | None = None) -> None:
    """Take a layout out of use: the one before it prints again, or the default one; audited. Twice is once."""
    with transaction.atomic():
        running = FormLayout.objects.filter(pk=layout.pk, state=LayoutState.ACTIVE, ended_at=None)
        if running.update(ended_at=now or timezone.now(), ended_by=by):
            _record(layout, AuditAction.STATE, by, "ended")
    layout.refresh_from_db()


def discard(layout: FormLayout, *, by: User, now: dt.datetime | None = None) -> None:
    """Throw a draft away with its places; audited. Raises LayoutInUse."""
    with transaction.atomic():
        if not _drafts(layout).delete()[0]:
            raise LayoutInUse
        _drop_file(layout.blank, now)
        _record(layout, AuditAction.DELETE, by)


def current_form(procedure: Procedure) -> Form:
    """The questions that a layout is made for."""
    version = procedure.current_version
    return form_of(version) if version else Form(pages=())


def _new(procedure: Procedure, blank: StoredFile, by: User, **columns: Any) -> FormLayout:
    # two people at once: the second waits here and finds the draft of the first
    Procedure.objects.select_for_update(no_key=True).get(pk=procedure.pk)
    last = FormLayout.objects.filter(procedure=procedure).aggregate(last=Max("number"))["last"] or 0
    made = FormLayout.objects.create(procedure=procedure, number=last + 1, blank=blank, created_by=by, **columns)
    _record(made, AuditAction.CREATE, by)
    return made


@contextmanager
def _one_draft() -> Iterator[None]:
    """A second draft of a procedure becomes a sentence. Raises LayoutHasDraft."""
    try:
        yield
    except IntegrityError as error:
        if violated(error) != "layout_has_one_draft":
            raise
        raise LayoutHasDraft from error


def _drafts(layout: FormLayout) -> QuerySet[FormLayout]:
    return FormLayout.objects.filter(pk=layout.pk, state=LayoutState.DRAFT)


def _lock_draft(layout: FormLayout) -> None:
    if not _drafts(layout).select_for_update(no_key=True).values_list("pk", flat=True):
        raise LayoutInUse


def _last_number(layout: FormLayout) -> int:
    return layout.fields.aggregate(last=Max("number"))["last"] or 0


def _drop_file(blank: StoredFile, now: dt.datetime | None) -> None:
    """Sweep a PDF that no version of any layout is printed on."""
    if not FormLayout.objects.filter(blank=blank).exists():
        StoredFile.objects.filter(pk=blank.pk).update(delete_after=now or timezone.now())


def _record(layout: FormLayout, action: AuditAction, by: User, detail: str = "", changed: Any = ()) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="counter.formlayout",
        target_id=f"{layout.procedure.key}/{layout.number}",
        target_label=str(layout.title),
        detail=detail,
        department_code=layout.procedure.department.code,
        changed_fields=changed,
    )
