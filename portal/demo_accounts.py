"""The demo's people, by what they can show."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall import days
from cityhall.enums import Role
from cityhall.models import StaffRole, User

MOST_RESIDENTS = 6
MOST_STAFF = 24

_TO_TRY: dict[str, str | Promise] = {
    Role.CLERK: _("届いた申請を受け付けて、審査担当に渡します。"),
    Role.CONTRACT_CLERK: _("窓口で申請を受け付けます。決定はできません。"),
    Role.HANDLER: _("申請の内容を確かめ、補正を依頼するか、決定の案を作ります。"),
    Role.APPROVER: _("理由を見ながら決裁します。決裁すると署名付きの通知書が届きます。"),
    Role.ADMINISTRATOR: _("管理画面、稼働状況、失敗した処理のやり直しを見ます。"),
    Role.AUDITOR: _("だれがいつ何を見たかの記録を調べます。"),
    Role.DISTRICT_HEAD: _("自治会の電子回覧板を出し、どの世帯が読んだかを確かめます。"),
}


@dataclass(frozen=True)
class DemoAccount:
    """One account to try, with one sentence on what to do with it."""

    user: User
    role: str | Promise
    department: str
    to_try: str | Promise


def residents() -> list[DemoAccount]:
    """People of the fictional city who have an account, oldest first."""
    users = User.objects.filter(is_staff=False, is_active=True, email__isnull=False).order_by("id")
    to_try = _("手続を探して申請し、通知を開きます。下書きと途中の申請もあります。")
    return [DemoAccount(user, _("住民"), "", to_try) for user in users[:MOST_RESIDENTS]]


def staff() -> list[DemoAccount]:
    """Staff with a role in force today, one line for each person and role, with all its departments."""
    roles = (
        StaffRole.objects.active(days.today())
        .filter(user__is_active=True, user__is_staff=True)
        .select_related("user", "department")
        .order_by("user_id", "id")
    )
    departments: dict[tuple[User, str], list[str]] = {}
    for held in roles:
        names = departments.setdefault((held.user, held.role), [])
        if held.department:
            names.append(held.department.name)
    return [
        DemoAccount(user=user, role=Role(role).label, department="・".join(names), to_try=_TO_TRY[role])
        for (user, role), names in list(departments.items())[:MOST_STAFF]
    ]
