"""Who of the staff may do what, and for which department."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cityhall.enums import GrantedRightKind, Role


class StaffRoleQuerySet(models.QuerySet["StaffRole"]):
    def active(self, on: dt.date) -> "StaffRoleQuerySet":
        """Roles in force on a day."""
        return self.filter(active_from__lte=on).filter(Q(active_until__isnull=True) | Q(active_until__gte=on))


class StaffRole(models.Model):
    """One role of one member of staff, in one department or (without) in the whole city hall."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("職員"), on_delete=models.PROTECT, related_name="roles"
    )
    role = models.CharField(_("役割"), max_length=20, choices=Role)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="roles",
    )
    active_from = models.DateField(_("開始日"))
    active_until = models.DateField(_("終了日"), null=True, blank=True)

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("職員の役割")
        verbose_name_plural = _("職員の役割")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "department", "active_from"],
                name="staff_role_once_per_department",
                violation_error_message=_("同じ役割が既に登録されています。"),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "active_from"],
                condition=Q(department__isnull=True),
                name="staff_role_once_in_city_hall",
                violation_error_message=_("同じ役割が既に登録されています。"),
            ),
            models.CheckConstraint(
                condition=Q(active_until__isnull=True) | Q(active_until__gte=F("active_from")),
                name="staff_role_ends_after_start",
                violation_error_message=_("終了日は開始日以降にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(role__in=[Role.ADMINISTRATOR, Role.AUDITOR, Role.DISTRICT_HEAD])
                | Q(department__isnull=False),
                name="staff_role_has_department",
                violation_error_message=_("この役割には課が必要です。"),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.DISTRICT_HEAD) | Q(department__isnull=True),
                name="staff_role_of_district_head_has_none",
                violation_error_message=_("自治会長はどの課にも属しません。課を空欄にしてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class GrantedRightQuerySet(models.QuerySet["GrantedRight"]):
    def in_force(self, on: dt.date) -> "GrantedRightQuerySet":
        """Rights whose time has begun and is not over."""
        return self.filter(Q(active_until__isnull=True) | Q(active_until__gte=on), active_from__lte=on)


class GrantedRight(models.Model):
    """A department lets another one receive, process or decide applications of a procedure of its own.

    Without a key it is every procedure the public files there, those to come as well; that is for receiving only: a
    one-stop desk.
    """

    from_department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("所管課"), on_delete=models.PROTECT, related_name="rights_given"
    )
    to_department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("任せる課"), on_delete=models.PROTECT, related_name="rights_received"
    )
    kind = models.CharField(_("権限"), max_length=20, choices=GrantedRightKind)
    # a key, not a foreign key: the base does not know procedures
    procedure_key = models.SlugField(_("手続キー"), max_length=60, blank=True)
    active_from = models.DateField(_("開始日"))
    active_until = models.DateField(_("終了日"), null=True, blank=True)

    objects = GrantedRightQuerySet.as_manager()

    class Meta:
        verbose_name = _("課の間の権限")
        verbose_name_plural = _("課の間の権限")
        constraints = [
            models.UniqueConstraint(
                fields=["from_department", "to_department", "kind", "procedure_key"],
                name="granted_right_once",
                violation_error_message=_("同じ権限が既に登録されています。"),
            ),
            models.CheckConstraint(
                condition=~Q(from_department=F("to_department")),
                name="granted_right_to_another_department",
                violation_error_message=_("別の課を選んでください。"),
            ),
            models.CheckConstraint(
                condition=~Q(procedure_key="") | Q(kind=GrantedRightKind.RECEPTION),
                name="granted_right_to_all_is_reception",
                violation_error_message=_("すべての手続を任せられるのは「受付」だけです。手続を選んでください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_department} → {self.to_department} {self.get_kind_display()}"
