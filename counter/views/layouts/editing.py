"""One version: its paper with the places on it, its settings, and what is done with it."""

from collections.abc import Callable
from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.permissions import DESIGN_PROCEDURES
from cityhall.access import staff_only
from cityhall.enums import FileState
from cityhall.errors import DomainError
from cityhall.services.files import UploadRefused, read_bytes
from counter.forms_layouts import LayoutForm
from counter.layouts.blanks import read_blank
from counter.layouts.checking import all_problems, unplaced
from counter.models import FormLayout
from counter.services import layouts as services
from counter.views.layouts.common import (
    READ_OR_SEND,
    form_of_layout,
    layout_or_404,
    page_number,
    page_view,
    shown_spots,
    staff_of,
)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_safe
def layout(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The paper with its places, what is wrong with them, and what has no place yet."""
    found = layout_or_404(request, key, number)
    form = form_of_layout(found)
    spots = shown_spots(found, form)
    plain = [one.spot for one in spots]
    problems = all_problems(plain, form, found.page_sizes) if found.page_sizes and found.is_draft else []
    is_clean = found.blank.state == FileState.CLEAN
    context = {
        "layout": found,
        "procedure": found.procedure,
        "spots": [(one, [p for p in problems if p.number == one.spot.number]) for one in spots],
        "page": page_view(found, spots, page_number(request)),
        "is_pending": found.blank.state == FileState.PENDING,
        "is_refused": not is_clean and found.blank.state != FileState.PENDING,
        "has_too_many_pages": is_clean and not found.page_sizes,
        "has_faults": any(not one.is_hint for one in problems),
        "unplaced": unplaced(plain, form),
        "missing_fonts": read_blank(read_bytes(found.blank)).missing_fonts if is_clean and found.is_draft else (),
    }
    return render(request, "counter/layouts/detail.html", context)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def layout_settings(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Name, first day and another PDF of a draft."""
    found = _draft_or_404(request, key, number)
    form = LayoutForm(request.POST or None, request.FILES or None, instance=found, needs_file=False)
    if request.method == HTTPMethod.POST and form.is_valid():
        given = form.cleaned_data
        try:
            services.change_settings(
                layout_or_404(request, key, number),
                title=given["title"],
                valid_from=given["valid_from"],
                prints_rest=given["prints_rest"],
                upload=given.get("upload"),
                by=staff_of(request),
            )
        except UploadRefused as error:
            form.add_error("upload", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("様式の設定を保存しました。"))
            return redirect("counter:layout", key=key, number=number)
    context = {"layout": found, "procedure": found.procedure, "form": form}
    return render(request, "counter/layouts/settings.html", context)


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_POST
def layout_act(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Copy or remove a place, take the version into use or out of it, throw it away, begin the next one."""
    found = layout_or_404(request, key, number)
    action, _colon, place = request.POST.get("action", "").partition(":")
    try:
        if action in _ON_PLACES and place.isascii() and place.isdigit() and len(place) < 6:
            return _ON_PLACES[action](request, found, int(place))
        if action in _ON_LAYOUTS:
            return _ON_LAYOUTS[action](request, found)
    except DomainError as error:
        messages.error(request, str(error))
        return _back(found)
    raise Http404


def _copy(request: HttpRequest, found: FormLayout, place: int) -> HttpResponse:
    made = services.copy_spot(found, number=place)
    messages.success(request, _("印字の位置をコピーしました。項目と位置を直してください。"))
    return redirect("counter:layout_field", key=found.procedure.key, number=found.number, place=made)


def _remove(request: HttpRequest, found: FormLayout, place: int) -> HttpResponse:
    services.remove_spot(found, number=place)
    messages.success(request, _("%(number)s番の印字をやめました。") % {"number": place})
    return _back(found)


def _activate(request: HttpRequest, found: FormLayout) -> HttpResponse:
    services.activate(found, by=staff_of(request))
    messages.success(request, _("この版を使い始めました。これからは変更できません。"))
    return _back(found)


def _end(request: HttpRequest, found: FormLayout) -> HttpResponse:
    services.end(found, by=staff_of(request))
    messages.success(request, _("この版の使用をやめました。"))
    return _back(found)


def _discard(request: HttpRequest, found: FormLayout) -> HttpResponse:
    services.discard(found, by=staff_of(request))
    messages.success(request, _("作成中の版を削除しました。"))
    return redirect("counter:layout_versions", key=found.procedure.key)


def _next(request: HttpRequest, found: FormLayout) -> HttpResponse:
    made = services.make_next(found, by=staff_of(request))
    messages.success(request, _("同じ配置で新しい版を作りました。"))
    return _back(made)


_ON_PLACES: dict[str, Callable[[HttpRequest, FormLayout, int], HttpResponse]] = {"copy": _copy, "remove": _remove}
_ON_LAYOUTS: dict[str, Callable[[HttpRequest, FormLayout], HttpResponse]] = {
    "activate": _activate,
    "end": _end,
    "discard": _discard,
    "next": _next,
}


def _back(found: FormLayout) -> HttpResponse:
    return redirect("counter:layout", key=found.procedure.key, number=found.number)


def _draft_or_404(request: HttpRequest, key: str, number: int) -> FormLayout:
    found = layout_or_404(request, key, number)
    if not found.is_draft:
        raise Http404
    return found
