import base64
import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal import kept_posts, sessions
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def age(client, seconds: int) -> None:
    """Make the session look as if it had been used so long ago."""
    session = client.session
    session[sessions.LAST_SEEN] = int(time.time()) - seconds
    session.save()


@pytest.mark.parametrize(
    ("idle", "lives"),
    [(0, True), (29 * 60, True), (34 * 60, True), (35 * 60 + 5, False), (24 * 3600, False)],
)
def test_residents_are_signed_out_after_half_an_hour_and_the_tolerance(client, login, resident, idle, lives):
    login(resident)
    age(client, idle)
    response = client.get("/my/")
    assert (response.status_code == 200) is lives
    assert ("_auth_user_id" in client.session) is lives


@pytest.mark.parametrize(("idle", "lives"), [(59 * 60, True), (64 * 60, True), (65 * 60 + 5, False)])
def test_staff_are_signed_out_after_an_hour_and_the_tolerance(client, login, handler, idle, lives):
    login(handler)
    age(client, idle)
    assert (client.post(reverse("portal:session_touch")).status_code == 204) is lives


def test_an_ended_session_is_gone_from_the_database_and_the_person_is_told(client, login, resident):
    login(resident)
    key = client.session.session_key
    age(client, 3600)
    response = client.get("/my/", follow=True)
    assert not Session.objects.filter(session_key=key).exists()
    assert response.redirect_chain == [("/accounts/login/?next=/my/", 302)]
    assert "しばらく操作がなかったためログアウトしました" in response.content.decode()


def test_a_session_that_our_sign_in_did_not_make_does_not_live(client, login, resident):
    login(resident)
    session = client.session
    del session[sessions.LAST_SEEN]
    session.save()
    assert client.get("/my/").status_code == 302


def test_the_row_is_written_at_most_once_in_five_minutes(client, login, resident, django_assert_num_queries):
    login(resident)
    url = reverse("portal:session_touch")
    age(client, 4 * 60)
    with django_assert_num_queries(2):  # session, user
        client.post(url)
    age(client, 5 * 60)
    before = client.session[sessions.LAST_SEEN]
    client.post(url)
    assert client.session[sessions.LAST_SEEN] >= before + 5 * 60


def test_touch_tells_a_visitor_that_there_is_no_session(client):
    assert client.post(reverse("portal:session_touch")).status_code == 401


def test_pages_say_how_long_the_session_lasts(client, login, resident):
    login(resident)
    assert 'data-session-idle="1800"' in client.get("/my/").content.decode()


def test_visitors_without_a_cookie_cost_no_session_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


# --- forms that outlive their session -----------------------------------------------------------

TARGET = "/my/profile/"


def lose_session(client) -> None:
    age(client, 3600)


def send(client, **fields):
    return client.post(TARGET, fields)


def kept_page(response) -> str:
    """Where the sign-in page will lead."""
    return re.search(r"next=([^&]+)", response.url).group(1).replace("%2F", "/")


def with_owner(client, person) -> Client:
    """As in a browser: the sign-in answered through our middleware, so the owner's cookie is set."""
    client.post(reverse("account_login"), {"login": person.user.email, "password": PASSWORD})
    assert kept_posts.OWNER_COOKIE in client.cookies
    return client


def test_a_form_sent_too_late_is_kept_and_sent_again_after_sign_in(client, resident):
    with_owner(client, resident)
    lose_session(client)
    response = send(client, family_name="緑野", note="一行目\r\n二行目", many=["a", "b"])
    assert response.url.startswith("/accounts/login/?next=%2Fsession%2Fkept%2F")
    assert "お預かりしています" in client.get(response.url).content.decode()

    with_owner(client, resident)
    page = client.get(kept_page(response)).content.decode()

    assert f'action="{TARGET}"' in page
    for name, value in [("family_name", "緑野"), ("note", "一行目\r\n二行目"), ("many", "a"), ("many", "b")]:
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_sign_in_leads_to_the_kept_form(client, resident):
    with_owner(client, resident)
    lose_session(client)
    login = send(client, family_name="緑野").url
    response = client.post(login, {"login": resident.user.email, "password": PASSWORD})
    assert response.url.startswith("/session/kept/")
    assert client.get(response.url).status_code == 200


