"""Every address of the product × every member of the cast: who gets in, who is asked to sign in, who finds nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny, IsAuthenticated

from cityhall.api_systems import IsSystem

STAFF = ("clerk", "contract_clerk", "handler", "approver", "administrator", "auditor", "district_head")
# these bring their own rules; tests/portal covers them
THIRD_PARTY = re.compile(r"^(admin:|account_|mfa_|api_schema$)")
# addresses that are no page: the admin's catch-all
NAMELESS = frozenset({"admin/"})

RULES = frozenset({"public", "signed_in", "signed_in_or_guest", "resident", "guest", "staff", "device", "system"})
DRF_RULES = {AllowAny: "public", IsAuthenticated: "signed_in", IsSystem: "system"}

# a value for each kind of part: well-formed, and nothing that exists
SAMPLES = {"public_id": "2" * 22, "kept_id": "2" * 22, "number": 1, "key": "no-such-thing", "code": "9999999"}
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>")


@dataclass(frozen=True)
class Address:
    """One pattern of the address table, ready to be asked for."""

    name: str
    path: str
    rule: str
    has_parts: bool

    @property
    def is_json(self) -> bool:
        return self.path.startswith("/api/")


def walk(patterns, prefix="", namespace="") -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, route, inner)
        else:
            yield f"{namespace}{pattern.name or ''}", route, pattern


def rule_of(pattern: URLPattern) -> str:
    """The `access_rule` of a view; classes of the JSON interface say the same by their permission classes."""
    view = pattern.callback
    if rule := getattr(view, "access_rule", ""):
        return rule
    classes = getattr(getattr(view, "cls", None), "permission_classes", ())
    return ",".join(DRF_RULES.get(permission, "") for permission in classes)


def sample_path(route: str) -> str:
    def fill(match: re.Match[str]) -> str:
        converter, _, name = match.group(1).rpartition(":")
        return str(SAMPLES.get(name, 1 if converter == "int" else "no-such-thing"))

    return "/" + re.sub(r"<([^>]+)>", fill, route)


ALL = list(walk(get_resolver().url_patterns))
OURS = [
    Address(name, sample_path(route), rule_of(pattern), "<" in route)
    for name, route, pattern in ALL
    if not THIRD_PARTY.match(name) and not route.startswith(tuple(NAMELESS))
]
ids = pytest.mark.parametrize("address", OURS, ids=lambda address: f"{address.name} {address.path}")


@ids
def test_every_address_declares_its_rule_and_has_a_name(address):
    assert address.rule.partition(":")[0] in RULES, address
    assert address.name.rpartition(":")[2], address


def test_no_two_addresses_share_a_name():
    names = [address.name for address in OURS]
    assert sorted(names) == sorted(set(names))


@ids
def test_visitors_are_asked_to_sign_in_unless_it_is_public(client, municipality, address):
    response = client.get(address.path)
    if address.rule == "public":
        assert response.status_code in {200, 204, 302, 400, 401, 404, 405, 410}
        assert not response.get("Location", "").startswith("/accounts/login/")
    elif address.rule.startswith("device:"):
        assert response.status_code == 404
    elif address.is_json:
        assert response.status_code in {401, 403}
    else:
        assert (response.status_code, response.url.partition("?")[0]) == (302, "/accounts/login/")


def may_enter(address: Address, user) -> bool:
    kind, _, permissions = address.rule.partition(":")
    if kind == "staff":
        return user.is_staff and user.has_perms([name for name in permissions.split(",") if name])
    return kind in {"public", "signed_in", "signed_in_or_guest"} or (
        kind in {"resident", "guest"} and not user.is_staff
    )


def test_somebody_stands_on_each_side_of_every_staff_rule(request, municipality):
    staff = [request.getfixturevalue(name) for name in STAFF]
    for address in OURS:
        permissions = [name for name in address.rule.partition(":")[2].split(",") if name]
        if address.rule.startswith("staff:") and permissions:
            assert any(user.has_perms(permissions) for user in staff), f"nobody may open {address.path}"


def html_pages(client) -> Iterator[tuple[str, str, str]]:
    for name, route, _pattern in ALL:
        if "<" in route or "(?P" in route or name == "account_logout":
            continue
        response = client.get("/" + route.replace("^", "").replace("$", "").replace("\\Z", ""))
        if response.get("Content-Type", "").startswith("text/html"):
            yield route, response.get("Content-Security-Policy", ""), response.content.decode()


@pytest.mark.parametrize("who", ["visitor", "resident", "handler", "administrator"])
def test_every_page_has_the_strict_policy_and_keeps_to_it(request, municipality, login, client, who):
    if who != "visitor":
        login(request.getfixturevalue(who))
    seen = 0
    for route, policy, body in html_pages(client):
        seen += 1
        assert "default-src 'self'" in policy, route
        assert "script-src 'self'" in policy, route
        assert "style-src 'self'" in policy, route
        assert not re.search(r"unsafe-inline|unsafe-eval|nonce-|\*", policy), route
        assert INLINE.findall(body) == [], route
    assert seen >= 10


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/no-such-page/", "/healthz", "/api/v1/schema/"])
def test_safety_headers_stand_on_every_kind_of_answer(client, municipality, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
