"""The service worker in a real browser: what it shows for a push, and where that leads."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.urls import reverse
from playwright.sync_api import expect

from notices.vapid import make_vapid_key
from tests.e2e import filing

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
    page.wait_for_function(f"async () => (await {SHOWN})[0]?.[3].endsWith('/my/notices/')")
    assert page.evaluate(SHOWN) == [[first["title"], first["body"], "t", f"{origin}/my/notices/"]]


def test_push_that_cannot_be_read_is_shown_all_the_same(page, origin):
    push(page, origin, "not json")
    assert page.evaluate(SHOWN) == [["お知らせが届いています", "", "notice", f"{origin}/my/notices/"]]


# no push service answers a browser under test: what it would say is put in its place
SUBSCRIBED = """(() => {
  const made = () => ({ endpoint: "https://fcm.googleapis.com/fcm/send/one", keys: KEYS });
  const kept = () => ({ ...made(), options: { applicationServerKey: null }, unsubscribe: async () => true,
    toJSON: made });
  PushManager.prototype.subscribe = async () => { sessionStorage.setItem("done", "1"); return kept(); };
  PushManager.prototype.getSubscription = async () => sessionStorage.getItem("done") ? kept() : null;
})()"""


def test_browser_that_is_registered_is_told_so_and_gets_no_button(open_browser, resident, settings, tmp_path, origin):
    settings.VAPID_KEY_PATH = tmp_path / "vapid.pem"
    make_vapid_key(settings.VAPID_KEY_PATH)
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    page = open_browser(resident.user)
    page.context.grant_permissions(["notifications"], origin=origin)
    keys = json.dumps({"p256dh": encoded(point), "auth": encoded(bytes(16))})
    page.add_init_script(SUBSCRIBED.replace("KEYS", keys))
    page.goto(reverse("notices:my_channels"))
    button = page.get_by_role("button", name="この端末で受け取る")
    button.click()
    expect(page.get_by_text("この端末で、プッシュ通知を受け取ります。")).to_be_visible()
    expect(page.get_by_text("この端末は登録済みです。")).to_be_visible()
    expect(button).to_be_hidden()
    filing.press(page, "終了する")
    expect(button).to_be_visible()
    expect(page.get_by_text("この端末は登録済みです。")).to_be_hidden()


def encoded(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
