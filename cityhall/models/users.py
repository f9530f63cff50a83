"""Everybody who can sign in: residents and staff."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id


class UserManager(BaseUserManager["User"]):
    """Creates users; the internal username is random and never shown."""

    def create_user(self, email: str | None = None, password: str | None = None, **extra: Any) -> "User":
        """A user with a hashed password (or none: then nobody can sign in with one)."""
        extra.setdefault("username", public_id())
        user = self.model(email=self.normalize_email(email) or None, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """The first administrator of an installation; later ones get a StaffRole."""
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, email_verified_at=timezone.now(), **extra
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in. Who the person is to the city stands in `residents.Resident` or `StaffRole`."""

    username = models.CharField(_("内部名"), max_length=64, unique=True, default=public_id, editable=False)
    email = models.EmailField(_("メールアドレス"), null=True, blank=True)
    email_verified_at = models.DateTimeField(_("メール確認日時"), null=True, blank=True, editable=False)
    name = models.CharField(_("氏名"), max_length=100, blank=True)
    language = models.CharField(_("言語"), max_length=10, default="ja")
    is_staff = models.BooleanField(_("職員"), default=False)
    is_active = models.BooleanField(_("有効"), default=True)
    date_joined = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("利用者")
        verbose_name_plural = _("利用者")
        constraints = [
            # couples share an address until one of them proves it is theirs
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(email_verified_at__isnull=False),
                name="user_verified_email_unique",
                violation_error_message=_("このメールアドレスは既に使われています。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
