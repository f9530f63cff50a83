"""The pages of the combined form. Whatever button is pressed, everything typed is kept first, right or wrong."""

from collections.abc import Collection
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications import typed
from applications.form_pages import PageForm
from applications.services.drafts import page_mark
from applications.steps import CURRENT, DONE, TODO, Step
from cityhall.access import public
from cityhall.errors import StaleState
from counter import prefill_cookie
from counter.errors import NoSuchPrefill
from counter.form_pages import Filling, Taken, page_context, take
from counter.home import Home, open_home, save, taken_from_other_forms
from counter.services.prefills.keeping import last_day_of
from counter.views.home.opening import READ_OR_SEND, ended_page, may_change, person, with_prefill


@public
@never_cache
@require_http_methods(READ_OR_SEND)
@with_prefill
def home_page(request: HttpRequest, home: Home, number: int) -> HttpResponse:
    """One page of questions."""
    filling = home.filling
    if request.method == HTTPMethod.POST:
        try:
            return _receive(request, home, number)
        except NoSuchPrefill as error:
            # read at a desk, or deleted in another window, while this page was open
            return ended_page(request, error)
    if not filling.has_page(number):
        return redirect("counter:home_page", filling.shown[0]) if filling.shown else redirect("counter:home_check")
    if number not in filling.shown:
        return _to(filling.after(number))
    # from the check page people come to see what is wrong
    form = filling.page_form(number, opened=request.GET.getlist("open"), is_checked="check" in request.GET)
    return _show(request, home, number, form)


def _receive(request: HttpRequest, home: Home, number: int) -> HttpResponse:
    if request.POST.get("forms", home.mark) != home.mark:
        return _receive_from_other_forms(request, home, number)
    if not home.filling.has_page(number):
        return redirect("counter:home_check")
    if conflict := _conflict(home, number, request.POST):
        return _show(request, home, number, _as_typed(home, number, request.POST), conflict=conflict)
    if not may_change(request, home.token):
        sentence = _(
            "操作が続いたため、このページはまだ保存していません。少しおいて、もう一度「次へ」を押してください。"
        )
        messages.warning(request, sentence)
        return _show(request, home, number, home.filling.page_form(number, data=request.POST))
    taken = take(home.filling, number, request.POST)
    try:
        kept = save(home, taken.filling, user=person(request))
    except StaleState:
        # another window was faster by a moment: this page goes onto what it left
        return _receive(request, open_home(home.token), number)
    for note in home.notes:
        messages.warning(request, note)
    response = _leave(request, kept, number, taken)
    prefill_cookie.put(response, home.token)
    return response


def _conflict(home: Home, number: int, data: "typed.Data") -> list[str]:
    """Labels of what another window has saved on this page since it was shown, and this one would overwrite.

    Nothing of it is overwritten until it was seen: the page shown again carries the mark of what is kept now.
    """
    page = home.filling.page(number)
    if data.get("mark", "") in ("", page_mark(page, home.filling.values)):
        return []
    mine = home.filling.with_page(number, typed.read(page.fields, data)).values
    kept = home.filling.values
    return [one.label for one in page.fields if one.key in kept and mine.get(one.key) != kept[one.key]]


def _as_typed(home: Home, number: int, data: "typed.Data") -> PageForm:
    """The page with what this window has typed, kept nowhere."""
    values = typed.read(home.filling.page(number).fields, data)
    return home.filling.with_page(number, values).page_form(number)


def _receive_from_other_forms(request: HttpRequest, home: Home, number: int) -> HttpResponse:
    """A form was published, or procedures came or went, while the page was open: nothing typed is lost."""
    filling = taken_from_other_forms(home, request.POST["forms"], number, request.POST)
    if filling is not None and may_change(request, home.token):
        try:
            save(home, filling, user=person(request))
        except StaleState:
            return _receive_from_other_forms(request, open_home(home.token), number)
    messages.warning(
        request,
        _("入力している間に、質問の内容が変わりました。入力した内容は引き継いでいます。もう一度お確かめください。"),
    )
    return redirect("counter:home_check")


def _leave(request: HttpRequest, home: Home, number: int, taken: Taken) -> HttpResponse:
    """Where the button leads: this page again with what is to be seen, or on."""
    filling = home.filling
    if taken.anchor:
        return redirect(_again(request, number, taken))
    if taken.stays:
        return _show(request, home, number, taken.form, fresh=taken.fresh)
    if taken.action == "save":
        day = last_day_of(home.prefill)
        text = _("入力した内容を保存しました。%(month)s月%(day)s日まで、この端末で続きを入力できます。")
        messages.success(request, text % {"month": day.month, "day": day.day})
        return redirect("counter:home_start")
    if taken.action == "previous":
        before = filling.before(number)
        return redirect("counter:home_page", before) if before else redirect("counter:home_choose")
    return _to(None if "check" in request.GET else filling.after(number))


def _to(number: int | None) -> HttpResponse:
    return redirect("counter:home_check") if number is None else redirect("counter:home_page", number)


def _again(request: HttpRequest, number: int, taken: Taken) -> str:
    """This page once more, at a place in it, with these rows open."""
    query = [("check", "1")] if "check" in request.GET else []
    query += [("open", row_id) for row_id in taken.opened]
    address = reverse("counter:home_page", args=[number])
    return address + (f"?{urlencode(query)}" if query else "") + f"#{taken.anchor}"


def _show(
    request: HttpRequest,
    home: Home,
    number: int,
    form: PageForm,
    *,
    fresh: Collection[str] = (),
    conflict: Collection[str] = (),
) -> HttpResponse:
    filling = home.filling
    fields = filling.page(number).fields
    context = {
        **page_context(filling, number, form, fresh=fresh),
        "home": home,
        "mark": page_mark(filling.page(number), filling.values),
        "conflict": conflict,
        "conflict_href": reverse("counter:home_page", args=[number]),
        "steps": steps(filling, number),
        "known": [one.label for one in fields if one.key in home.from_record],
        "told": [one.label for one in fields if one.key in home.from_guide and _is_seen(filling, one.key)],
        "comes_from_check": "check" in request.GET,
        "is_first": filling.before(number) is None,
    }
    return render(request, "counter/home/page.html", context)


def steps(filling: Filling, current: int) -> list[Step]:
    """The pages that are shown and the check page, which is the one after the last; each can be gone to directly."""
    found = [
        Step(
            filling.page(number).title,
            CURRENT if number == current else DONE if _is_answered(filling, number) else TODO,
            reverse("counter:home_page", args=[number]),
        )
        for number in filling.shown
    ]
    is_check = current > len(filling.form.pages)
    return [*found, Step(_("内容の確認"), CURRENT if is_check else TODO, reverse("counter:home_check"))]


def _is_seen(filling: Filling, key: str) -> bool:
    return filling.outcome is None or key in filling.outcome.visible


def _is_answered(filling: Filling, number: int) -> bool:
    """Whether all that must be answered on the page has something in it."""
    keys = [one.key for one in filling.page(number).fields if one.is_question]
    if filling.outcome is None:
        needed = [one.key for one in filling.page(number).fields if one.required]
    else:
        needed = [key for key in keys if key in filling.outcome.required]
    return any(key in filling.values for key in keys) and all(key in filling.values for key in needed)
