"""NUL (U+0000), which no text of PostgreSQL can hold: in an address it finds nothing, in a text its field says so."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application, Attachment
from cityhall.models import AuditEvent
from tests.applications import sample
from tests.test_access_table import ALL, THIRD_PARTY

PEOPLE = ("visitor", "resident", "handler", "administrator")


def paths_with_nul():
    """Every address of ours that has a part of text in it, with NUL for that part."""
    for name, route, _pattern in ALL:
        filled = re.sub(r"<int:[^>]+>", "1", route)
        if "<" in filled and "(?P" not in filled and not THIRD_PARTY.match(name):
            yield "/" + re.sub(r"<[^>]+>", "%00", filled)


@pytest.fixture
def browsers(request, municipality, login):
    """One browser for each kind of person."""
    people = {name: request.getfixturevalue(name) for name in PEOPLE if name != "visitor"}
    return {"visitor": Client()} | {name: login(person, Client()) for name, person in people.items()}


@pytest.mark.parametrize("path", sorted(set(paths_with_nul())))
def test_an_address_with_nul_finds_nothing(browsers, path):
    for name, browser in browsers.items():
        for answer in (browser.get(path), browser.post(path)):
            assert answer.status_code == 404, name
    if path.startswith("/api/"):
        assert browsers["resident"].get(path).json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("handler", "/staff/cases/?after=%00"),
        ("handler", "/staff/notices/?after=a%00b"),
        ("resident", "/my/applications/?after=%00"),
        ("visitor", "/procedures/?%00=1"),
        ("visitor", "/accounts/login/?next=/%00"),
        ("administrator", "/admin/cityhall/auditevent/?target=%00"),
        ("administrator", "/admin/cityhall/auditevent/?actor=%00"),
    ],
)
def test_a_query_with_nul_is_told_to_be_unreadable(browsers, who, path):
    answer = browsers[who].get(path)
    assert answer.status_code == 400
    assert "送られた内容を読み取れませんでした" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("visitor", "/procedures/?q=%00"),
        ("handler", "/staff/cases/?text=%00"),
        ("administrator", "/admin/cityhall/user/?q=%00"),
    ],
)
def test_a_search_typed_with_nul_is_answered_by_its_page(browsers, who, path):
    answer = browsers[who].get(path, follow=True)
    assert answer.status_code == 200
    assert "送られた内容を読み取れませんでした" not in answer.content.decode()


@pytest.fixture
def draft(municipality, department, resident):
    return sample.start(sample.make_procedure(department=department), resident)


@pytest.mark.parametrize(
    "values",
    [{"action": "remove:\0"}, {"action": "\0"}, {"action": "next", "a\0b": "1"}, {"action": "next", "next": "\0"}],
)
def test_a_control_with_nul_is_told_to_be_unreadable(login, resident, draft, values):
    path = reverse("applications:draft_page", args=[draft.public_id, 1])
    answer = login(resident).post(path, values | {"q-name": "高橋"})
    assert answer.status_code == 400
    assert "送られた内容を読み取れませんでした" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.draft_revision == 0


@pytest.mark.parametrize("values", [{"replaces": "\0"}, {"question": "a\0"}, {"a\0b": "1"}])
def test_a_form_with_nul_for_the_interface_is_told_to_be_unreadable(login, resident, draft, values):
    path = reverse("api_draft_files", args=[draft.public_id])
    answer = login(resident).post(path, {"question": "proof", "file": sample.png()} | values)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("使えない文字が含まれています。")
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("who", "path", "name"),
    [
        ("administrator", "/staff/", "addressee"),
        ("administrator", "/staff/", "expected"),
        ("administrator", "/staff/campaigns/", "recipient"),
        ("administrator", "/staff/campaigns/", "subject"),
        ("administrator", "/staff/campaigns/", "reason"),
        ("visitor", "/topics/", "topics"),
        ("resident", "/circulars/join/", "district"),
        # no page knows it yet
        ("visitor", "/procedures/", "invented"),
    ],
)
def test_whatever_is_sent_with_nul_is_told_to_be_unreadable(browsers, who, path, name):
    answer = browsers[who].post(path, {name: ["a", "\0"]})
    assert answer.status_code == 400
    assert "送られた内容を読み取れませんでした" in answer.content.decode()


def test_a_start_with_nul_in_its_key_makes_no_draft(login, resident, draft):
    path = reverse("applications:application_start", args=[draft.procedure.key])
    answer = login(resident).post(path, {"request_key": "a\0b", "new": "1"})
    assert answer.status_code == 400
    assert Application.objects.count() == 1


def test_a_text_with_nul_is_told_at_its_field(login, resident, draft):
    path = reverse("applications:draft_page", args=[draft.public_id, 1])
    answer = login(resident).post(path, {"action": "next", "q-name": "高橋\0"})
    assert answer.status_code == 200
    assert "読み取れませんでした" not in answer.content.decode()
    assert answer.context["form"].errors


def test_a_search_form_with_nul_writes_nothing_down(browsers):
    browsers["administrator"].get("/admin/cityhall/auditevent/?target=%00")
    assert not AuditEvent.objects.filter(target_type="cityhall.auditevent").exists()
