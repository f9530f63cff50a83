"""A guest's time is over while a page is open: said ahead, what was sent is kept, the link brings it back."""

import base64
import re
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import guests as services
from cityhall import guests
from tests.applications import filing

pytestmark = pytest.mark.django_db

ENDED = "/session/ended/"


@pytest.fixture(autouse=True)
def _no_limits():
    cache.clear()


@pytest.fixture
def draft(client, municipality, department):
    draft = filing.begin(client, filing.guest_procedure(department=department))
    client.post(filing.url("guest_contact", draft), {"email": "guest@example.jp"})
    draft.refresh_from_db()
    return draft


def lie_idle(browser, seconds=guests.IDLE_SECONDS + 10 * 60):
    """Make the session look as if it had been used so long ago."""
    session = browser.session
    session["shown"] = {
        name: [version, int(time.time()) - seconds] for name, (version, _at) in session["shown"].items()
    }
    session.save()


def send_too_late(browser, draft, **values):
    lie_idle(browser)
    return browser.post(filing.url("draft_page", draft, 1), {"q-name": "来訪 太郎", "action": "next"} | values)


def link():
    return filing.link_in(filing.mails()[-1][1])


def test_a_page_sent_too_late_is_kept_and_sent_again_after_the_link(client, draft):
    answer = send_too_late(client, draft)
    assert answer.url == ENDED
    assert "入力内容を30分間お預かりしています。" in client.get(ENDED).text
    opened = client.get(link())
    page = client.get(opened.url).text
    assert "来訪 太郎" in page
    target = filing.url("draft_page", draft, 1)
    assert f'action="{target}"' in page
    fields = re.findall(r'<input type="hidden" name="(q-name|action)" value="([^"]*)">', page)
    assert client.post(target, dict(fields)).url == filing.url("draft_page", draft, 2)
    draft.refresh_from_db()
    assert draft.draft_answers["name"] == "来訪 太郎"
    # once: the next time the link leads to the draft
    assert client.get(link()).url == target


def test_it_is_not_shown_before_the_link_was(client, draft):
    send_too_late(client, draft)
    ((kept, _until),) = client.session["ways_back"].values()
    assert client.get(kept).url.startswith("/accounts/login/")
    # nor to somebody who opens another application in this browser
    filing.begin(client, draft.procedure, request_key="another")
    answer = client.get(kept)
    assert (answer.status_code, "来訪 太郎" in answer.text) == (410, False)


def test_another_browser_with_the_link_gets_the_draft_and_not_what_was_kept(client, draft):
    send_too_late(client, draft)
    ((kept, _until),) = client.session["ways_back"].values()
    elsewhere = Client()
    assert elsewhere.get(link()).url == filing.url("draft_page", draft, 1)
    assert elsewhere.get(kept).status_code == 410


def test_what_is_kept_lies_encrypted(client, draft):
    send_too_late(client, draft, **{"q-name": "みつからないでほしい"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cityhall_cache")
        stored = [base64.b64decode(row[0]) for row in cursor.fetchall()]
    assert stored
    assert not any("みつからないでほしい".encode() in value or b"\\u307f\\u3064" in value for value in stored)


def test_the_way_back_ends_after_half_an_hour(client, draft, settings):
    settings.KEPT_POST_SECONDS = -1
    send_too_late(client, draft)
    assert client.get(link()).url == filing.url("draft_page", draft, 1)


def test_a_page_of_an_older_link_is_kept_too(client, draft):
    services.renew_link(application=draft)
    answer = client.post(filing.url("draft_page", draft, 1), {"q-name": "来訪 太郎", "action": "next"})
    assert answer.url == ENDED
    assert "来訪 太郎" in client.get(client.get(link()).url).text


def test_nothing_is_kept_after_leaving_on_purpose(client, draft):
    client.post(filing.url("guest_leave", draft))
    answer = client.post(filing.url("draft_page", draft, 1), {"q-name": "来訪 太郎"})
    assert answer.url.startswith("/accounts/login/")
    assert "来訪 太郎" not in client.get(link(), follow=True).text


def test_nothing_is_kept_of_whoever_never_had_it(draft):
    answer = Client().post(filing.url("draft_page", draft, 1), {"q-name": "来訪 太郎"})
    assert answer.url.startswith("/accounts/login/")


def test_opening_a_page_too_late_says_how_to_come_back(client, draft):
    lie_idle(client)
    assert client.get(filing.url("draft_page", draft, 1)).url == ENDED
    page = client.get(ENDED).text
    assert "メールのリンク" in page
    assert reverse("applications:guest_find") in page


def test_autosave_is_told_in_json(client, draft):
    lie_idle(client)
    path = reverse("api_draft_save", args=[draft.public_id]) + "?page=1"
    answer = client.post(path, {"q-name": "x"}, content_type="application/json", headers={"X-Draft-Revision": "0"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


# --- said ahead ------------------------------------------------------------------------------------


def test_pages_of_a_guest_say_how_long_they_stay_open(client, draft):
    page = client.get(filing.url("draft_page", draft, 1)).text
    assert f'data-session-idle="{guests.IDLE_SECONDS}" data-session-warn="300"' in page
    assert f'data-session-url="/session/touch/?row={draft.public_id}"' in page
    assert "2時間操作がないと、この端末での表示を終わります。" in page


def test_public_pages_say_nothing_to_guests(client, draft):
    assert "data-session-idle" not in client.get("/").text


def test_touching_keeps_the_application_open(client, draft):
    path = reverse("portal:session_touch")
    lie_idle(client, guests.IDLE_SECONDS - 60)
    assert client.post(f"{path}?row={draft.public_id}").status_code == 204
    ((_version, used_at),) = client.session["shown"].values()
    assert used_at > time.time() - 60
    lie_idle(client)
    assert client.post(f"{path}?row={draft.public_id}").status_code == 401


@pytest.mark.parametrize("row", ["", "2" * 22, "application"])
def test_touching_opens_nothing(client, draft, row):
    assert client.post(reverse("portal:session_touch") + f"?row={row}").status_code == 401
    assert Client().post(reverse("portal:session_touch") + f"?row={draft.public_id}").status_code == 401


def test_who_takes_it_over_does_not_lose_it(client, login, draft, resident):
    login(resident)
    client.post(filing.url("guest_take_over", draft))
    assert Application.objects.get().filed_by == resident.user
    assert 'data-session-idle="1800" data-session-warn="120"' in client.get(filing.url("draft_page", draft, 1)).text