def test_nobody_else_gets_the_kept_form(client, resident, another_resident):
    with_owner(client, resident)
    lose_session(client)
    url = kept_page(send(client, family_name="緑野"))
    with_owner(client, another_resident)
    response = client.get(url)
    assert response.status_code == 410
    assert "緑野" not in response.content.decode().replace("緑野市", "")


def test_another_browser_of_the_same_person_does_not_get_it(client, resident):
    with_owner(client, resident)
    lose_session(client)
    url = kept_page(send(client, family_name="緑野"))
    elsewhere = with_owner(Client(), resident)
    assert elsewhere.get(url).status_code == 410


def test_values_lie_encrypted_in_the_cache(client, resident):
    with_owner(client, resident)
    lose_session(client)
    send(client, family_name="みつからないでほしい")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cityhall_cache")
        stored = [base64.b64decode(row[0]) for row in cursor.fetchall()]
    assert stored
    assert not any("みつからないでほしい".encode() in value or b"\\u307f\\u3064" in value for value in stored)


def test_secrets_are_never_kept(client, resident):
    with_owner(client, resident)
    lose_session(client)
    url = kept_page(send(client, family_name="緑野", new_password="pw-1", otp_code="123456"))
    with_owner(client, resident)
    page = client.get(url).content.decode()
    assert "pw-1" not in page
    assert "123456" not in page


def test_a_large_form_is_not_kept_but_the_person_still_gets_to_sign_in(client, resident):
    with_owner(client, resident)
    lose_session(client)
    response = send(client, text="あ" * 340_000)
    assert response.url == f"/accounts/login/?next={TARGET}"


def test_files_are_named_so_that_they_can_be_chosen_again(client, resident):
    with_owner(client, resident)
    lose_session(client)
    response = send(client, family_name="緑野", scan=SimpleUploadedFile("住民票.pdf", b"%PDF-1.7"))
    with_owner(client, resident)
    page = client.get(kept_page(response)).content.decode()
    assert "住民票.pdf" in page
    assert 'enctype="multipart/form-data"' in page
    assert 'value="緑野"' in page


def test_nothing_is_kept_after_signing_out_on_purpose(client, resident):
    with_owner(client, resident)
    client.post(reverse("account_logout"))
    response = send(client, family_name="緑野")
    assert response.url == f"/accounts/login/?next={TARGET}"


def test_a_forged_owner_is_ignored(client, resident):
    client.cookies[kept_posts.OWNER_COOKIE] = f"{resident.user.username}:1:forged"
    assert send(client, family_name="緑野").url == f"/accounts/login/?next={TARGET}"


def test_a_button_without_values_is_kept_for_a_visitor(client, resident):
    response = client.post(TARGET)
    with_owner(client, resident)
    assert f'action="{TARGET}"' in client.get(kept_page(response)).content.decode()


# --- the CSRF page --------------------------------------------------------------------------------


def test_an_old_token_on_our_own_page_can_be_sent_again(resident):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/my/profile/", {"family_name": "緑野"}, headers={"Origin": "http://testserver"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "画面の有効期限が切れました" in page
    assert '<input type="hidden" name="family_name" value="緑野">' in page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    again = strict.post("/my/profile/", {"family_name": "緑野", "csrfmiddlewaretoken": token})
    assert again.status_code == 302


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {}])
def test_a_form_of_another_site_is_not_repeated(headers):
    response = Client(enforce_csrf_checks=True).post("/my/profile/", {"family_name": "罠"}, headers=headers)
    assert response.status_code == 403
    assert "罠" not in response.content.decode()
