"""One day: closed, reopened, with other hours; and who has lost their time on it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.errors import DomainError
from reservations.forms_supply import CloseForm, ExceptionForm
from reservations.models import OpeningException
from reservations.permissions import CHANGE_SUPPLY
from reservations.queries import supply as queries
from reservations.services import supply
from reservations.supply.words import day_words, exception_words
from reservations.views.staff.shared import note_list, staff_of
from reservations.views.supply.editor import Editor, day_or_404, editor_or_404, render_editor, tell_rebuilt, to
from reservations.views.supply.pages import told_words


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supply_day(request: HttpRequest, group: str, place: str, day: str) -> HttpResponse:
    """What holds on a day; a POST closes it: its slots are gone and everybody affected is told. Audited."""
    date = day_or_404(day)
    editor = editor_or_404(request, group, place, date)
    user = staff_of(request)
    may_close_place = queries.may_close_place(user, editor.place)
    if request.method != "POST":
        return _show(request, editor, date, CloseForm(may_close_place=may_close_place))
    form = CloseForm(request.POST, may_close_place=may_close_place)
    if not form.is_valid():
        return _show(request, editor, date, form)
    closed = supply.close_day(
        place=editor.place,
        group=None if form.cleaned_data.get("everything") else editor.group,
        day=date,
        reason=form.cleaned_data["reason"],
        by=user,
    )
    words = _("%(day)sを休みにしました。") % {"day": day_words(date)}
    messages.success(request, words + (told_words(closed.told) if closed.must_move else ""))
    return to(editor, "supply_day", day)


@staff_only(CHANGE_SUPPLY)
@require_POST
def supply_day_reopen(request: HttpRequest, group: str, place: str, day: str) -> HttpResponse:
    """The closing is taken back; whoever was asked to move hears that their time holds."""
    date = day_or_404(day)
    editor = editor_or_404(request, group, place, date)
    user = staff_of(request)
    is_place = "everything" in request.POST
    if is_place and not queries.may_close_place(user, editor.place):
        raise Http404
    told = supply.reopen_day(place=editor.place, group=None if is_place else editor.group, day=date, by=user)
    words = _("%(day)sの休みを取り消しました。") % {"day": day_words(date)}
    messages.success(request, words + (told_words(told) if told.mailed or told.by_phone else ""))
    return to(editor, "supply_day", day)


@staff_only(CHANGE_SUPPLY)
@require_POST
def supply_exception_add(request: HttpRequest, group: str, place: str, day: str) -> HttpResponse:
    """Other hours on a day; who loses their time by it is asked about first."""
    date = day_or_404(day)
    editor = editor_or_404(request, group, place, date)
    exception = OpeningException(place=editor.place, group=editor.group, date=date)
    form = ExceptionForm(request.POST, instance=exception, prefix="hours")
    if form.is_valid():
        lost = supply.lost_by_exception(exception, editor.group)
        if form.ask(lost):
            return _show(request, editor, date, hours=form, lost=lost)
        try:
            rebuilt = supply.add_exception(exception=exception, by=staff_of(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            tell_rebuilt(request, _("例外の時間を保存しました。"), rebuilt)
            return to(editor, "supply_day", day)
    form.without_question()
    return _show(request, editor, date, hours=form)


@staff_only(CHANGE_SUPPLY)
@require_POST
def supply_exception_remove(request: HttpRequest, group: str, place: str, public_id: str) -> HttpResponse:
    """Other hours are taken back; those of the whole place only by who may change all of it."""
    found = OpeningException.objects.select_related("group", "place").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    editor = editor_or_404(request, group, place, found.date)
    if found.place_id != editor.place.pk or found.group_id not in {editor.group.pk, None}:
        raise Http404
    if found.group_id is None and not queries.may_close_place(staff_of(request), editor.place):
        raise Http404
    rebuilt = supply.remove_exception(exception=found, by=staff_of(request))
    tell_rebuilt(request, _("例外の時間を取り消しました。"), rebuilt)
    return to(editor, "supply_day", found.date.isoformat())


def _show(
    request: HttpRequest,
    editor: Editor,
    day: dt.date,
    form: CloseForm | None = None,
    *,
    hours: ExceptionForm | None = None,
    lost: int = 0,
) -> HttpResponse:
    """The panel of a day. Who is on the list of those affected is written down as read."""
    user = staff_of(request)
    may_close_place = queries.may_close_place(user, editor.place)
    if hours is None:
        hours = ExceptionForm(prefix="hours", initial={"kind": "closed"})
        hours.without_question()
    affected = queries.displaced_on(group=editor.group, place=editor.place, day=day)
    if affected:
        note_list(user, affected, is_search=False)
    bound: list[Any] = [one for one in (form, hours) if one is not None and one.errors]
    return render_editor(
        request,
        editor,
        "day",
        has_errors=bool(bound) or lost > 0,
        day=day,
        day_words=day_words(day),
        form=form or CloseForm(may_close_place=may_close_place),
        hours_form=hours,
        lost=lost,
        affected=affected,
        booked=queries.booked_on(group=editor.group, place=editor.place, day=day),
        may_close_place=may_close_place,
        exceptions=[
            (one, exception_words(one)) for one in queries.exceptions_of(editor.group, editor.place).filter(date=day)
        ],
    )
