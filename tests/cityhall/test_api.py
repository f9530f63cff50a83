import io
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.exceptions import ParseError

from cityhall.api import BodyTooLarge, CleanJSONParser, exception_handler
from cityhall.errors import DomainError, StaleState


def parse(body):
    return CleanJSONParser().parse(io.BytesIO(body))


def test_clean_json_is_taken():
    assert parse('{"name": "髙橋 𠮷子", "n": [1, 2.5, null, true]}'.encode()) == {
        "name": "髙橋 𠮷子",
        "n": [1, 2.5, None, True],
    }


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b"[" * 1000 + b"]" * 1000,
        b"[" * 400_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b"",
        b"{",
        b"\xff\xfe",
        b"\xed\xa0\x80",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_anything_else_is_refused(body):
    with pytest.raises(ParseError):
        parse(body)


def test_a_large_body_is_refused_without_being_parsed():
    with pytest.raises(BodyTooLarge):
        parse(b'"' + b"a" * 1_000_000 + b'"')


class Refused(DomainError):
    code = "slot_full"
    message = "満席です。"


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (Refused(), 400, {"code": "slot_full", "message": "満席です。", "fields": {}}),
        (Refused("この日は満席です。"), 400, {"code": "slot_full", "message": "この日は満席です。", "fields": {}}),
        (
            StaleState(),
            409,
            {
                "code": "stale_state",
                "message": "他の人が先に操作しました。最新の状態を確認してからやり直してください。",
                "fields": {},
            },
        ),
        (
            exceptions.ValidationError({"name": ["氏名を入力してください。"]}),
            400,
            {
                "code": "invalid",
                "message": "入力内容に誤りがあります。確認してください。",
                "fields": {"name": ["氏名を入力してください。"]},
            },
        ),
        (
            exceptions.ValidationError("だめです。"),
            400,
            {
                "code": "invalid",
                "message": "入力内容に誤りがあります。確認してください。",
                "fields": {"non_field_errors": ["だめです。"]},
            },
        ),
    ],
)
def test_every_refusal_has_one_shape(error, status, body):
    response = exception_handler(error, {})
    assert (response.status_code, json.loads(json.dumps(response.data))) == (status, body)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
        (exceptions.MethodNotAllowed("GET"), 405, "method_not_allowed"),
        (BodyTooLarge(), 413, "too_large"),
    ],
)
def test_refusals_of_the_framework_have_it_too(error, status, code):
    response = exception_handler(error, {})
    assert (response.status_code, response.data["code"], response.data["fields"]) == (status, code, {})
    assert response.data["message"]


def test_a_throttled_client_is_told_when_to_come_back():
    assert exception_handler(exceptions.Throttled(wait=7), {})["Retry-After"] == "7"


def test_the_unexpected_is_no_refusal():
    assert exception_handler(ValueError("secret"), {}) is None
