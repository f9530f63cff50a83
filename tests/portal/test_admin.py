import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from cityhall.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>")
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def url_of(model, page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


@pytest.mark.parametrize("who", ["resident", "clerk", "handler", "approver"])
def test_others_do_not_find_the_admin(client, login, request, who):
    login(request.getfixturevalue(who))
    assert client.get("/admin/login/").status_code == 404
    assert client.get("/admin/", follow=True).status_code == 404


def test_visitors_are_led_to_the_one_sign_in_page(client):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/")


def test_the_admin_has_no_password_page_of_its_own(client, login, administrator):
    login(administrator)
    assert client.get("/admin/password_change/").url == reverse("account_change_password")
    assert client.get("/admin/login/").url == "/admin/"


def test_auditors_see_the_trail_and_cannot_change_people(client, login, auditor):
    login(auditor)
    assert client.get("/admin/cityhall/auditevent/").status_code == 200
    assert client.get("/admin/cityhall/user/add/").status_code == 403


@pytest.mark.parametrize("path", ["django_q/schedule/", "django_q/ormq/", "auth/group/"])
def test_dangerous_third_party_models_are_not_there(client, login, administrator, path):
    login(administrator)
    assert client.get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_opens_searches_and_has_nothing_inline(client, login, administrator, model):
    login(administrator)
    assert admin.site._registry[model].search_fields
    response = client.get(url_of(model, "changelist"), {"q": "高橋"})
    assert response.status_code == 200
    assert INLINE.findall(response.content.decode()) == []


def test_index_is_grouped_in_the_order_of_the_house(client, login, administrator):
    login(administrator)
    page = client.get("/admin/").content.decode()
    places = [page.index(f'class="app-{label} ') for label in ("cityhall", "applications", "notices", "residents")]
    assert places == sorted(places)
    assert INLINE.findall(page) == []


def test_the_secret_of_a_second_factor_is_not_shown(client, login, administrator, handler):
    device = Authenticator.objects.create(user=handler, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    login(administrator)
    page = client.get(f"/admin/mfa/authenticator/{device.pk}/change/").content.decode()
    assert "handler@city.example.jp" in page or "審査 三郎" in page
    assert "JBSWY3DPEHPK3PXP" not in page


def sign_in_leads_to(email):
    return Client().post(reverse("account_login"), {"login": email, "password": PASSWORD}).get("Location", "")


def test_an_address_an_administrator_replaces_opens_nothing_any_more(client, login, administrator, handler):
    old = handler.email
    assert sign_in_leads_to(old) != ""
    login(administrator)
    values = {"email": "new@city.example.jp", "name": handler.name, "language": "ja", "is_active": "on"}
    role = handler.roles.get()
    roles = {
        "roles-TOTAL_FORMS": "1",
        "roles-INITIAL_FORMS": "1",
        "roles-0-id": role.pk,
        "roles-0-user": handler.pk,
        "roles-0-role": role.role,
        "roles-0-department": role.department_id,
        "roles-0-active_from": "2020-01-01",
    }
    changed = client.post(f"/admin/cityhall/user/{handler.pk}/change/", values | roles)
    assert changed.status_code == 302
    handler = User.objects.get(pk=handler.pk)
    assert (handler.email, handler.email_verified_at) == ("new@city.example.jp", None)
    assert sign_in_leads_to(old) == ""
    assert not EmailAddress.objects.filter(email=old).exists()
    # the new one must be proven by its code first
    assert sign_in_leads_to("new@city.example.jp") == reverse("account_email_verification_sent")


def test_a_change_of_the_name_leaves_the_address_proven(client, login, administrator, resident):
    login(administrator)
    client.post(f"/admin/cityhall/user/{resident.user.pk}/change/", {"is_active": "on"})
    user = User.objects.get(pk=resident.user.pk)
    assert user.email_verified_at is not None
    assert EmailAddress.objects.get(user=user).verified is True
