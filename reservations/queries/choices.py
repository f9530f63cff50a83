"""What a visit may be booked for, and where: the first pages of booking, for residents and at the telephone."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import jaconv
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language

from reservations.enums import SupplyKind, Variant
from reservations.models import Place, Service, ServiceGroup, ServiceOffer

EASY = "ja-easy"
"""Easy Japanese among the names of a service."""
READING = "ja-Hira"
"""How a name is read, in hiragana: for the search alone, because 印鑑 cannot be found by いんかん in its signs."""


@dataclass(frozen=True)
class GroupChoice:
    """One part of the list of what a visit is for."""

    group: ServiceGroup
    services: list[Service]


@dataclass(frozen=True)
class PlaceChoice:
    """A place where everything asked for is done, how long it takes there, and in which ways."""

    place: Place
    offers: list[ServiceOffer]
    variants: list[Variant]

    @property
    def minutes(self) -> int:
        return minutes_of(self.offers)


def bookable_services() -> QuerySet[Service]:
    """What is done at counters and can be booked at some place; trials are not among it. One query."""
    offers = _active_offers().filter(service=OuterRef("pk"), place__is_practice=False)
    rows = known_services().filter(Exists(offers))
    return rows.order_by("group__position", "group__key", "position", "key")


def practice_services() -> QuerySet[Service]:
    """What is there to practise with: services of places for trials and of no other. One query."""
    offers = _active_offers().filter(service=OuterRef("pk"))
    trials = Exists(offers.filter(place__is_practice=True)) & ~Exists(offers.filter(place__is_practice=False))
    return known_services().filter(trials).order_by("position", "key")


def known_services() -> QuerySet[Service]:
    """What is done at counters and takes reservations, wherever."""
    rows = Service.objects.filter(is_active=True, group__is_active=True, group__is_bookable=True)
    return rows.filter(group__kind=SupplyKind.COUNTER).select_related("group")


def in_groups(services: Iterable[Service]) -> list[GroupChoice]:
    """The services under the name of what they belong to, in their order."""
    found: dict[int, GroupChoice] = {}
    for service in services:
        found.setdefault(service.group_id, GroupChoice(service.group, [])).services.append(service)
    return list(found.values())


def matching(services: Iterable[Service], text: str) -> list[Service]:
    """Those whose words hold every word of the text, in whatever script and width it was typed."""
    words = _folded(text).split()
    return [service for service in services if all(word in _words_of(service) for word in words)]


def place_choices(services: Sequence[Service], *, at: str = "") -> list[PlaceChoice]:
    """Places that offer all of the services in at least one way; `at` is the key of the only one that is asked for.

    One query. Places for trials only where there is no other.
    """
    rows = _active_offers().filter(service__in=services).select_related("place")
    if at:
        rows = rows.filter(place__key=at)
    order = {service.pk: number for number, service in enumerate(services)}
    by_place: dict[int, list[ServiceOffer]] = {}
    for offer in rows.order_by("place__position", "place__key"):
        by_place.setdefault(offer.place_id, []).append(offer)
    choices: list[PlaceChoice] = []
    for offers in by_place.values():
        variants = [variant for variant in Variant if all(is_given(offer, variant) for offer in offers)]
        if len(offers) == len(order) and variants:
            offers.sort(key=lambda offer: order[offer.service_id])
            choices.append(PlaceChoice(offers[0].place, offers, variants))
    return [choice for choice in choices if not choice.place.is_practice] or choices


def is_given(offer: ServiceOffer, variant: Variant) -> bool:
    """Whether the service is given in this way at the place."""
    ways = {Variant.ON_SITE: offer.is_on_site, Variant.PHONE: offer.by_phone, Variant.VIDEO: offer.by_video}
    return ways[variant]


def minutes_of(offers: Iterable[ServiceOffer]) -> int:
    """How long one visit for all of it takes at the place."""
    return sum(offer.minutes or offer.service.minutes for offer in offers)


def name_for_reader(service: Service) -> str:
    """The name in the language of the page, where the service has one."""
    return str(service.names.get(get_language() or "") or service.name)


def _active_offers() -> QuerySet[ServiceOffer]:
    return ServiceOffer.objects.filter(is_active=True, place__is_active=True).select_related("service")


def _words_of(service: Service) -> str:
    group = service.group
    names = " ".join(str(name) for name in service.names.values())
    return _folded(" ".join((service.name, names, service.description, group.name, group.description)))


def _folded(text: str) -> str:
    """Width, case and kana script are no difference to who searches."""
    return str(jaconv.hira2kata(unicodedata.normalize("NFKC", text).casefold()))
