"""Which paper a form is printed on, and what staff see of the layouts they make."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Prefetch, QuerySet

from applications.enums import ProcedureState
from applications.models import Procedure
from applications.queries.designing import designable
from cityhall.models import User
from cityhall.pages import Page, keyset_page
from counter.enums import LayoutState
from counter.layouts import Spot, spots_of
from counter.models import FormLayout, LayoutField

PAGE_LENGTH = 50
_ORDER = ("place", "code", "name_kana", "key")


def layouts_in_use(procedures: Iterable[int], *, on: dt.date) -> Mapping[int, Sequence[FormLayout]]:
    """By procedure, the layouts in use that count by this day, the newest first. One query."""
    rows = FormLayout.objects.filter(
        procedure__in=set(procedures), state=LayoutState.ACTIVE, ended_at=None, valid_from__lte=on
    ).select_related("blank")
    found: dict[int, list[FormLayout]] = {}
    for layout in rows.order_by("-valid_from", "-number"):
        found.setdefault(layout.procedure_id, []).append(layout)
    return found


def spots_on(layout: FormLayout) -> tuple[Spot, ...]:
    """The places of a layout: of a draft as its rows are, of one in use as they were frozen."""
    if not layout.is_draft:
        return spots_of(layout.placed)
    return tuple(spot_of(row) for row in layout.fields.order_by("number"))


def spot_of(row: LayoutField) -> Spot:
    """A row as drawing knows it."""
    words = ("number", "page", "kind", "question", "fixed", "part", "option", "align", "boxes")
    measures = ("x", "y", "width", "height", "largest", "smallest")
    values = {name: getattr(row, name) for name in words} | {name: float(getattr(row, name)) for name in measures}
    return Spot.from_json(values)


def layout_list(user: User | AnonymousUser, *, text: str = "", after: str = "") -> Page[Procedure]:
    """A page of procedures with a form that a person may change, each with `shown_layouts`, newest first."""
    rows = designable(user).without_surveys().exclude(current_version=None).select_related("department")
    rows = rows.exclude(state=ProcedureState.CLOSED).annotate(
        place=F("department__position"), code=F("department__code")
    )
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    newest = FormLayout.objects.filter(ended_at=None).defer("placed").order_by("-number")
    rows = rows.prefetch_related(Prefetch("layouts", queryset=newest, to_attr="shown_layouts"))
    return keyset_page(rows, order=_ORDER, after=after, size=PAGE_LENGTH)


def versions_of(procedure: Procedure) -> QuerySet[FormLayout]:
    """Every version of a procedure's layout, newest first, with who made it and used it."""
    rows = FormLayout.objects.filter(procedure=procedure).defer("placed")
    return rows.select_related("created_by", "activated_by", "ended_by").order_by("-number")


def visible_layouts(user: User | AnonymousUser) -> QuerySet[FormLayout]:
    """Layouts of procedures that a person may change, with what a page of one shows."""
    rows = FormLayout.objects.filter(procedure__in=designable(user).values("pk"))
    return rows.select_related("procedure__department", "procedure__current_version", "blank", "created_by")
