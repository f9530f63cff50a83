import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError

from cityhall.logs import console_formatter, formatter, request_id


def line_of(**extra):
    record = logging.LogRecord("cityhall.test", logging.WARNING, __file__, 1, "mail was not sent", (), None)
    record.__dict__.update(extra)
    return json.loads(formatter().format(record))


def test_line_carries_the_details_of_the_work():
    line = line_of(work="notices.OutgoingMail", id=7, reason="SMTPRecipientsRefused 550")
    assert (line["event"], line["level"], line["logger"]) == ("mail was not sent", "warning", "cityhall.test")
    assert (line["work"], line["id"], line["reason"]) == ("notices.OutgoingMail", 7, "SMTPRecipientsRefused 550")


def test_line_leaves_out_what_is_not_named():
    line = line_of(request="<WSGIRequest: GET '/accounts/?token=secret'>", status_code=404)
    assert "secret" not in json.dumps(line)
    assert "status_code" not in line


def test_an_error_is_its_class_and_its_places_without_its_text():
    detail = "duplicate key value\nDETAIL:  Key (email)=(sakura@example.jp) already exists."
    try:
        try:
            {}["高橋 さくら"]
        except KeyError as error:
            raise IntegrityError(detail) from error
    except IntegrityError:
        record = logging.LogRecord("cityhall.test", logging.ERROR, __file__, 1, "stopped", (), sys.exc_info())
    text = formatter().format(record)
    assert "sakura@example.jp" not in text
    assert "DETAIL" not in text
    assert "高橋" not in text
    cause, error = json.loads(text)["exception"]
    assert (cause["class"], error["class"]) == ("builtins.KeyError", "django.db.utils.IntegrityError")
    assert re.fullmatch(
        r"tests/cityhall/test_logs\.py:\d+:test_an_error_is_its_class_and_its_places_without_its_text",
        error["frames"][-1],
    )


def test_errors_that_name_each_other_and_groups_of_them_come_to_an_end():
    first, second = ValueError("a@example.jp"), TypeError("b@example.jp")
    first.__context__, second.__context__ = second, first
    group = ExceptionGroup("c@example.jp", [first])
    record = logging.LogRecord("cityhall.test", logging.ERROR, __file__, 1, "stopped", (), (None, group, None))
    text = formatter().format(record)
    assert "example.jp" not in text
    assert [part["class"] for part in json.loads(text)["exception"]] == ["builtins.ExceptionGroup"]
    record.exc_info = (ValueError, first, None)
    assert [part["class"] for part in json.loads(formatter().format(record))["exception"]] == [
        "builtins.TypeError",
        "builtins.ValueError",
    ]


def test_a_line_of_an_error_elsewhere_carries_no_traceback_as_text():
    record = logging.LogRecord("cityhall.test", logging.ERROR, __file__, 1, "stopped", (), None)
    record.exc_text = "Traceback … sakura@example.jp"
    assert "sakura@example.jp" not in formatter().format(record)


LINKS = pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/applications/b/open/s3cr3t-X/", "/applications/b/open/…/"),
        ("/prefill/open/s3cr3t-X/", "/prefill/open/…/"),
        ("/invited/s3cr3t-X/", "/invited/…/"),
        ("/r/b/s3cr3t-X/", "/r/b/…/"),
        ("/w/b/s3cr3t-X/", "/w/b/…/"),
        ("/p/b/s3cr3t-X/", "/p/b/…/"),
        ("/draws/wishes/b/s3cr3t-X/", "/draws/wishes/b/…/"),
        ("/reports/find/b/s3cr3t-X/", "/reports/find/b/…/"),
        ("/reports/find/", "/reports/find/"),
    ],
)


@LINKS
def test_no_line_carries_the_secret_of_a_link(path, shown):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
    assert json.loads(formatter().format(record))["event"] == f"Not Found: {shown}"


@LINKS
def test_no_line_of_the_proxy_does(path, shown):
    conf = (Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf").read_text()
    [pattern] = re.findall(r"~(\^\(\?<before_secret>\S+) ", conf)
    found = re.match(pattern.replace("?<", "?P<"), path)
    assert (found["before_secret"] if found else path) == shown.removesuffix("…/")


def test_the_demo_has_words_instead_of_json():
    record = logging.LogRecord("cityhall.test", logging.WARNING, __file__, 1, "mail was %s", ("late",), None)
    record.work, record.token = "notices.OutgoingMail", "secret"
    token = request_id.set("r1")
    try:
        line = console_formatter().format(record)
    finally:
        request_id.reset(token)
    time, words = line.split(" ", 1)
    assert re.fullmatch(r"\d\d:\d\d:\d\d", time)
    assert words == "WARNING mail was late [cityhall.test] request_id=r1 work=notices.OutgoingMail"


def test_words_of_an_error_leave_out_its_text_too():
    try:
        {}["sakura@example.jp"]
    except KeyError:
        record = logging.LogRecord("cityhall.test", logging.ERROR, __file__, 1, "stopped", (), sys.exc_info())
    first, error, *places = console_formatter().format(record).split("\n")
    assert first.endswith("ERROR stopped [cityhall.test]")
    assert error == "  builtins.KeyError"
    assert [place.split(":")[0] for place in places] == ["    tests/cityhall/test_logs.py"]


def test_the_demo_settings_use_the_words():
    shown = subprocess.run(
        [sys.executable, "-c", "from portal.settings import demo; print(demo.LOGGING['handlers']['console'])"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "'formatter': 'console'" in shown
