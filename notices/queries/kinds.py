"""Kinds of notices: what may be asked about one, and who may see and change which."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, QuerySet, Subquery

from cityhall.models import Department, User
from cityhall.queries.staff import scope_of
from notices.models import NoticeType, NoticeTypeVersion
from notices.permissions import TEXT_ROLES
from notices.texts import has_section_of


def asks_for(notice_type: NoticeType, name: str) -> bool:
    """Whether the newest text of a kind of notice has a section that this value alone fills."""
    newest = newest_version_of(notice_type)
    return newest is not None and has_section_of(newest.body, name)


def newest_version_of(notice_type: NoticeType) -> NoticeTypeVersion | None:
    """The text in force."""
    return notice_type.versions.order_by("-number").first()


def kinds_for(user: User | AnonymousUser) -> QuerySet[NoticeType]:
    """Kinds of one's departments and of no department; all of them for administrators and auditors.

    With the number and the date of their newest text.
    """
    scope = scope_of(user)
    kinds = NoticeType.objects.select_related("department")
    if not (scope.is_administrator or scope.is_auditor):
        kinds = kinds.filter(Q(department__in=scope.department_ids) | Q(department=None))
    newest = NoticeTypeVersion.objects.filter(notice_type=OuterRef("pk")).order_by("-number")
    return kinds.annotate(
        newest_number=Subquery(newest.values("number")[:1]),
        newest_at=Subquery(newest.values("created_at")[:1]),
        newest_by=Subquery(newest.values("created_by")[:1]),
    ).order_by("category", "name", "key")


def may_change_kind(user: User | AnonymousUser, notice_type: NoticeType) -> bool:
    """Whether a person writes for the department of a kind; what belongs to none is the administrators'."""
    if scope_of(user).is_administrator:
        return True
    return notice_type.department_id in {department.pk for department in text_departments(user)}


def text_departments(user: User | AnonymousUser) -> list[Department]:
    """Departments whose kinds a person may change; all of them for administrators."""
    scope = scope_of(user)
    departments = Department.objects.filter(is_active=True).order_by("position", "code")
    if scope.is_administrator:
        return list(departments)
    held = [department for department, roles in scope.roles_in.items() if roles & TEXT_ROLES]
    return list(departments.filter(pk__in=held))
