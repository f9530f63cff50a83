"""What stands around every page of a visit: where it stands, who it is for, how long it has taken, what it is about."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.steps import CURRENT, DONE, TODO, Step
from cityhall.models import User
from counter.enums import ACTIVE_VISITS, VisitState
from counter.models import Visit, VisitProcedure
from counter.queries.certificates import order_of
from counter.queries.visits import chosen_procedures, told_name


class Stage(StrEnum):
    """The steps of the bar, in their order."""

    IDENTIFY = "identify"
    ASK = "ask"
    REVIEW = "review"
    SIGN = "sign"
    RECEIVE = "receive"


_ORDER = list(Stage)
_REACHED = {
    VisitState.OPEN: 0,
    VisitState.IDENTIFIED: 1,
    VisitState.FILLING: 1,
    VisitState.REVIEWING: 2,
    VisitState.SIGNED: 4,
    VisitState.RECEIVED: 4,
    VisitState.CLOSED: 5,
}
"""Index of the step a visit stands at."""


class Frame:
    """Read once a page. `stage` is the step the page belongs to, `chosen` what the page has read already."""

    def __init__(
        self,
        visit: Visit,
        user: User,
        stage: Stage,
        now: dt.datetime | None = None,
        *,
        chosen: Sequence[VisitProcedure] | None = None,
    ) -> None:
        self.visit, self.user, self.stage, self.now = visit, user, stage, now or timezone.now()
        self._chosen = chosen

    @property
    def is_active(self) -> bool:
        return self.visit.state in ACTIVE_VISITS

    @property
    def is_mine(self) -> bool:
        """Whether the reader leads the visit."""
        return self.visit.clerk_id == self.user.pk

    @cached_property
    def is_paused(self) -> bool:
        """Whether a colleague has left it half-way: no phase of it runs."""
        return self.is_active and not self.is_mine and not self.visit.periods.filter(until_at=None).exists()

    @property
    def number(self) -> str:
        """The number of the ticket, "" for who came without one."""
        return self.visit.ticket.label if self.visit.ticket else ""

    @property
    def name(self) -> str:
        """Whom the visit is for, as the city has them, or as it was typed; "" while nobody knows."""
        return self.visit.resident.full_name if self.visit.resident else told_name(self.visit)

    @property
    def minutes(self) -> int:
        """How long it has taken, to the end where it is over."""
        until = self.visit.closed_at or self.now
        return max(int((until - self.visit.started_at).total_seconds()), 0) // 60

    @cached_property
    def chosen(self) -> Sequence[VisitProcedure]:
        return chosen_procedures(self.visit) if self._chosen is None else self._chosen

    def steps(self) -> list[Step]:
        """本人確認 → 聞き取り → 確認 → 署名 → 受付・印刷; what can be gone back to is a link."""
        labels = {
            Stage.IDENTIFY: _("本人確認"),
            Stage.ASK: _("聞き取り"),
            Stage.REVIEW: _("確認"),
            Stage.SIGN: _("署名"),
            Stage.RECEIVE: _("受付・印刷"),
        }
        reached, here = _REACHED[VisitState(self.visit.state)], _ORDER.index(self.stage)
        return [
            Step(label, CURRENT if index == here else DONE if index < reached else TODO, self._href(stage, reached))
            for index, (stage, label) in enumerate(labels.items())
        ]

    def _href(self, stage: Stage, reached: int) -> str:
        """Where a step leads: to the first two as long as something can be changed, else where the visit stands."""
        index = _ORDER.index(stage)
        if not self.is_active or index > reached:
            return ""
        if stage == Stage.IDENTIFY:
            return reverse("counter:visit_identify", args=[self.visit.public_id])
        if stage == Stage.ASK:
            name = "certificate" if order_of(self.visit) else "visit_procedures"
            return reverse(f"counter:{name}", args=[self.visit.public_id])
        return reverse("counter:visit", args=[self.visit.public_id]) if index == reached else ""
