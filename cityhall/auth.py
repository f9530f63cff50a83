"""Password hashing and the rights of staff."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AnonymousUser

from cityhall.models import User
from cityhall.queries.staff import scope_of
from cityhall.role_rights import permissions_of


class CityArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2id with OWASP's minimum cost (19 MiB, t=2, p=1): 19 ms instead of 178 a sign-in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """Signing in as allauth does it, and no rights: Django's tables of groups and single permissions stay empty here.

    Asking them cost every page of staff two queries.
    """

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Any = None) -> set[str]:
        """None; those of staff are `StaffRoleBackend`'s."""
        return set()


class StaffRoleBackend(BaseBackend):
    """Rights of staff from their roles in force today; signing in is `SignInBackend`'s business.

    A right says what somebody may do at all; on which rows is the scope (queries.staff.scope_of, rows_for).
    """

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Any = None) -> set[str]:
        if obj is not None or not isinstance(user_obj, User):
            return set()
        kept: set[str] | None = getattr(user_obj, "_role_permissions", None)
        if kept is None:
            kept = set().union(*(permissions_of(role) for role in scope_of(user_obj).roles))
            user_obj._role_permissions = kept  # type: ignore[attr-defined]
        return kept

    def has_perm(self, user_obj: AbstractBaseUser | AnonymousUser, perm: str, obj: Any = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: AbstractBaseUser | AnonymousUser, app_label: str) -> bool:
        """Whether the user may do anything at all in an app."""
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))
