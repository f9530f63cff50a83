"""What a form carried when the session was over: kept for its owner until they are signed in again.

The values lie encrypted in the cache for half an hour. Finding them takes three things: a random cookie of
the browser, the id in the address, and being signed in as the person whose session had ended; for a guest,
having shown the link of the same application again.
"""

import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

from cityhall.crypto import decrypt, encrypt
from cityhall.guests import is_open
from cityhall.ids import public_id

OWNER_COOKIE = "session_owner"
TOKEN_COOKIE = "kept_post"  # noqa: S105 - the cookie's name
_SALT = "portal.kept_posts"
# sign-in pages carry passwords and codes; the admin makes accounts
_NEVER_KEPT = ("/accounts/", "/admin/", "/api/")
_SECRET_NAME = re.compile(r"passw|secret|otp|csrfmiddlewaretoken", re.IGNORECASE)
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class KeptPost:
    """A form to be sent again: where to, its values in order, and the names of files that were with it."""

    owner: str
    path: str
    fields: list[tuple[str, str]]
    files: list[str]
    # what a guest must be able to open (`cityhall.guests.name_of`); they have no account that could own it
    row: str = ""

    @property
    def enctype(self) -> str:
        return _FORM_TYPES[1] if self.files else _FORM_TYPES[0]


def read_form(request: HttpRequest, owner: str = "") -> KeptPost | None:
    """The form in a POST without its secrets, or None when it is none, is too big or must not be kept."""
    if request.content_type not in _FORM_TYPES or request.path.startswith(_NEVER_KEPT):
        return None
    fields = [
        (name, str(value)) for name, values in request.POST.lists() if not _SECRET_NAME.search(name) for value in values
    ]
    if sum(len(name.encode()) + len(value.encode()) for name, value in fields) > settings.KEPT_POST_MAX_BYTES:
        return None
    files = [upload.name or "" for _name, uploads in request.FILES.lists() for upload in uploads]
    return KeptPost(owner=owner, path=request.get_full_path(), fields=fields, files=files)


def keep(request: HttpRequest, response: HttpResponseBase, *, row: str = "") -> str | None:
    """Keep the form of a refused POST and return its id; sets the browser's cookie on the response.

    `row` is what a guest was at. Without a known owner only a form without values is kept (a button "start"):
    what one person typed must not appear before the next.
    """
    form = read_form(request, "" if row else owner_of(request))
    if form is None or (not form.owner and not row and (form.fields or form.files)):
        return None
    form = replace(form, row=row)
    token = request.COOKIES.get(TOKEN_COOKIE) or secrets.token_urlsafe(32)
    kept_id = public_id()
    cache.set(_cache_key(token, kept_id), encrypt(json.dumps(asdict(form))), settings.KEPT_POST_SECONDS)
    response.set_cookie(
        TOKEN_COOKIE,
        token,
        max_age=settings.KEPT_POST_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return kept_id


def find(request: HttpRequest, kept_id: str) -> KeptPost | None:
    """The kept form, if this browser kept it and this person owns it (or nobody does), or may open its row again."""
    stored = cache.get(_cache_key(request.COOKIES.get(TOKEN_COOKIE, ""), kept_id))
    if stored is None:
        return None
    values = json.loads(decrypt(stored))
    form = KeptPost(**{**values, "fields": [(name, value) for name, value in values["fields"]]})
    if form.row:
        return form if is_open(request.session, form.row) else None
    is_theirs = request.user.is_authenticated and form.owner in ("", request.user.get_username())
    return form if is_theirs else None


def remember_owner(response: HttpResponseBase, username: str) -> None:
    """Let the browser say later, under our signature, whose session it had."""
    response.set_signed_cookie(
        OWNER_COOKIE, username, salt=_SALT, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def forget_owner(response: HttpResponseBase) -> None:
    """After signing out on purpose nothing is kept any more."""
    response.delete_cookie(OWNER_COOKIE, samesite="Lax")


def owner_of(request: HttpRequest) -> str:
    """The internal username whose session this browser had, or nothing."""
    owner = request.get_signed_cookie(OWNER_COOKIE, default="", salt=_SALT, max_age=settings.SESSION_COOKIE_AGE)
    return owner or ""


def is_from_own_page(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of ours sent the form."""
    origin = urlsplit(request.headers.get("Origin", ""))
    return (origin.scheme, origin.netloc) == (request.scheme, request.get_host())


def _cache_key(token: str, kept_id: str) -> str:
    return "kept-post:" + hashlib.sha256(f"{token}:{kept_id}".encode()).hexdigest()
