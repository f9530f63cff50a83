"""What a page of a visit tells the tablet about keeping things while there is no network (docs/offline.md)."""

from dataclasses import dataclass

from django.conf import settings

from cityhall.links import link_secret
from cityhall.models import User


@dataclass(frozen=True)
class Keeping:
    """Whose it is that is kept (a mark that tells nothing), for how many hours, and seconds without a touch."""

    owner: str
    hours: int
    idle: int


def keeping_of(user: User) -> Keeping:
    """For who is signed in: another person's mark wipes what is there."""
    return Keeping(link_secret("desk keeping", user.pk, 1)[:24], settings.DESK_KEPT_HOURS, settings.STAFF_IDLE_SECONDS)
