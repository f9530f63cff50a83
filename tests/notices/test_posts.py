"""POSTs about notices of other people and of other departments find nothing and change nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from cityhall.enums import Role
from notices.models import Notice
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def send(browser, step, notice):
    return browser.post(reverse(f"notices:{step}", args=[notice.public_id]), {"reason": "理由", "text": "理由"})


def row_of(notice):
    return Notice.objects.values().get(pk=notice.pk)


@pytest.mark.parametrize("step", ["notice_open", "notice_confirm"])
def test_residents_send_nothing_to_notices_of_others(login, available, consenting, another_resident, supporter, step):
    notice = available(consenting)
    before = row_of(notice)
    for person in (another_resident, supporter):
        assert send(login(person, Client()), step, notice).status_code == 404
    assert row_of(notice) == before


@pytest.mark.parametrize(
    "step", ["staff_withdraw", "staff_returned", "staff_return_undone", "staff_post_again", "staff_made_by_hand"]
)
def test_staff_send_nothing_to_notices_of_another_department(login, available, consenting, departments, step):
    notice = available(consenting)
    before = row_of(notice)
    for role in (Role.CLERK, Role.HANDLER, Role.APPROVER):
        elsewhere = make_staff(role=role, department=departments["kaigo"])
        assert send(login(elsewhere, Client()), step, notice).status_code == 404
    assert row_of(notice) == before
