"""What a person has given before sending: it lives in the session, and the photos in the store.

Nobody has an account here, and a report is written in minutes: one a browser, gone with the session. What was typed
comes in only when it was found right, so no My Number is kept; photos come in at once, so no mistake loses them.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from django.contrib.sessions.backends.base import SessionBase

from applications.reports.positions import Position, position
from cityhall.ids import public_id

MOST_PHOTOS = 5
MOST_UPLOADS = 20
"""Photos one report may go through, taken out again or not."""
_KEY = "report_draft"


@dataclass(frozen=True)
class ReportDraft:
    """`values` are the checked answers of the page, `offered` the position that a photo had in it."""

    request_key: str = field(default_factory=public_id)
    photos: tuple[str, ...] = ()
    uploads: int = 0
    offered: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, session: SessionBase) -> Self:
        """The one of this browser, or a new one."""
        kept = session.get(_KEY)
        if not kept:
            return cls()
        return cls(**{**kept, "photos": tuple(kept["photos"]), "offered": tuple(kept["offered"])})

    def keep(self, session: SessionBase) -> None:
        session[_KEY] = asdict(self)

    @property
    def room(self) -> int:
        """How many more photos may come."""
        return max(0, min(MOST_PHOTOS - len(self.photos), MOST_UPLOADS - self.uploads))

    @property
    def offered_position(self) -> Position | None:
        """Where a photo says it was taken, until the person has said what to do with it."""
        return position(*self.offered) if self.offered else None

    def with_photos(self, ids: list[str], offered: Position | None) -> Self:
        found = tuple(map(str, offered)) if offered and not self.values.get("latitude") else self.offered
        photos = (*self.photos, *ids)
        return replace(self, photos=photos, uploads=self.uploads + len(ids), offered=found)

    def without_photo(self, public_id: str) -> Self:
        """Without one photo, and without the position: it may have been this photo's."""
        return replace(self, photos=tuple(one for one in self.photos if one != public_id), offered=())

    def only_photos(self, ids: Collection[str]) -> Self:
        """Without photos that are no longer there."""
        return replace(self, photos=tuple(one for one in self.photos if one in ids))

    def without_offer(self) -> Self:
        return replace(self, offered=())

    def with_values(self, values: dict[str, Any]) -> Self:
        return replace(self, values=values)


def forget(session: SessionBase) -> None:
    """The report is sent, or given up."""
    session.pop(_KEY, None)
