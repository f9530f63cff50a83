"""「どこへ行けばよいですか」: the questions of the hall and what they lead to."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from reservations.hall.languages import pick
from reservations.models import Place, RouteStep, Service, ServiceOffer


@dataclass(frozen=True)
class Answer:
    """One button under a question."""

    step: RouteStep
    label: str


def steps_at(place: Place) -> QuerySet[RouteStep]:
    """The steps of a place: its own, and those of every place whose service is done there."""
    offers = ServiceOffer.objects.filter(service=OuterRef("service"), place=place, is_active=True)
    of_place = Q(place__isnull=True) | Q(place=place)
    rows = RouteStep.objects.filter(of_place).filter(Q(service__isnull=True) | Exists(offers))
    return rows.select_related("service", "parent").order_by("position", "id")


def first_step(place: Place) -> RouteStep | None:
    """The first question; a place's own goes before the city's. None when no questions were written."""
    roots = list(steps_at(place).filter(parent__isnull=True).exclude(question=""))
    return next((root for root in roots if root.place_id), roots[0] if roots else None)


def answers_of(step: RouteStep, place: Place, language: str) -> list[Answer]:
    """The answers that lead somewhere here: a question whose answers all lead elsewhere is left out. Two queries."""
    children = list(steps_at(place).filter(parent=step))
    asking = [child.pk for child in children if child.service_id is None]
    alive = set(steps_at(place).filter(parent__in=asking).values_list("parent", flat=True))
    shown = [child for child in children if child.service_id is not None or child.pk in alive]
    return [Answer(child, pick(child.label, child.labels, language)) for child in shown]


def ticket_services(place: Place) -> QuerySet[Service]:
    """What a ticket may be taken for at a place, in the order of the list."""
    offers = ServiceOffer.objects.filter(service=OuterRef("pk"), place=place, is_active=True, is_on_site=True)
    rows = Service.objects.filter(Exists(offers), is_active=True, group__is_active=True, group__has_tickets=True)
    return rows.exclude(group__letter="").select_related("group").order_by("group__position", "position", "key")


def offers_at(place: Place) -> QuerySet[ServiceOffer]:
    """Everything done on site at a place, with or without tickets."""
    rows = ServiceOffer.objects.filter(place=place, is_active=True, is_on_site=True, service__is_active=True)
    return rows.filter(service__group__is_active=True).select_related("service__group")
