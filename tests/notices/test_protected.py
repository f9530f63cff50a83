"""A protected address (支援措置) is on the document of a notice: no agent sees it, and few members of staff."""

import datetime as dt

import pytest
from django.urls import reverse

from notices import queries
from notices.services import NotTheRecipient, open_notice
from residents.models import Resident
from tests.notices.test_receipts import give_mandate

pytestmark = pytest.mark.django_db

ADDRESS = "3-30-8"


@pytest.fixture
def notice(available, consenting):
    """A notice of somebody whose address is protected."""
    Resident.objects.filter(pk=consenting.pk).update(protected_until=dt.date(2999, 3, 31))
    consenting.refresh_from_db()
    return available(consenting)


def url(name, notice):
    return reverse(f"notices:{name}", args=[notice.public_id])


def content(response):
    return b"".join(response.streaming_content)


def test_agent_of_a_protected_person_sees_and_opens_nothing(login, notice, consenting, supporter):
    give_mandate(consenting, supporter)
    client = login(supporter)
    assert not queries.visible_to(supporter.user).exists()
    assert client.get(url("notice_document", notice)).status_code == 404
    with pytest.raises(NotTheRecipient):
        open_notice(notice, by=supporter.user)


def test_protected_person_opens_their_own(login, notice, consenting):
    client = login(consenting)
    client.post(url("notice_open", notice))
    assert content(client.get(url("notice_document", notice))).startswith(b"%PDF-")


def test_agent_opens_again_when_the_protection_is_over(notice, consenting, supporter):
    give_mandate(consenting, supporter)
    Resident.objects.filter(pk=consenting.pk).update(protected_until=dt.date(2020, 3, 31))
    assert list(queries.visible_to(supporter.user)) == [notice]


def test_staff_without_the_right_get_no_document(login, notice, handler, consenting):
    client = login(handler)
    assert client.get(url("staff_document", notice)).status_code == 404
    page = client.get(url("staff_detail", notice)).text
    assert url("staff_document", notice) not in page
    assert "支援措置" in page
    Resident.objects.filter(pk=consenting.pk).update(protected_until=None)
    assert content(client.get(url("staff_document", notice))).startswith(b"%PDF-")


def test_staff_with_the_right_read_the_document(login, notice, administrator):
    client = login(administrator)
    assert url("staff_document", notice) in client.get(url("staff_detail", notice)).text
    assert content(client.get(url("staff_document", notice))).startswith(b"%PDF-")


def test_admin_hides_the_address_from_those_without_the_right(login, notice, auditor, administrator, consenting):
    page = reverse("admin:notices_notice_change", args=[notice.pk])
    assert ADDRESS not in login(auditor).get(page).text
    assert ADDRESS in login(administrator).get(page).text
    Resident.objects.filter(pk=consenting.pk).update(protected_until=None)
    assert ADDRESS in login(auditor).get(page).text
