import datetime as dt

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AnonymousUser, Group, Permission

from cityhall import days, role_rights
from cityhall.auth import CityArgon2PasswordHasher, StaffRoleBackend
from cityhall.enums import GrantedRightKind, Role
from cityhall.models import GrantedRight, StaffRole, User
from cityhall.queries.staff import NOBODY, scope_of
from cityhall.role_rights import permissions_of
from tests import factories

pytestmark = pytest.mark.django_db

VIEW_AUDIT = "cityhall.view_auditevent"
CHANGE_USER = "cityhall.change_user"


def fresh(user):
    """The user as the next request loads them, without anything kept on the object."""
    return User.objects.get(pk=user.pk)


def test_rights_come_from_the_roles(administrator, auditor, clerk, resident):
    assert administrator.has_perms([VIEW_AUDIT, CHANGE_USER])
    assert auditor.has_perm(VIEW_AUDIT)
    assert not auditor.has_perm(CHANGE_USER)
    assert not clerk.has_perm(VIEW_AUDIT)
    assert not resident.user.has_perm(VIEW_AUDIT)
    assert (auditor.has_module_perms("cityhall"), resident.user.has_module_perms("cityhall")) == (True, False)


def test_nobody_changes_or_deletes_the_audit_trail():
    for role in Role:
        rights = permissions_of(role)
        assert not rights & {
            f"cityhall.{verb}_audit{what}" for verb in ("add", "change", "delete") for what in ("event", "seal")
        }


@pytest.mark.parametrize(
    ("begins", "ends", "in_force"),
    [(0, None, True), (0, 0, True), (1, None, False), (-10, -1, False), (-10, 0, True)],
)
def test_a_role_holds_from_its_first_to_its_last_day(begins, ends, in_force):
    today = days.today()
    user = factories.make_staff(
        role=Role.AUDITOR,
        active_from=today + dt.timedelta(days=begins),
        active_until=None if ends is None else today + dt.timedelta(days=ends),
    )
    assert user.has_perm(VIEW_AUDIT) is in_force
    assert (Role.AUDITOR in scope_of(fresh(user)).roles) is in_force


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_a_role_of_somebody_who_left_gives_nothing(auditor, field):
    User.objects.filter(pk=auditor.pk).update(**{field: False})
    assert not fresh(auditor).has_perm(VIEW_AUDIT)
    assert scope_of(fresh(auditor)) is NOBODY


def test_a_superuser_may_everything():
    user = User.objects.create_superuser("root@city.example.jp")
    assert user.has_perm(CHANGE_USER)
    assert scope_of(user).is_administrator


def test_a_role_gives_no_right_on_single_rows(auditor):
    assert not StaffRoleBackend().has_perm(auditor, VIEW_AUDIT, obj=auditor)
    assert StaffRoleBackend().get_all_permissions(AnonymousUser()) == set()


def test_a_contract_clerk_never_decides(monkeypatch):
    tables = {Role.CONTRACT_CLERK: frozenset({"applications.decide_application", "applications.view_application"})}
    monkeypatch.setattr("cityhall.permissions.ROLE_PERMISSIONS", tables)
    permissions_of.cache_clear()
    try:
        assert "applications.decide_application" not in permissions_of(Role.CONTRACT_CLERK)
        assert "applications.view_application" in permissions_of(Role.CONTRACT_CLERK)
        assert "applications.decide_application" in role_rights.deciding_rights_of_contract_clerks()
    finally:
        permissions_of.cache_clear()


def test_rights_cost_their_queries_once(handler, django_assert_num_queries):
    backend = StaffRoleBackend()
    with django_assert_num_queries(2):
        for _turn in range(3):
            backend.has_perm(handler, VIEW_AUDIT)
            backend.has_module_perms(handler, "cityhall")
            scope_of(handler)


def test_all_rights_of_a_person_cost_two_queries(handler, django_assert_num_queries):
    person = fresh(handler)
    # roles, and what other departments granted: Django's groups and single permissions are not asked
    with django_assert_num_queries(2):
        assert not person.has_perm(VIEW_AUDIT)
        assert person.has_module_perms("applications")
        assert person.get_all_permissions() == permissions_of(Role.HANDLER)


def test_groups_and_single_permissions_of_django_give_no_right(handler):
    change = Permission.objects.get(content_type__app_label="cityhall", codename="change_user")
    handler.user_permissions.add(change)
    group = Group.objects.create(name="everything")
    group.permissions.add(change)
    handler.groups.add(group)
    assert not fresh(handler).has_perm(CHANGE_USER)


def test_scope_names_departments_and_what_others_granted(handler, departments):
    own, other = departments["kosodate"], departments["shimin"]
    grant = {"from_department": other, "to_department": own, "active_from": dt.date(2020, 1, 1)}
    GrantedRight.objects.create(**grant, kind=GrantedRightKind.RECEPTION, procedure_key="residence-copy")
    GrantedRight.objects.create(
        **grant, kind=GrantedRightKind.DECISION, procedure_key="old", active_until=dt.date(2020, 12, 31)
    )
    GrantedRight.objects.create(
        from_department=own,
        to_department=other,
        kind=GrantedRightKind.DECISION,
        procedure_key="child-allowance",
        active_from=dt.date(2020, 1, 1),
    )
    scope = scope_of(handler)
    assert scope.roles == {Role.HANDLER}
    assert scope.department_ids == {own.pk}
    assert scope.granted[GrantedRightKind.RECEPTION] == {(other.pk, "residence-copy")}
    assert scope.granted[GrantedRightKind.DECISION] == frozenset()
    assert (scope.is_administrator, scope.is_auditor) == (False, False)


def test_scope_of_several_roles(handler, departments):
    StaffRole.objects.create(
        user=handler, role=Role.APPROVER, department=departments["shimin"], active_from=dt.date(2020, 1, 1)
    )
    scope = scope_of(handler)
    assert scope.roles == {Role.HANDLER, Role.APPROVER}
    assert scope.department_ids == {departments["kosodate"].pk, departments["shimin"].pk}


def test_scope_of_strangers(resident):
    assert scope_of(AnonymousUser()) is NOBODY
    assert scope_of(resident.user) is NOBODY


def test_passwords_are_hashed_with_argon2_at_the_chosen_cost(settings):
    settings.PASSWORD_HASHERS = ["cityhall.auth.CityArgon2PasswordHasher"]
    encoded = make_password("correct horse battery")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("correct horse battery", encoded)
    assert not check_password("wrong", encoded)
    assert CityArgon2PasswordHasher().decode(encoded)["memory_cost"] == 19456
