from cityhall.enums import Role
from tests.factories import make_staff


def test_district_head_reads_notices_prints_letters_and_sees_failures(department):
    head = make_staff(role=Role.DISTRICT_HEAD, department=department)
    for name in ("view_notice", "view_receiptevent", "add_letterrun", "change_letterrun", "view_failures"):
        assert head.has_perm(f"notices.{name}")
    assert not head.has_perm("notices.withdraw_notice")
