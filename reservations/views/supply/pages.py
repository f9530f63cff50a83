"""Where editing begins: groups and places, and everybody who has lost their time and was not told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import staff_only
from cityhall.pages import keyset_page
from reservations.forms_supply import TellForm
from reservations.permissions import CHANGE_SUPPLY
from reservations.queries import supply as queries
from reservations.services import supply
from reservations.supply.words import event_sentence
from reservations.views.staff.shared import note_list, staff_of
from reservations.views.supply.editor import editor_or_404, render_editor

_EVENTS = 30


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_safe
def supply_list(request: HttpRequest) -> HttpResponse:
    """The groups a person may change, with the places they serve."""
    user = staff_of(request)
    groups = queries.groups_with_places(user)
    untold = [row for row in queries.must_move(user) if row.must_move_since is None]
    return render(request, "reservations/supply/list.html", {"groups": groups, "untold": len(untold)})


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supply_untold(request: HttpRequest) -> HttpResponse:
    """Bookings whose time is gone and whose people were not told yet: looked at, then told. Audited."""
    user = staff_of(request)
    rows = [row for row in queries.must_move(user) if row.must_move_since is None]
    form = TellForm(request.POST if request.method == "POST" else None, rows=rows)
    if request.method == "POST" and form.is_valid():
        told = supply.tell_affected(reservations=form.chosen(), by=user, reason=form.cleaned_data["reason"])
        messages.success(request, told_words(told))
        return redirect("reservations:supply_untold")
    note_list(user, rows, is_search=False)
    return render(request, "reservations/supply/untold.html", {"form": form, "rows": rows})


def told_words(told: supply.Told) -> str:
    """Who was told in which way, in one message."""
    mailed = ngettext("%(count)s人にメールで知らせました。", "%(count)s人にメールで知らせました。", len(told.mailed))
    words = mailed % {"count": len(told.mailed)}
    if told.by_phone:
        words += _("メールアドレスのない%(count)s人には、電話で知らせてください。") % {"count": len(told.by_phone)}
    return words


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_safe
def supply_history(request: HttpRequest, group: str, place: str) -> HttpResponse:
    """Who changed what, in words."""
    editor = editor_or_404(request, group, place)
    events = queries.history(group=editor.group, place=editor.place)
    page = keyset_page(events, order=("-id",), after=request.GET.get("after", ""), size=_EVENTS)
    lines = [(event, event_sentence(event)) for event in page.rows]
    return render_editor(request, editor, "history", lines=lines, next_cursor=page.next_cursor)
