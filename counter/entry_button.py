"""The button of a ticket machine that leads to filling in forms (記載台)."""

from urllib.parse import urlencode

from django.urls import reverse

from counter.kiosk.languages import texts_in
from reservations.hall.languages import JAPANESE
from reservations.hall.more_ways import MoreWay, form_ways


def register_entry_button() -> None:
    """Called once, from `AppConfig.ready`."""
    form_ways.register("counter.entry", entry_way)


def entry_way(language: str) -> MoreWay:
    """In the language that was chosen at the machine, which goes along."""
    texts = texts_in(language)
    address = reverse("counter:entry_start")
    url = address if language == JAPANESE else f"{address}?{urlencode({'lang': language})}"
    return MoreWay(texts["title"], texts["button_hint"], url)
