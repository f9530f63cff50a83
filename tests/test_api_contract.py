"""The public contract: the document is complete, stored, and kept by the product."""

import json
import warnings
from io import BytesIO
from pathlib import Path

import hypothesis
import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import reverse
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck
from rest_framework.exceptions import ParseError
from schemathesis import checks

from cityhall.api import CleanJSONParser

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "docs" / "openapi.yaml"


def generate(tmp_path) -> dict:
    """The document as the code makes it now; a warning of the generator is an error."""
    target = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(target), validate=True, fail_on_warn=True)
    return yaml.safe_load(target.read_text(encoding="utf-8"))


def test_document_generates_without_a_warning_and_is_valid(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        document = generate(tmp_path)
    validate_schema(document)
    assert document["paths"]


def test_stored_document_is_the_one_the_code_makes(tmp_path):
    """After a change on purpose: manage.py spectacular --file docs/openapi.yaml --validate --fail-on-warn"""
    assert yaml.safe_load(STORED.read_text(encoding="utf-8")) == generate(tmp_path)


def test_document_describes_the_public_contract_only(tmp_path):
    document = generate(tmp_path)
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["responses"]["4XX"]["content"]["application/json"]


def test_document_is_served_as_json_to_everybody(client, db):
    response = client.get(reverse("api_schema"))
    assert response.status_code == 200
    assert json.loads(response.content)["info"]["title"] == "フロントヤード API"


def test_there_is_no_browsable_api(client, db):
    response = client.get("/api/v1/schema/", headers={"Accept": "text/html"})
    assert response.status_code == 406
    assert set(response.json()) == {"code", "message", "fields"}


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    "body",
    [
        '{"a": "x\\u0000y"}',
        '{"a\\u0000": 1}',
        '{"a": "\\ud800"}',
        nested(1000),
        nested(100_000),
        '{"a": NaN}',
        "{",
        "\xff",
    ],
    ids=["nul", "nul in a key", "lone surrogate", "1,000 deep", "100,000 deep", "NaN", "cut off", "no UTF-8"],
)
def test_json_that_a_database_could_not_store_is_refused_before_it(body):
    with pytest.raises(ParseError):
        CleanJSONParser().parse(BytesIO(body.encode("latin-1")))


@pytest.fixture
def contract(db, municipality):
    """The document for a run against the WSGI application; the test's own transaction outlives the requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(reverse("api_schema"), get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_operation_keeps_the_contract(contract, login, client, resident, department):
    """Whatever is sent: no error of the server, and answers as the document says. Signed in as a resident."""
    cookie = f"sessionid={login(resident).cookies['sessionid'].value}"
    operations = [result.ok() for result in contract.get_all_operations()]
    assert operations
    for operation in operations:

        @hypothesis.given(case=operation.as_strategy())
        @hypothesis.settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
        def keeps_it(case):
            case.call_and_validate(headers={"Cookie": cookie}, checks=CHECKS)

        keeps_it()


CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
