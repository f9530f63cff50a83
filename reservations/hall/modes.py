"""The three ways into the hall: the kiosk, somebody's phone, the floor staff's tablet. One set of pages serves all."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from cityhall.models import User
from reservations.enums import TicketSource
from reservations.hall.languages import JAPANESE, texts_in
from reservations.models import Kiosk, Place, Service
from reservations.queries.routes import ticket_services


@dataclass(frozen=True)
class Mode:
    """Who stands before the page, in which language, and where its links lead."""

    name: str
    place: Place
    source: TicketSource
    language: str = JAPANESE
    kiosk: Kiosk | None = None
    by: User | None = None

    @property
    def base(self) -> str:
        """The layout its pages extend."""
        bases = {"kiosk": "reservations/hall/base_kiosk.html", "reception": "base_staff.html"}
        return bases.get(self.name, "base.html")

    @property
    def texts(self) -> dict[str, str]:
        return texts_in(self.language)

    @property
    def services(self) -> QuerySet[Service]:
        """What tickets are given for here; a kiosk may offer less than its place."""
        rows = ticket_services(self.place)
        if self.kiosk is not None and self.kiosk.services.exists():
            return rows.filter(kiosks=self.kiosk)
        return rows

    def url(self, page: str, *args: object) -> str:
        """The address of one of the hall's pages in this mode; the language goes with it."""
        own = () if self.name == "kiosk" else (self.place.key,)
        address = reverse(f"reservations:{self.name}_{page}", args=[*own, *args])
        if self.language == JAPANESE:
            return address
        return f"{address}?{urlencode({'lang': self.language})}"
