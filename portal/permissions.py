"""Rights on pages that belong to no single app, and on the sign-in records of third-party apps."""

from cityhall.enums import Role

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            "portal.view_status",
            "account.view_emailaddress",
            "mfa.view_authenticator",
            "mfa.delete_authenticator",
        }
    ),
}
