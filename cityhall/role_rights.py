"""What each role may do: merged from the tables of the apps."""

from functools import lru_cache
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import module_has_submodule

from cityhall.enums import Role

# a contract clerk (委託) receives and hands over, and never decides, whatever a table of rights says
_DECIDING = ("decide_", "approve_")


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
