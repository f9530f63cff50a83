"""What the daily summary of a member of staff counts. Counts only, each read from an index and cut at a hundred."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.enums import ApplicationState
from applications.models import DigestSetting, StaffDigest
from applications.permissions import ROLE_RIGHTS, CaseRight
from applications.queries.approvals import count_turns
from applications.queries.messages import unread_cases
from applications.queries.reach import scope_for
from applications.queries.worklist import LATE, ME, SOON, TODAY, count_up_to, due_condition
from cityhall.models import StaffRole, User
from notices.failures import count_own_failures

COUNT_LIMIT = 100


@dataclass(frozen=True)
class Line:
    """One count, with the page that shows what is counted."""

    label: str
    count: int
    path: str

    @property
    def words(self) -> str:
        return f"{COUNT_LIMIT - 1}+" if self.count >= COUNT_LIMIT else str(self.count)


def lines_for(user: User, *, today: dt.date) -> list[Line]:
    """What waits for the person today; nothing of it for somebody with nothing to do."""
    cases = reverse("applications:case_list")
    lines: list[Line] = []
    if scope_for(user, CaseRight.RECEIVE):
        fresh = Q(is_open=True, state=ApplicationState.SUBMITTED)
        lines.append(Line(_("新しい申請"), _count(user, fresh, CaseRight.RECEIVE), f"{cases}?state=submitted"))
    if scope_for(user, CaseRight.PROCESS):
        mine = Q(is_open=True, handler=user)
        for label, due in ((_("期限超過"), LATE), (_("期限が本日"), TODAY), (_("期限まで3日以内"), SOON)):
            condition = mine & due_condition(due, today)
            lines.append(Line(label, _count(user, condition, CaseRight.PROCESS), f"{cases}?handler={ME}&due={due}"))
        unread = Q(pk__in=unread_cases()) & (Q(handler=user) | Q(handler__isnull=True))
        lines.append(Line(_("未読のメッセージ"), _count(user, unread, CaseRight.PROCESS), f"{cases}?unread=on"))
    lines.append(Line(_("自分の決裁待ち"), count_turns(user, COUNT_LIMIT), reverse("applications:approval_list")))
    if user.has_perm("notices.view_notice"):
        lines.append(Line(_("送れなかった通知"), count_own_failures(user, COUNT_LIMIT), reverse("notices:failures")))
    return [line for line in lines if line.count]


def waiting_readers(day: dt.date) -> QuerySet[User]:
    """Staff who work on cases on a day, want the summary, can be mailed, and whose summary was not made yet."""
    roles = StaffRole.objects.active(day).filter(
        role__in=[role for role, rights in ROLE_RIGHTS.items() if CaseRight.RECEIVE in rights], user=OuterRef("pk")
    )
    people = User.objects.filter(Exists(roles), is_active=True, is_staff=True, email_verified_at__isnull=False)
    people = people.exclude(email=None).exclude(email="")
    refused = DigestSetting.objects.filter(user=OuterRef("pk"), is_wanted=False)
    made = StaffDigest.objects.filter(user=OuterRef("pk"), business_day=day)
    return people.filter(~Exists(refused), ~Exists(made)).order_by("pk")


def is_wanted_by(user: User) -> bool:
    """Whether the person gets the summary: everybody who did not say otherwise."""
    return not DigestSetting.objects.filter(user=user, is_wanted=False).exists()


def _count(user: User, condition: Q, right: CaseRight) -> int:
    return count_up_to(COUNT_LIMIT, user=user, condition=condition, right=right)
