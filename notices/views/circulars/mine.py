"""Circulars for residents: anybody of the household who signs in reads for the home."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import resident_only
from cityhall.errors import DomainError
from cityhall.http import file_response
from cityhall.models import User
from cityhall.pages import keyset_page
from notices.forms_circulars import JoinForm
from notices.models import Circular, CircularHome
from notices.queries import circulars as queries
from notices.services import circulars
from notices.views.circulars.looks import reading_card
from residents.queries import is_protected, resident_of

PAGE_SIZE = 20


@resident_only
@never_cache
@require_safe
def circular_board(request: HttpRequest) -> HttpResponse:
    """What goes round in the districts of the person's home, and joining one."""
    return _board(request, None)


@resident_only
@require_POST
def circular_join(request: HttpRequest) -> HttpResponse:
    """Put one's home into the district of the town."""
    user = _person(request)
    resident = resident_of(user)
    districts = queries.districts_to_join(resident) if resident is not None else []
    form = JoinForm(request.POST, districts=districts)
    if resident is None or not form.is_valid():
        return _board(request, form)
    try:
        circulars.join(
            district=form.cleaned_data["district"], resident=resident, name=form.cleaned_data["name"], by=user
        )
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("回覧板を受け取れるようになりました。"))
    return redirect("notices:circular_board")


@resident_only
@require_POST
def circular_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """The home wants the circulars of a district no longer."""
    user = _person(request)
    home = next((home for home in queries.homes_of(user) if home.public_id == public_id), None)
    if home is None:
        raise Http404
    circulars.leave(home, by=user)
    messages.success(request, _("この自治会の回覧板をやめました。紙の回覧については、自治会長にお問い合わせください。"))
    return redirect("notices:circular_board")


@resident_only
@never_cache
@require_safe
def circular_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One circular and the button that says it was read."""
    circular, homes = _shown_or_404(request, public_id)
    names = [home.district.name for home in homes]
    context = {"circular": circular, "district_name": names[0], "is_read": getattr(circular, "is_read", False)}
    return render(request, "notices/circulars/page.html", context)


@resident_only
@require_POST
def circular_read(request: HttpRequest, public_id: str) -> HttpResponse:
    """The home has read it."""
    circular, homes = _shown_or_404(request, public_id)
    circulars.mark_read(circular, homes=homes, by=_person(request))
    messages.success(request, _("読んだことを自治会長に伝えました。"))
    return redirect("notices:circular_board")


@resident_only
@require_safe
def circular_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The attached PDF."""
    circular, _homes = _shown_or_404(request, public_id)
    if circular.file is None:
        raise Http404
    return file_response(circular.file, inline=True)


def _board(request: HttpRequest, form: JoinForm | None) -> HttpResponse:
    user = _person(request)
    resident = resident_of(user)
    homes = queries.homes_of(user)
    districts = queries.districts_to_join(resident) if resident is not None else []
    order = ("is_read", "-published_at", "-id")
    after = request.GET.get("after", "")
    page = keyset_page(queries.circulars_for_homes(homes), order=order, after=after, size=PAGE_SIZE)
    context = {
        "homes": homes,
        "cards": [
            reading_card(circular, href=reverse("notices:circular_page", args=[circular.public_id]))
            for circular in page.rows
        ],
        "next_cursor": page.next_cursor,
        "form": form or (JoinForm(districts=districts, initial=_name_for(request)) if districts else None),
        "is_registered": resident is not None and resident.household_id is not None,
    }
    return render(request, "notices/circulars/board.html", context)


def _name_for(request: HttpRequest) -> dict[str, str]:
    """The family name; nothing for people whose address is protected: the head would learn where they live."""
    resident = resident_of(_person(request))
    return {} if resident is None or is_protected(resident) else {"name": resident.family_name}


def _shown_or_404(request: HttpRequest, public_id: str) -> tuple[Circular, list[CircularHome]]:
    """A circular on display in a district of the person's homes, and the homes it goes to."""
    homes = queries.homes_of(_person(request))
    circular = queries.circulars_for_homes(homes).filter(public_id=public_id).first()
    if circular is None:
        raise Http404
    reached = {district.pk for district in circular.districts.all()}
    return circular, [home for home in homes if home.district_id in reached]


def _person(request: HttpRequest) -> User:
    # resident_only let nobody else through
    return request.user  # type: ignore[return-value]
