"""Password hashing and the rights of staff."""

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import module_has_submodule

from cityhall.enums import Role
from cityhall.models import User
from cityhall.queries.staff import scope_of

# a contract clerk (委託) receives and hands over, and never decides, whatever a table of rights says
_DECIDING = ("decide_", "approve_")


class CityArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2id with OWASP's minimum cost (19 MiB, t=2, p=1): 19 ms instead of 178 a sign-in."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class StaffRoleBackend(BaseBackend):
    """Rights of staff from their roles in force today; signing in is allauth's business.

    A right says what somebody may do at all; on which rows is the scope (queries.staff.scope_of).
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


@lru_cache(maxsize=len(Role))
def permissions_of(role: Role) -> frozenset[str]:
    """The rights of a role, merged from the `ROLE_PERMISSIONS` of every app of ours."""
    merged = _merged_rights(role)
    return merged - deciding_rights_of_contract_clerks() if role == Role.CONTRACT_CLERK else merged


def deciding_rights_of_contract_clerks() -> frozenset[str]:
    """Rights that a table gives to contract clerks by mistake."""
    rights = _merged_rights(Role.CONTRACT_CLERK)
    return frozenset(perm for perm in rights if perm.partition(".")[2].startswith(_DECIDING))


def _merged_rights(role: Role) -> frozenset[str]:
    merged: set[str] = set()
    for config in apps.get_app_configs():
        is_ours = Path(config.path).parent == settings.BASE_DIR
        if is_ours and module_has_submodule(config.module, "permissions"):
            table = import_module(f"{config.name}.permissions").ROLE_PERMISSIONS
            merged |= table.get(role, frozenset())
    return frozenset(merged)
