"""What somebody is about to book, as the addresses of the pages carry it: services, people, the way, the place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from reservations.enums import Variant
from reservations.forms import WishForm
from reservations.models import Place, Service, ServiceGroup, ServiceOffer
from reservations.queries import known
from reservations.queries.choices import minutes_of


class WishInvalid(Exception):
    """What the address says cannot be booked: too many people, or a service that is not offered any more."""


@dataclass(frozen=True)
class Wish:
    """`offers` are of the services at the place, in their order; none before a place is chosen."""

    services: tuple[Service, ...]
    people: int
    variant: Variant = Variant.ON_SITE
    offers: tuple[ServiceOffer, ...] = ()

    @property
    def service(self) -> Service:
        """The first one, which the address names; the others come along."""
        return self.services[0]

    @property
    def also(self) -> Sequence[Service]:
        return self.services[1:]

    @property
    def group(self) -> ServiceGroup:
        return self.service.group

    @property
    def place(self) -> Place:
        return self.offers[0].place

    @property
    def minutes(self) -> int:
        return minutes_of(self.offers)

    @property
    def query(self) -> str:
        """What stands in the address behind the question mark."""
        pairs = [("also", one.key) for one in self.also] + [("people", str(self.people))]
        if self.offers:
            pairs.append(("variant", self.variant.value))
        return urlencode(pairs)

    def url(self, name: str, *parts: str, query: str = "") -> str:
        """The address of a page of this wish: of the service, or of the place when there is one."""
        where = [self.place.key] if self.offers and name not in ("service", "places") else []
        path = reverse(f"reservations:booking_{name}", args=[self.service.key, *where, *parts])
        return f"{path}?{self.query}{'&' + query if query else ''}"

    def at(self, offers: Sequence[ServiceOffer], variant: Variant) -> "Wish":
        return replace(self, offers=tuple(offers), variant=variant)


def service_or_404(key: str) -> Service:
    """A service that takes reservations."""
    service = known.service(key)
    if service is None:
        raise Http404
    return service


def wish_form(service: Service, data: QueryDict | None) -> WishForm:
    return WishForm(data, group=service.group, others=known.others_of(service))


def wish_of(request: HttpRequest, key: str, place_key: str = "") -> Wish:
    """The wish of a page behind the first one. 404 for unknown services and places; raises WishInvalid."""
    service = service_or_404(key)
    asked = request.GET.copy()
    # a link that somebody shortened: one person comes
    asked.setdefault("people", "1")
    form = wish_form(service, asked)
    if not form.is_valid():
        raise WishInvalid
    wish = Wish((service, *form.chosen()), form.cleaned_data["people"])
    if not place_key:
        return wish
    choices = known.place_choices(wish.services, at=place_key)
    if not choices:
        raise Http404
    way = request.GET.get("variant", "")
    variant = next((one for one in choices[0].variants if one == way), choices[0].variants[0])
    return wish.at(choices[0].offers, variant)


def to_first_page(request: HttpRequest, key: str) -> HttpResponse:
    """Back to where the wish is filled in, which says what is wrong with it."""
    query = request.GET.copy()
    query["go"] = "1"
    query.setdefault("people", "1")
    return redirect(f"{reverse('reservations:booking_service', args=[key])}?{query.urlencode()}")
