"""Every address × every role, by GET and by POST: who gets in, and who finds nothing."""

import pytest
from django.http import HttpResponseNotFound

from portal import urls
from tests.cast import StandingCast, rows_that_stay
from tests.test_access_table import OURS, STAFF, may_enter

# rows that exist are none here, so one resident stands for all
ROLES = ("resident", *STAFF)
ids = pytest.mark.parametrize("address", OURS, ids=lambda address: f"{address.name} {address.path}")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker):
    with rows_that_stay(django_db_blocker):
        yield StandingCast(ROLES)


@pytest.fixture(autouse=True)
def _plain_refusals(monkeypatch):
    """The page that says "not found" has tests of its own; here it would be drawn ten thousand times."""
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponseNotFound())


@ids
def test_the_wrong_role_finds_nothing_and_the_right_one_gets_in(cast, address):
    for name, user in cast.users.items():
        response = cast.browser(name).get(address.path)
        if not may_enter(address, user):
            # 401: programs show a token, not a session
            assert response.status_code in ({401, 403, 404} if address.is_json else {404}), name
        elif address.has_parts:
            assert response.status_code in {200, 302, 400, 404, 405, 410}, name
        else:
            assert response.status_code in {200, 204, 302, 400, 405}, name


@pytest.mark.parametrize(
    "address",
    [address for address in OURS if address.rule != "public"],
    ids=lambda address: f"{address.name} {address.path}",
)
def test_the_wrong_role_sends_nothing_and_the_right_one_nothing_to_what_is_not_there(cast, address):
    for name, user in cast.users.items():
        answer = cast.browser(name).post(address.path)
        if not may_enter(address, user):
            assert answer.status_code in ({401, 403, 404} if address.is_json else {404}), name
        elif address.name.startswith("reservations:desk_") and answer.status_code == 302:
            # whoever sits at no desk sits down first
            assert answer.url == "/desk/", name
        elif address.has_parts:
            # 405: it is a page to read; a JSON address reads its body first (400, 415)
            assert answer.status_code in ({400, 404, 405, 415} if address.is_json else {404, 405}), name
