import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from cityhall.enums import AuditAction
from cityhall.models import AuditEvent, User
from portal.receivers import address_mark
from tests.factories import PASSWORD, make_user
from tests.portal.totp import code_now, make_totp

pytestmark = pytest.mark.django_db


def code_in(message) -> str:
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", message.body, re.MULTILINE).group(1)


def sign_up(client, email: str):
    return client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD, "password2": PASSWORD})


def log_in(client, email: str, password: str = PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def test_signup_by_code_makes_a_resident_who_must_tell_their_name(client):
    response = sign_up(client, "hanako@example.jp")
    assert response.url == reverse("account_email_verification_sent")
    user = User.objects.get(email="hanako@example.jp")
    assert (user.is_staff, user.email_verified_at) == (False, None)
    assert "hanako" not in user.username
    assert mail.outbox[0].subject.startswith("【緑野市】")

    response = client.post(response.url, {"code": code_in(mail.outbox[0])})

    user.refresh_from_db()
    assert response.url == reverse("residents:profile_edit")
    assert user.email_verified_at is not None
    assert EmailAddress.objects.get(user=user).verified is True


def test_signup_refuses_a_wrong_code_and_stays_signed_out(client):
    url = sign_up(client, "hanako@example.jp").url
    response = client.post(url, {"code": "000-000"})
    assert "コードが正しくありません" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_signup_with_a_known_address_looks_the_same_and_tells_only_its_owner(client):
    make_user("hanako@example.jp")
    known = sign_up(client, "hanako@example.jp")
    client.cookies.clear()
    unknown = sign_up(client, "jiro@example.jp")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert User.objects.filter(email="hanako@example.jp").count() == 1
    assert mail.outbox[0].to == ["hanako@example.jp"]


def test_reset_of_an_unknown_address_looks_the_same(client):
    make_user("hanako@example.jp")
    known = client.post(reverse("account_reset_password"), {"email": "hanako@example.jp"})
    client.cookies.clear()
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.jp"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_wrong_password_and_unknown_address_get_the_same_sentence(client):
    make_user("hanako@example.jp")
    sentence = "メールアドレスまたはパスワードが正しくありません。入力し直してください。"
    assert sentence in log_in(client, "hanako@example.jp", "wrong").content.decode()
    assert sentence in log_in(client, "nobody@example.jp", "wrong").content.decode()


def test_sixth_wrong_password_is_refused_even_when_it_is_right(client):
    make_user("hanako@example.jp")
    make_user("jiro@example.jp")
    for _ in range(5):
        log_in(client, "hanako@example.jp", "wrong")
    response = log_in(client, "hanako@example.jp", PASSWORD)
    assert "5分ほど待ってから、もう一度お試しください。" in response.content.decode()
    assert "_auth_user_id" not in client.session
    # another person at the same address of the network is not held up
    assert log_in(client, "jiro@example.jp").status_code == 302


def test_rate_limit_counts_in_the_cache_that_processes_share(client):
    make_user("hanako@example.jp")
    for _ in range(5):
        log_in(client, "HANAKO@example.jp", "wrong")
    assert "5分ほど待って" in log_in(client, "hanako@example.jp").content.decode()
    cache.clear()
    assert log_in(client, "hanako@example.jp").status_code == 302


def test_address_limit_answers_with_our_page(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    log_in(client, "hanako@example.jp")
    response = log_in(client, "hanako@example.jp")
    assert response.status_code == 429
    assert "少し待ってからお試しください" in response.content.decode()


def test_login_logout_and_failure_are_recorded_without_the_address(client):
    user = make_user("hanako@example.jp", name="緑野 花子")
    log_in(client, "hanako@example.jp", "wrong")
    log_in(client, "hanako@example.jp")
    client.post(reverse("account_logout"))
    events = list(AuditEvent.objects.order_by("id").values_list("action", "actor", "target_id"))
    assert events == [
        (AuditAction.LOGIN_FAILED, None, address_mark("hanako@example.jp")),
        (AuditAction.LOGIN, user.pk, user.username),
        (AuditAction.LOGOUT, user.pk, user.username),
    ]
    assert address_mark(" Hanako@example.jp") == address_mark("hanako@example.jp")
    assert not AuditEvent.objects.filter(target_id__contains="hanako").exists()


def test_staff_sign_in_with_totp_and_land_on_their_page(client, handler):
    secret = make_totp(handler)
    assert log_in(client, "handler@city.example.jp").url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    response = client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
    assert response.url == reverse("portal:staff_home")
    assert client.get(response.url).status_code == 200


def test_totp_secret_is_encrypted_in_the_database(handler):
    secret = make_totp(handler)
    stored = Authenticator.objects.get(user=handler).data["secret"]
    assert stored != secret
    assert secret not in stored


def test_inactive_people_cannot_sign_in(client):
    make_user("gone@example.jp", is_active=False)
    log_in(client, "gone@example.jp")
    assert "_auth_user_id" not in client.session


def test_changed_address_is_proven_before_it_replaces_the_old_one(client):
    user = make_user("old@example.jp")
    proven_at = user.email_verified_at
    log_in(client, "old@example.jp")
    change = {"email": "new@example.jp", "action_add": ""}
    asked = client.post(reverse("account_email"), change)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    client.post(asked.url, {"password": PASSWORD})
    user.refresh_from_db()
    assert user.email == "old@example.jp"
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mail.outbox[-1])})
    user.refresh_from_db()
    assert user.email == "new@example.jp"
    assert user.email_verified_at > proven_at


def test_login_never_leads_to_another_site(client):
    make_user("hanako@example.jp")
    response = log_in(client, "hanako@example.jp", next="https://evil.example/")
    assert response.url == reverse("residents:profile_edit")
