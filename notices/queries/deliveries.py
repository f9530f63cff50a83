"""How somebody was told of a notice, over every way."""

from dataclasses import dataclass

from cityhall.enums import WorkState
from cityhall.models import Work
from notices.models import Delivery, Notice


@dataclass(frozen=True)
class Telling:
    """One way to tell of a notice, and how far it is; a person's several browsers are one way."""

    delivery: Delivery
    work: Work | None

    @property
    def is_done(self) -> bool:
        return self.work is not None and self.work.state == WorkState.DONE


def tellings_of(notice: Notice) -> list[Telling]:
    """What was queued for a notice, in the order it was. Of several browsers the one that came farthest counts."""
    rows = notice.deliveries.select_related("mail").order_by("id")
    rows = rows.prefetch_related("outgoingpushs", "outgoinglines", "outgoingsmss")
    return [Telling(delivery, _work_of(delivery)) for delivery in rows]


def _work_of(delivery: Delivery) -> Work | None:
    works: list[Work] = [delivery.mail] if delivery.mail is not None else []
    for name in ("outgoingpushs", "outgoinglines", "outgoingsmss"):
        works += getattr(delivery, name).all()
    return next((work for work in works if work.state == WorkState.DONE), works[0] if works else None)
