"""One request of somebody on the way through the questions: the family itself, or staff on the telephone."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.steps import CURRENT, DONE, TODO, Step
from cityhall.models import User
from counter.bereavement.questions import filling_of
from counter.form_pages import Filling
from counter.models import Bereavement
from counter.queries.bereavements import guide_in


@dataclass
class Walk:
    """`is_staff`: the same questions under addresses of staff."""

    row: Bereavement
    by: User | None
    is_staff: bool = False

    @cached_property
    def filling(self) -> Filling:
        return filling_of(guide_in(self.row.guide), self.row.values)

    def url(self, name: str, *parts: object) -> str:
        """The address of `page`, `check` or `own` of this walk."""
        if self.is_staff:
            return reverse(f"counter:bereavement_staff_{name}", args=[self.row.public_id, *parts])
        booking = self.row.reservation.public_id if self.row.reservation else ""
        return reverse(f"counter:bereavement_{name}", args=[booking, *parts])

    @property
    def home_url(self) -> str:
        return self.url("own") if not self.is_staff else reverse("counter:bereavement_case", args=[self.row.public_id])

    @property
    def check_url(self) -> str:
        return self.url("check")

    @property
    def base(self) -> str:
        return "base_staff.html" if self.is_staff else "base.html"

    def steps(self, current: int) -> list[Step]:
        """The pages that are shown, and the check page, which is the one after the last."""
        pages = self.filling.form.pages
        found = [
            Step(
                pages[number - 1].title,
                CURRENT if number == current else DONE if self._is_answered(number) else TODO,
                self.url("page", number),
            )
            for number in self.filling.shown
        ]
        state = CURRENT if current > len(pages) else TODO
        return [*found, Step(_("内容の確認"), state, self.check_url)]

    def _is_answered(self, number: int) -> bool:
        fields = self.filling.page(number).fields
        return any(field.key in self.filling.values for field in fields)
