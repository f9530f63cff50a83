"""System checks: what must be right before the city's data is entrusted to an installation."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError, connection

from cityhall import cache

_KEYS = ("SECRET_KEY", "AUDIT_KEY", "OUTBOX_KEY", "LINK_KEY")
_SHORTEST_KEY = 32
_DEFAULT_WORDS = ("test", "change", "insecure", "example", "secret", "password")


@register(Tags.database)
def check_database_order(
    *, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """PostgreSQL must compare text by code point, or lists and prefix searches differ from SQLite's."""
    if not databases or "default" not in databases or connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        )
        collation, encoding = cursor.fetchone()
    if encoding == "UTF8" and collation in ("C.UTF-8", "C.utf8", "C"):
        return []
    return [
        Error(
            f"The database is {encoding} with collation {collation}.",
            hint="Create it with: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
            id="cityhall.E001",
        )
    ]


@register(Tags.database)
def check_cache_table(
    *, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Without its table the cache silently keeps nothing, and rate limits would not limit."""
    if not databases or "default" not in databases or not cache.is_in_database():
        return []
    table = settings.CACHES["default"]["LOCATION"]
    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
    except DatabaseError:
        return []
    if "django_migrations" not in tables or table in tables:
        return []
    return [Error(f"The cache table {table} is missing.", hint="Run: migrate", id="cityhall.E002")]


@register(Tags.caches)
def check_cache_room(*, app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """A full cache throws out live rows: somebody who fills it would be rid of every rate limit."""
    if not cache.is_in_database() or cache.room() >= cache.SMALLEST_ROOM:
        return []
    return [
        Error(
            f"The shared cache has room for {cache.room()} entries only.",
            hint=f'Set CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] to {cache.SMALLEST_ROOM} at least.',
            id="cityhall.E007",
        )
    ]


@register(Tags.security, deploy=True)
def check_keys(*, app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Keys long, made for this installation, and different from each other."""
    messages: list[CheckMessage] = []
    for name in _KEYS:
        value = str(getattr(settings, name, ""))
        if len(value) < _SHORTEST_KEY or any(word in value.lower() for word in _DEFAULT_WORDS):
            messages.append(
                Error(
                    f"{name} is short or looks like a default.",
                    hint='Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"',
                    id="cityhall.E003",
                )
            )
    if len({getattr(settings, name, "") for name in _KEYS}) < len(_KEYS):
        messages.append(Error("Two keys are the same.", hint=f"{', '.join(_KEYS)} must differ.", id="cityhall.E004"))
    return messages


@register(Tags.security, deploy=True)
def check_production(*, app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Choices that are right for a trial and not for a city."""
    messages: list[CheckMessage] = []
    if getattr(settings, "DEMO", False):
        messages.append(Error("DEMO is on: anybody could sign in as anybody.", id="cityhall.E005"))
    if connection.vendor != "postgresql":
        messages.append(Caution("The database is SQLite.", hint="Use PostgreSQL for a city.", id="cityhall.W001"))
    if not settings.CLAMAV_SOCKET:
        messages.append(
            Caution("Uploads are not checked for viruses.", hint="Run clamd and set CLAMAV_SOCKET.", id="cityhall.W002")
        )
    if settings.SESSION_COOKIE_SECURE and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        messages.append(
            Caution(
                "Behind a proxy all people have its address, and share one rate limit.",
                hint="Set TRUSTED_PROXY_COUNT to the number of proxies in front (1 for deploy/nginx.conf).",
                id="cityhall.W003",
            )
        )
    return messages


@register()
def check_deciding_rights(*, app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """A contract clerk (委託) decides nothing: such a right in a table is a mistake, though it has no effect."""
    # the models must be loaded before the backend can be
    from cityhall.role_rights import deciding_rights_of_contract_clerks

    return [
        Error(f"{perm} must not be a right of contract clerks.", id="cityhall.E006")
        for perm in sorted(deciding_rights_of_contract_clerks())
    ]
