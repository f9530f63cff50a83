"""What the pages of layouts share: which one, its form, its picture."""

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from applications.definition import Form
from applications.models import Procedure
from applications.queries.designing import designable
from cityhall.models import User
from counter.layouts import Spot
from counter.layouts.checking import options_at
from counter.layouts.overlay import label_of
from counter.layouts.papers import Paper
from counter.models import FormLayout
from counter.queries.layouts import spots_on, visible_layouts
from counter.services.layouts import current_form, take_sizes

READ_OR_SEND = ["GET", "HEAD", "POST"]


def staff_of(request: HttpRequest) -> User:
    """The signed-in member of staff; the access rule has let in nobody else."""
    return cast("User", request.user)


def procedure_or_404(request: HttpRequest, key: str) -> Procedure:
    """A procedure of the person's departments that asks something."""
    rows = designable(request.user).without_surveys().exclude(current_version=None)
    return get_object_or_404(rows.select_related("department", "current_version"), key=key)


def layout_or_404(request: HttpRequest, key: str, number: int) -> FormLayout:
    """A version of a procedure of the person's departments, measured when its file has been checked meanwhile."""
    layout = get_object_or_404(visible_layouts(request.user), procedure__key=key, number=number)
    if layout.is_draft:
        take_sizes(layout)
    return layout


@dataclass(frozen=True)
class Shown:
    """A place as the pages list it."""

    spot: Spot
    label: str
    option: str = ""


@dataclass(frozen=True)
class PageView:
    """One page of the paper with its places, for the picture."""

    number: int
    width: float
    height: float
    spots: tuple[Shown, ...]


def shown_spots(layout: FormLayout, form: Form) -> list[Shown]:
    """Every place with the name of what is printed there."""
    paper = Paper("", "", form, {}, (), {})
    return [
        Shown(spot, label_of(paper, spot), options_at(spot, form).get(spot.option, spot.option))
        for spot in spots_on(layout)
    ]


def page_view(layout: FormLayout, spots: list[Shown], number: int) -> PageView | None:
    """A page of the paper; the first one for a number it has not; None while nobody knows the pages."""
    if not layout.page_sizes:
        return None
    number = number if 1 <= number <= len(layout.page_sizes) else 1
    width, height = layout.page_sizes[number - 1]
    return PageView(number, width, height, tuple(one for one in spots if one.spot.page == number))


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A PDF shown by the browser itself."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


def form_of_layout(layout: FormLayout) -> Form:
    """The questions of today, which places are checked against."""
    return current_form(layout.procedure)
