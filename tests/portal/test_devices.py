"""Pairing a machine in its browser."""

import pytest
from django.test import Client
from django.urls import reverse

from cityhall.enums import DeviceKind
from cityhall.models import Device
from cityhall.services import devices

pytestmark = pytest.mark.django_db


@pytest.fixture
def kiosk(municipality):
    return devices.create(kind=DeviceKind.KIOSK, name="1階 受付端末", department=None, by=None)


def url(device):
    return reverse("portal:device", args=[device.public_id])


def test_code_of_the_administrator_pairs_the_browser(client, kiosk):
    code = devices.new_pairing_code(kiosk, by=None)
    full_width = f"{code[:4]} {code[4:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    page = client.post(url(kiosk), {"code": full_width}, follow=True).content.decode()
    assert "この端末は接続されています" in page
    assert "1階 受付端末" in page
    assert client.cookies["device"]["httponly"]


def test_wrong_code_is_explained_and_pairs_nothing(client, kiosk):
    code = devices.new_pairing_code(kiosk, by=None)
    wrong = str((int(code) + 1) % 10**8).zfill(8)
    response = client.post(url(kiosk), {"code": wrong})
    assert "接続コードが正しくないか" in response.content.decode()
    assert "device" not in response.cookies
    assert Device.objects.get().token_hash is None


def test_unknown_address_looks_like_a_known_one(client, kiosk):
    stranger = reverse("portal:device", args=["2" * 22])
    assert client.get(stranger).status_code == 200
    page = client.post(stranger, {"code": "12345678"}).content.decode()
    assert "接続コードが正しくないか" in page


def test_short_code_is_explained_at_the_field(client, kiosk):
    assert "8桁の数字を入力してください" in client.post(url(kiosk), {"code": "12"}).content.decode()


def test_code_works_once(client, kiosk):
    code = devices.new_pairing_code(kiosk, by=None)
    client.post(url(kiosk), {"code": code})
    other = Client()
    assert "接続コードが正しくないか" in other.post(url(kiosk), {"code": code}).content.decode()


def test_revoked_device_is_paired_no_longer(client, kiosk):
    code = devices.new_pairing_code(kiosk, by=None)
    client.post(url(kiosk), {"code": code})
    devices.revoke(kiosk, by=None)
    assert "接続コード" in client.get(url(kiosk)).content.decode()


def test_administrator_is_told_code_and_address(login, administrator, kiosk):
    data = {"action": "show_pairing_code", "_selected_action": [kiosk.pk]}
    page = login(administrator).post("/admin/cityhall/device/", data, follow=True).content.decode()
    assert f"/devices/{kiosk.public_id}/" in page
