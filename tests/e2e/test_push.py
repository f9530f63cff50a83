"""The service worker in a real browser: what it shows for a push, and where that leads."""

import json

import pytest
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOWN = """navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((list) => list.map(({ title, body, tag, data }) => [title, body, tag, data.url]))"""


@pytest.fixture
def page(open_browser, municipality, origin):
    page = open_browser()
    page.context.grant_permissions(["notifications"], origin=origin)
    page.goto(reverse("notices:topic_list"))
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    return page


def push(page, origin, *messages):
    """Hand messages to the worker as the browser's push service would."""
    tools = page.context.new_cdp_session(page)
    found = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    for message in messages:
        said = {"origin": origin, "registrationId": found[-1]["registrationId"], "data": message}
        tools.send("ServiceWorker.deliverPushMessage", said)
    page.wait_for_function(f"async () => (await {SHOWN}).length > 0")


def test_push_is_shown_once_for_a_tag_and_leads_to_our_pages_only(page, origin):
    first = {"title": "【緑野市】お知らせが届いています", "body": "緑野市から", "url": "/my/notices/", "tag": "t"}
    push(page, origin, json.dumps(first), json.dumps(first | {"url": "https://example.net/"}))
    page.wait_for_function(f"async () => (await {SHOWN})[0][3].endsWith('/my/notices/')")
    assert page.evaluate(SHOWN) == [[first["title"], first["body"], "t", f"{origin}/my/notices/"]]


def test_push_that_cannot_be_read_is_shown_all_the_same(page, origin):
    push(page, origin, "not json")
    assert page.evaluate(SHOWN) == [["お知らせが届いています", "", "notice", f"{origin}/my/notices/"]]
