"""One place on the paper: added and changed by numbers, or by drawing on the picture."""

from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.permissions import DESIGN_PROCEDURES
from cityhall.access import staff_only
from cityhall.errors import DomainError
from counter.forms_layouts import SpotForm
from counter.layouts import Spot
from counter.models import FormLayout
from counter.services.layouts import save_spot
from counter.views.layouts.common import (
    READ_OR_SEND,
    form_of_layout,
    layout_or_404,
    page_number,
    page_view,
    shown_spots,
)

_NEW = {"x": 20, "y": 20, "width": 60, "height": 8}


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def layout_field_add(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A new place on the page that `?page=` names."""
    found = _measured_draft_or_404(request, key, number)
    return _place(request, found, None, _NEW | {"page": page_number(request)})


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def layout_field(request: HttpRequest, key: str, number: int, place: int) -> HttpResponse:
    """A place that exists."""
    found = _measured_draft_or_404(request, key, number)
    form = form_of_layout(found)
    spot = next((one.spot for one in shown_spots(found, form) if one.spot.number == place), None)
    if spot is None:
        raise Http404
    return _place(request, found, spot, SpotForm.initial_of(spot, form))


def _place(request: HttpRequest, found: FormLayout, spot: Spot | None, initial: dict[str, Any]) -> HttpResponse:
    questions = form_of_layout(found)
    spots = shown_spots(found, questions)
    others = [one for one in spots if spot is None or one.spot.number != spot.number]
    form = SpotForm(
        request.POST or None,
        form=questions,
        sizes=found.page_sizes,
        others=[one.spot for one in others],
        initial=initial,
    )
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            save_spot(found, values=form.values(), number=spot.number if spot else None)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, found, form)
    page = _page_of(form, initial)
    context = {
        "layout": found,
        "procedure": found.procedure,
        "form": form,
        "spot": spot,
        "page": page_view(found, others, page),
        "place": {name: form[name].value() for name in ("x", "y", "width", "height")},
    }
    return render(request, "counter/layouts/field.html", context)


def _saved(request: HttpRequest, found: FormLayout, form: SpotForm) -> HttpResponse:
    messages.success(request, _("印字の位置を保存しました。"))
    for hint in form.hints:
        messages.warning(request, hint.message)
    page = form.cleaned_data["page"]
    name = "counter:layout_field_add" if "again" in request.POST else "counter:layout"
    return redirect(f"{reverse(name, args=[found.procedure.key, found.number])}?page={page}")


def _page_of(form: SpotForm, initial: dict[str, Any]) -> int:
    """The page in the picture: what was typed, if it is a number."""
    text = str(form["page"].value() or initial["page"])
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _measured_draft_or_404(request: HttpRequest, key: str, number: int) -> FormLayout:
    found = layout_or_404(request, key, number)
    if not (found.is_draft and found.page_sizes):
        raise Http404
    return found
