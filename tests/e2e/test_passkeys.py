"""Passkeys with a virtual authenticator: set up, sign in with nothing else, and be refused without the finger."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plug_in(page):
    """A platform authenticator whose owner has put the finger on it; returns what switches the finger off."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    return lambda: devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})


def log_in_by_password(page, email):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def add_passkey(page):
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("button", name="パスキーを追加する").click()
    expect(page.get_by_text("パスキーを追加しました。")).to_be_visible()


def log_out(page):
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("link", name="ログイン", exact=True)).to_be_visible()


def test_staff_set_up_a_passkey_first_and_then_need_nothing_else(open_browser, municipality, handler):
    page = open_browser()
    plug_in(page)
    log_in_by_password(page, handler.email)
    expect(page.get_by_text("はじめに認証アプリかパスキーを登録してください")).to_be_visible()
    add_passkey(page)
    assert Authenticator.objects.filter(user=handler, type="webauthn").count() == 1
    page.goto("/staff/")
    expect(page.get_by_role("heading", name="ホーム")).to_be_visible()

    log_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="パスキーでログイン").click()

    page.wait_for_url("**/staff/")
    expect(page.get_by_role("heading", name="ホーム")).to_be_visible()


def test_a_passkey_without_its_owner_opens_nothing(open_browser, municipality, resident):
    page = open_browser()
    lift_finger = plug_in(page)
    log_in_by_password(page, resident.user.email)
    page.wait_for_url("**/my/")
    add_passkey(page)
    log_out(page)
    page.goto("/accounts/login/")
    lift_finger()
    page.get_by_role("button", name="パスキーでログイン").click()
    page.wait_for_timeout(1500)
    assert "/accounts/login/" in page.url
    page.goto("/my/")
    assert "/accounts/login/" in page.url
