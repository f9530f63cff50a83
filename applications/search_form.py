"""The search of procedures: what stands in the address, checked, and the addresses of other searches."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.finding import Found
from applications.queries.finding import Choice, Filters

_NAMES: Final = {"text": "q", "life_event": "event", "department": "department", "kana_row": "kana"}
"""Filters as an address names them."""


class ProcedureSearchForm(forms.Form):
    """Words and filters. An address is not filled in by hand: what cannot be right is left out, not refused."""

    q = forms.CharField(label=_("手続をことばで探す"), max_length=100, required=False)
    event = forms.SlugField(max_length=40, required=False)
    department = forms.SlugField(max_length=30, required=False)
    kana = forms.CharField(max_length=1, required=False)

    def filters(self) -> Filters:
        self.full_clean()
        return Filters(**{name: self.cleaned_data.get(key, "") for name, key in _NAMES.items()})


@dataclass(frozen=True)
class Link:
    """A value of a filter with the address of the list it leads to."""

    choice: Choice
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Instead:
    """A word that is nowhere, the one that was looked for instead, and the search for that one."""

    typed: str
    taken: str
    url: str


def list_url(filters: Filters, *, after: int = 0) -> str:
    """The address of a list, to be kept and shared."""
    values: dict[str, str | int] = {key: getattr(filters, name) for name, key in _NAMES.items()} | {"after": after}
    query = urlencode({name: value for name, value in values.items() if value})
    address = reverse("applications:procedure_list")
    return f"{address}?{query}" if query else address


def links(filters: Filters, name: str, choices: Iterable[Choice]) -> list[Link]:
    """The values of a filter beside the other filters as they are."""
    chosen = getattr(filters, name)
    return [Link(choice, list_url(replace(filters, **{name: choice.key})), choice.key == chosen) for choice in choices]


def understood(filters: Filters, found: Found) -> dict[str, object]:
    """How the words were read where that is not as they stand."""
    instead = [Instead(typed, taken, list_url(replace(filters, text=taken))) for typed, taken in found.instead]
    return {"instead": instead, "is_partial": found.is_partial}
