import json
import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse

from cityhall import guests
from cityhall.access import public, resident_only, resident_or_guest, signed_in, signed_in_or_guest, staff_only
from cityhall.logs import formatter, request_id
from cityhall.middleware import RequestIdMiddleware

pytestmark = pytest.mark.django_db

OPEN, SIGN_IN, HIDDEN = "open", "sign in", "404"


def view(_request):
    return HttpResponse("open")


def outcome(guarded, user, rf):
    request = rf.get("/secret/?a=1")
    request.user, request.session = user, {}
    try:
        response = guarded(request)
    except Http404:
        return HIDDEN
    if response.status_code == 302:
        assert response["Location"].endswith("?next=/secret/%3Fa%3D1")
        return SIGN_IN
    assert response.content == b"open"
    return OPEN


@pytest.mark.parametrize(
    ("rule", "name", "expected"),
    [
        (public, "public", [OPEN, OPEN, OPEN, OPEN]),
        (signed_in, "signed_in", [SIGN_IN, OPEN, OPEN, OPEN]),
        (resident_only, "resident", [SIGN_IN, OPEN, HIDDEN, HIDDEN]),
        (staff_only(), "staff:", [SIGN_IN, HIDDEN, OPEN, OPEN]),
        (
            staff_only("cityhall.view_auditevent"),
            "staff:cityhall.view_auditevent",
            [SIGN_IN, HIDDEN, HIDDEN, OPEN],
        ),
        (
            staff_only("cityhall.view_auditevent", "cityhall.change_user"),
            "staff:cityhall.view_auditevent,cityhall.change_user",
            [SIGN_IN, HIDDEN, HIDDEN, HIDDEN],
        ),
    ],
)
def test_rules_by_person(rule, name, expected, rf, resident, handler, auditor):
    guarded = rule(view)
    people = [AnonymousUser(), resident.user, handler, auditor]
    assert [outcome(guarded, person, rf) for person in people] == expected
    assert guarded.access_rule == name


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(resident_or_guest, [OPEN, HIDDEN, HIDDEN]), (signed_in_or_guest, [OPEN, OPEN, OPEN])],
)
def test_rules_for_guests_let_signed_in_people_through_as_before(rule, expected, rf, resident, handler, auditor):
    assert [outcome(rule(view), person, rf) for person in (resident.user, handler, auditor)] == expected


def not_found(_request):
    raise Http404


@pytest.mark.parametrize("rule", [resident_or_guest, signed_in_or_guest])
@pytest.mark.parametrize(
    ("inner", "has_shown", "is_let_in"),
    [
        (view, False, False),
        (view, True, True),
        (not_found, True, False),
        (lambda _request: HttpResponse(status=404), True, False),
    ],
)
def test_a_visitor_who_finds_nothing_is_asked_to_sign_in(rule, inner, has_shown, is_let_in, rf):
    request = rf.get("/secret/?a=1")
    request.user, request.session = AnonymousUser(), {}
    if has_shown:
        guests.remember(request.session, "application", "abc", 1)
    response = rule(inner)(request)
    assert response.status_code == (200 if is_let_in else 302)
    if not is_let_in:
        assert response["Location"] == "/accounts/login/?next=/secret/%3Fa%3D1"


def test_a_request_has_an_id_of_ours_in_answer_and_logs(rf):
    seen = []

    def get_response(_request):
        seen.append(request_id.get())
        record = logging.LogRecord("x", logging.INFO, __file__, 1, "started", (), None)
        seen.append(json.loads(formatter().format(record)))
        return HttpResponse()

    middleware = RequestIdMiddleware(get_response)
    answers = [middleware(rf.get("/", headers={"X-Request-Id": "forged"}))["X-Request-Id"] for _turn in range(2)]
    assert answers == [seen[0], seen[2]]
    assert answers[0] != answers[1]
    assert "forged" not in answers
    assert (seen[1]["event"], seen[1]["level"], seen[1]["request_id"]) == ("started", "info", answers[0])
    assert request_id.get() == ""


def test_the_id_ends_with_a_request_that_failed(rf):
    def get_response(_request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        RequestIdMiddleware(get_response)(rf.get("/"))
    assert request_id.get() == ""
