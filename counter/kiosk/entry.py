"""Who stands before the tablet, in which language, and where its links lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from counter.kiosk.languages import texts_in
from reservations.hall.languages import EASY, JAPANESE, known
from reservations.models import Kiosk, Place, Service
from reservations.queries.routes import ticket_services


@dataclass(frozen=True)
class Entry:
    """The tablet and the language of this page; the language goes with every address."""

    kiosk: Kiosk
    language: str = JAPANESE

    @property
    def place(self) -> Place:
        return self.kiosk.place

    @property
    def texts(self) -> dict[str, str]:
        return texts_in(self.language)

    @property
    def html_lang(self) -> str:
        return JAPANESE if self.language == EASY else self.language

    @property
    def services(self) -> QuerySet[Service]:
        """What this machine gives tickets for."""
        rows = ticket_services(self.place)
        return rows.filter(kiosks=self.kiosk) if self.kiosk.services.exists() else rows

    def url(self, page: str, /, *args: object, **query: str | Sequence[str]) -> str:
        """The address of a page of the tablet."""
        address = reverse(f"counter:entry_{page}", args=args)
        if self.language != JAPANESE:
            query["lang"] = self.language
        return f"{address}?{urlencode(query, doseq=True)}" if query else address


def entry_of(request: HttpRequest) -> Entry:
    """The tablet this device is; a device that is none is a stranger."""
    device = request.device  # type: ignore[attr-defined] # set by device_only
    kiosk = Kiosk.objects.select_related("place").filter(device=device, is_active=True).first()
    if kiosk is None:
        raise Http404
    return Entry(kiosk, known(request.GET.get("lang", "")))
