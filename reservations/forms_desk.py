"""What a clerk types or chooses at the desk."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reservations.models import Desk, Place, Service, ServiceOffer, Ticket


class PriorityForm(forms.Form):
    """Why somebody is asked in before others."""

    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("例: 体調が悪い、小さなお子さん連れ"))


class TransferForm(forms.Form):
    """Where somebody goes on: a service here or at another place, and if need be one desk."""

    target = forms.ChoiceField(label=_("行き先"), widget=forms.RadioSelect)
    desk = forms.ChoiceField(
        label=_("窓口の指定"), required=False, help_text=_("指定すると、その窓口だけが呼び出します。")
    )

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offers = {_key(offer): offer for offer in _offers_for(ticket)}
        self._desks = {desk.number: desk for desk in Desk.objects.filter(place=ticket.place_id, is_active=True)}
        self._here = ticket.place_id
        by_place = groupby(self._offers.items(), key=lambda pair: pair[1].place.name)
        names = [(place, [(key, _name(offer)) for key, offer in offers]) for place, offers in by_place]
        self.fields["target"].choices = names  # type: ignore[attr-defined]
        self.fields["target"].initial = f"{ticket.place.key}/{ticket.service.key}"
        desks = [(number, desk.name or number) for number, desk in self._desks.items()]
        self.fields["desk"].choices = [("", _("指定しない")), *desks]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        offer = self._offers.get(cleaned.get("target", ""))
        if offer is not None and cleaned.get("desk") and offer.place_id != self._here:
            self.add_error("desk", _("別の場所へ送るときは、窓口を指定できません。「指定しない」を選んでください。"))
        return cleaned

    @property
    def chosen(self) -> tuple[Service, Place, Desk | None]:
        """Of a valid form: the service, the place and the desk."""
        offer = self._offers[self.cleaned_data["target"]]
        return offer.service, offer.place, self._desks.get(self.cleaned_data["desk"])


def _offers_for(ticket: Ticket) -> list[ServiceOffer]:
    """Services that give tickets: those of the same place first."""
    offers = ServiceOffer.objects.filter(
        is_active=True,
        is_on_site=True,
        place__is_active=True,
        place__is_practice=ticket.place.is_practice,
        service__is_active=True,
        service__group__is_active=True,
        service__group__has_tickets=True,
    ).select_related("service__group", "place")
    order = offers.order_by("place__position", "service__group__position", "service__position", "service__key")
    return sorted(order, key=lambda offer: offer.place_id != ticket.place_id)


def _key(offer: ServiceOffer) -> str:
    return f"{offer.place.key}/{offer.service.key}"


def _name(offer: ServiceOffer) -> str:
    return " ".join(part for part in (offer.service.name, offer.spot) if part)
