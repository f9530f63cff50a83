import datetime as dt

import pytest
from django.utils import timezone

from cityhall.enums import DeviceKind
from cityhall.models import AuditEvent, Device
from cityhall.services import devices
from cityhall.services.devices import PairingRefused

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def device(administrator):
    return devices.create(kind=DeviceKind.KIOSK, name="1階の受付端末", department=None, by=administrator)


def test_a_device_is_paired_by_its_code_and_known_by_its_token(device, administrator):
    code = devices.new_pairing_code(device, by=administrator, now=NOW)
    assert len(code) == 8
    assert code.isdecimal()
    token = devices.pair(code, public_id=device.public_id, now=NOW)
    assert devices.authenticate(token, now=NOW) == device
    assert [event.detail for event in AuditEvent.objects.order_by("id")] == ["", "pairing code", "paired"]


def test_neither_code_nor_token_stand_in_the_database(device):
    code = devices.new_pairing_code(device, by=None, now=NOW)
    stored = Device.objects.values().get()
    assert code not in str(stored)
    token = devices.pair(code, public_id=device.public_id, now=NOW)
    assert token not in str(Device.objects.values().get())


def test_a_code_works_once(device):
    code = devices.new_pairing_code(device, by=None, now=NOW)
    devices.pair(code, public_id=device.public_id, now=NOW)
    with pytest.raises(PairingRefused):
        devices.pair(code, public_id=device.public_id, now=NOW)


def test_a_code_ends_after_ten_minutes(device):
    code = devices.new_pairing_code(device, by=None, now=NOW)
    with pytest.raises(PairingRefused):
        devices.pair(code, public_id=device.public_id, now=NOW + dt.timedelta(minutes=10))


def test_a_code_has_five_tries(device):
    code = devices.new_pairing_code(device, by=None, now=NOW)
    wrong = "00000000" if code != "00000000" else "11111111"
    for _turn in range(5):
        with pytest.raises(PairingRefused):
            devices.pair(wrong, public_id=device.public_id, now=NOW)
    with pytest.raises(PairingRefused):
        devices.pair(code, public_id=device.public_id, now=NOW)
    code = devices.new_pairing_code(device, by=None, now=NOW)
    assert devices.pair(code, public_id=device.public_id, now=NOW)


def test_a_code_pairs_its_own_device_only(device):
    other = devices.create(kind=DeviceKind.DISPLAY, name="番号表示", department=None, by=None)
    code = devices.new_pairing_code(device, by=None, now=NOW)
    devices.new_pairing_code(other, by=None, now=NOW)
    with pytest.raises(PairingRefused):
        devices.pair(code, public_id=other.public_id, now=NOW)


def test_a_device_paired_again_loses_its_old_token(device):
    tokens = []
    for _turn in range(2):
        code = devices.new_pairing_code(device, by=None, now=NOW)
        tokens.append(devices.pair(code, public_id=device.public_id, now=NOW))
    assert devices.authenticate(tokens[0]) is None
    assert devices.authenticate(tokens[1]) == device


def test_a_revoked_device_is_unknown_and_cannot_be_paired(device):
    token = devices.pair(devices.new_pairing_code(device, by=None), public_id=device.public_id)
    code = devices.new_pairing_code(device, by=None)
    devices.revoke(device, by=None)
    assert devices.authenticate(token) is None
    with pytest.raises(PairingRefused):
        devices.pair(code, public_id=device.public_id)


def test_the_last_sign_of_life_is_written_once_a_minute(device, django_assert_num_queries):
    token = devices.pair(devices.new_pairing_code(device, by=None, now=NOW), public_id=device.public_id, now=NOW)
    with django_assert_num_queries(1):
        devices.authenticate(token, now=NOW + dt.timedelta(seconds=59))
    with django_assert_num_queries(2):
        devices.authenticate(token, now=NOW + dt.timedelta(seconds=60))
    assert Device.objects.get().last_seen_at == NOW + dt.timedelta(seconds=60)


def test_nonsense_is_nobody(device):
    assert devices.authenticate("") is None
    assert devices.authenticate("nonsense", now=timezone.now()) is None
