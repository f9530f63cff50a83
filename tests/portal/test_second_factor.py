import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.urls import reverse

from tests.factories import PASSWORD
from tests.portal.totp import code_now, make_totp

pytestmark = pytest.mark.django_db

SETUP = "mfa_index"


@pytest.fixture
def half_signed_in(client, administrator):
    """An administrator who has typed only the password."""
    client.force_login(administrator, backend="cityhall.auth.SignInBackend")
    return client


@pytest.mark.parametrize("path", ["/", "/staff/", "/status/", "/admin/", "/admin/cityhall/user/"])
def test_staff_without_a_second_factor_reach_only_its_setup(half_signed_in, path):
    assert half_signed_in.get(path).url == reverse(SETUP)


def test_setup_signout_and_health_stay_open(half_signed_in, administrator):
    client = half_signed_in
    assert client.get(reverse(SETUP)).status_code == 200
    assert client.get(reverse("portal:healthz")).content == b"ok\n"
    assert client.post(reverse("portal:session_touch")).status_code == 204
    assert client.post(reverse("account_logout")).url == "/"
    assert "_auth_user_id" not in client.session


def test_api_answers_staff_without_a_second_factor_in_json(half_signed_in, administrator):
    client = half_signed_in
    response = client.get(reverse("api_schema"))
    assert (response.status_code, response.json()["code"]) == (403, "second_factor_required")


def test_the_password_page_of_staff_cannot_skip_the_gate_by_having_a_device_elsewhere(half_signed_in, administrator):
    client = half_signed_in
    make_totp(administrator)
    # the device exists now, but this session never showed it
    assert client.get("/staff/").url == reverse(SETUP)


@pytest.mark.django_db(transaction=True)
def test_setting_up_totp_opens_the_way(half_signed_in, administrator):
    client = half_signed_in
    asked = client.get(reverse("mfa_activate_totp"))
    client.post(asked.url, {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session[SECRET_SESSION_KEY]
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert Authenticator.objects.filter(user=administrator, type="totp").count() == 1
    assert client.get("/staff/").status_code == 200


def test_a_mark_of_somebody_else_does_not_count(client, login, administrator, handler):
    session = login(administrator).session
    session["second_factor"] = handler.username
    session.save()
    assert client.get("/staff/").url == reverse(SETUP)


def test_staff_cannot_give_up_their_last_second_factor(client, login, administrator):
    login(administrator)
    make_totp(administrator)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=administrator, type="totp").count() == 1


def test_residents_need_none_and_may_give_theirs_up(client, login, resident):
    make_totp(resident.user)
    login(resident)
    assert client.get("/my/").status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=resident.user).exists()
