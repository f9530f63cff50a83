"""The one screen of the editor: the week of a group at a place, and the panel beside it."""

import datetime as dt
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.days import today
from reservations.models import Place, ServiceGroup
from reservations.queries import supply as queries
from reservations.services.supply import Rebuilt
from reservations.supply.keys import start_of
from reservations.views.staff.shared import staff_of

_FURTHEST = dt.timedelta(days=800)


@dataclass(frozen=True)
class Editor:
    """Whose supply is edited, and which week is looked at."""

    group: ServiceGroup
    place: Place
    day: dt.date

    @property
    def monday(self) -> dt.date:
        return self.day - dt.timedelta(days=self.day.weekday())

    def url(self, name: str, *args: object) -> str:
        """A page of this editor with the same week beside it."""
        path = reverse(f"reservations:{name}", args=[self.group.key, self.place.key, *args])
        return f"{path}?week={self.monday.isoformat()}"


def editor_or_404(request: HttpRequest, group: str, place: str, day: dt.date | None = None) -> Editor:
    """The editor of a group the person may change, at a place it serves. A page of a day shows the week of that day."""
    found = queries.editable_groups(staff_of(request)).filter(key=group).first()
    where = queries.places_of(found).filter(key=place).first() if found is not None else None
    if found is None or where is None:
        raise Http404
    return Editor(found, where, day or _week_of(request))


def _week_of(request: HttpRequest) -> dt.date:
    """The day in the address; this week when it is none."""
    return _day(request.GET.get("week", "")) or today()


def day_or_404(text: str) -> dt.date:
    """A day out of an address."""
    day = _day(text)
    if day is None:
        raise Http404
    return day


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if abs(day - today()) <= _FURTHEST else None


def start_or_404(text: str) -> dt.datetime:
    """The start of a slot out of an address, in Tokyo: 2026-11-30T0900."""
    try:
        start = start_of(text)
    except ValueError:
        raise Http404 from None
    day_or_404(start.date().isoformat())
    return start


def render_editor(
    request: HttpRequest, editor: Editor, panel: str, *, has_errors: bool = False, **more: Any
) -> HttpResponse:
    """The screen with one panel open; `panel` names its template and its tab."""
    week = queries.week(group=editor.group, place=editor.place, monday=editor.monday)
    context = {
        "editor": editor,
        "group": editor.group,
        "place": editor.place,
        "week": week,
        "today": today(),
        "panel": panel,
        "panel_template": f"reservations/supply/_{panel}.html",
        "has_errors": has_errors,
        **more,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK
    return render(request, "reservations/supply/editor.html", context, status=status)


def tell_rebuilt(request: HttpRequest, saved: str, rebuilt: Rebuilt) -> None:
    """What was saved, and what became of the slots."""
    words = _("%(saved)s 枠を%(made)s追加、%(changed)s変更、%(closed)s終了しました。")
    messages.success(
        request,
        words
        % {
            "saved": saved,
            "made": rebuilt.made,
            "changed": rebuilt.changed,
            "closed": rebuilt.closed,
        },
    )


def to(editor: Editor, name: str, *args: object) -> HttpResponse:
    """Back to a page of the editor, at its top: there stands what was saved."""
    return redirect(editor.url(name, *args))
