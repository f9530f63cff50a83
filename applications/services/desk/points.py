"""The points of a procedure's checklist, as its department sets them."""

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext, gettext_lazy

from applications.models import ChecklistItem, Procedure
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import clean_text

MAX_POINTS = 30
UP, DOWN = "up", "down"


class PointWithoutText(DomainError):
    """A point that says nothing."""

    code = "point_without_text"
    message = gettext_lazy("確認することを入力してください。")


class TooManyPoints(DomainError):
    """More points than anybody goes through."""

    code = "too_many_points"

    def __init__(self) -> None:
        text = gettext("審査項目は%(count)s件までです。使わない項目を外すか、一つにまとめてください。")
        super().__init__(text % {"count": MAX_POINTS})


def add_point(*, procedure: Procedure, text: str, is_required: bool, by: User) -> ChecklistItem:
    """A new last point; it counts for cases under way, too. Audited. Locks the procedure.

    Raises PointWithoutText, TooManyPoints.
    """
    words = _words(text)
    with transaction.atomic():
        points = _lock(procedure)
        if points.filter(is_active=True).count() >= MAX_POINTS:
            raise TooManyPoints
        last = points.aggregate(last=Max("position"))["last"] or 0
        point = ChecklistItem.objects.create(
            procedure=procedure, text=words, is_required=is_required, position=last + 1
        )
        _record(procedure, by, f"point {point.pk} added")
    return point


def change_point(*, procedure: Procedure, item_id: int, text: str, is_required: bool, by: User) -> None:
    """Other words for a point that means the same: its marks stay. Audited. Raises PointWithoutText, StaleState."""
    words = _words(text)
    with transaction.atomic():
        points = _lock(procedure).filter(pk=item_id, is_active=True)
        if points.update(text=words, is_required=is_required) != 1:
            raise StaleState
        _record(procedure, by, f"point {item_id} changed")


def retire_point(*, procedure: Procedure, item_id: int, by: User) -> None:
    """Take a point out of use; marks made so far are still shown. Twice changes nothing. Audited."""
    with transaction.atomic():
        if _lock(procedure).filter(pk=item_id, is_active=True).update(is_active=False):
            _record(procedure, by, f"point {item_id} retired")


def move_point(*, procedure: Procedure, item_id: int, way: str) -> None:
    """Change places with the neighbour above or below; at the end nothing happens. Locks the procedure."""
    with transaction.atomic():
        points = list(_lock(procedure).filter(is_active=True).order_by("position", "id"))
        at = next((index for index, point in enumerate(points) if point.pk == item_id), None)
        to = None if at is None else at + (-1 if way == UP else 1)
        if at is None or to is None or not 0 <= to < len(points):
            return
        points[at], points[to] = points[to], points[at]
        for position, point in enumerate(points, start=1):
            point.position = position
        ChecklistItem.objects.bulk_update(points, ["position"])


def _lock(procedure: Procedure) -> QuerySet[ChecklistItem]:
    """All points of the procedure, whose row is locked: two who set them wait for each other."""
    Procedure.objects.select_for_update(no_key=True).get(pk=procedure.pk)
    return ChecklistItem.objects.filter(procedure=procedure)


def _words(text: str) -> str:
    words = clean_text(text.strip())[:200]
    if not words:
        raise PointWithoutText
    return words


def _record(procedure: Procedure, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type="procedure",
        target_id=procedure.key,
        target_label=procedure.name,
        detail=detail,
        department_code=procedure.department.code,
        changed_fields=("checklist",),
    )
