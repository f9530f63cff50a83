"""What each role may do with the tables of the base."""

from cityhall.enums import Role

_SETTINGS = ("municipality", "department", "user", "staffrole", "grantedright", "device", "closedday")
_READ_ONLY = ("auditevent", "auditseal", "storedfile")

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(
        [f"cityhall.{verb}_{model}" for model in _SETTINGS for verb in ("view", "add", "change")]
        + ["cityhall.delete_closedday"]
        + [f"cityhall.view_{model}" for model in _READ_ONLY]
    ),
    Role.AUDITOR: frozenset(f"cityhall.view_{model}" for model in (*_SETTINGS, *_READ_ONLY)),
}
