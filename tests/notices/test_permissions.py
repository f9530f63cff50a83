"""What the roles of this app's pages let nobody else do."""

import pytest
from django.db import IntegrityError, transaction

from cityhall.db import violated
from cityhall.enums import Role
from cityhall.models import StaffRole
from cityhall.role_rights import permissions_of
from tests.factories import make_staff


def test_heads_of_districts_have_circulars_and_homes_and_nothing_else_in_any_app():
    assert permissions_of(Role.DISTRICT_HEAD) == {
        *(f"notices.{act}_circular" for act in ("view", "add", "change")),
        *(f"notices.{act}_circularhome" for act in ("view", "add", "change")),
    }


def test_clerks_look_after_no_circulars():
    for role in (Role.CLERK, Role.CONTRACT_CLERK):
        assert not any("circular" in right for right in permissions_of(role))


def test_approvers_and_administrators_alone_withdraw_notices_and_approve_campaigns():
    for right in ("notices.withdraw_notice", "notices.approve_campaign"):
        assert {role for role in Role if right in permissions_of(role)} == {Role.APPROVER, Role.ADMINISTRATOR}


def test_a_head_of_a_district_belongs_to_no_department(department, district_head):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        StaffRole.objects.filter(user=district_head).update(department=department)
    assert violated(caught.value) == "staff_role_of_district_head_has_none"


def test_others_still_need_a_department(db):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make_staff(role=Role.HANDLER)
    assert violated(caught.value) == "staff_role_has_department"
