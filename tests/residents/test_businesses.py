import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.models import AuditEvent
from residents.enums import InvitationState
from residents.errors import InvitationOver, LastManager, NotManager, TooManyBusinesses, TooManyInvitations
from residents.models import Business, BusinessInvitation, BusinessMember
from residents.queries import businesses_of, memberships_of, open_invitations
from residents.services import (
    answer_invitation,
    cancel_invitation,
    end_member,
    invite_member,
    register_business,
    update_business,
    verify_business,
)
from residents.services import members as services
from tests import factories

pytestmark = pytest.mark.django_db

NUMBER = "7000012050002"


@pytest.fixture
def firm(municipality, resident):
    return register_business(
        name="株式会社緑野商店",
        corporate_number=NUMBER,
        representative="代表取締役 緑野 太郎",
        address="東京都緑野市緑町1-2-3",
        phone="03-1234-5678",
        by=resident.user,
    )


@pytest.fixture
def invitation(firm, resident, supporter):
    return invite_member(business=firm, email=" Supporter@Example.JP", by=resident.user)


@pytest.fixture
def member(invitation, supporter):
    answer_invitation(invitation=invitation, by=supporter.user, accept=True)
    return BusinessMember.objects.get(user=supporter.user)


def url(name, row=None):
    return reverse(f"residents:{name}", args=[row.public_id] if row else [])


# --- services ------------------------------------------------------------------------------------


def test_an_invitation_waits_for_the_owner_of_the_address(invitation, resident, supporter, another_resident):
    assert invitation.email == "supporter@example.jp"
    assert list(open_invitations(supporter.user)) == [invitation]
    assert not open_invitations(another_resident.user).exists()
    assert not memberships_of(supporter.user)


def test_accepting_lets_file(member, firm, supporter):
    assert businesses_of(supporter.user) == [firm]
    assert not member.is_manager
    assert not open_invitations(supporter.user).exists()


def test_declining_does_not(invitation, supporter):
    answer_invitation(invitation=invitation, by=supporter.user, accept=False)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.DECLINED
    assert businesses_of(supporter.user) == []


def test_an_invitation_is_answered_once(member, invitation, supporter):
    with pytest.raises(InvitationOver):
        answer_invitation(invitation=invitation, by=supporter.user, accept=False)
    assert BusinessMember.objects.filter(user=supporter.user, ended_at=None).count() == 1


@pytest.mark.parametrize("why", ["unproven", "late", "cancelled", "another"])
def test_an_invitation_that_is_not_open_to_somebody_is_over(invitation, resident, supporter, another_resident, why):
    by, now = supporter.user, None
    if why == "unproven":
        by.email_verified_at = None
    elif why == "late":
        now = timezone.now() + dt.timedelta(days=31)
    elif why == "cancelled":
        cancel_invitation(invitation=invitation, by=resident.user)
    else:
        by = another_resident.user
    with pytest.raises(InvitationOver):
        answer_invitation(invitation=invitation, by=by, accept=True, now=now)
    assert BusinessMember.objects.count() == 1


def test_inviting_twice_is_one_invitation_and_one_mail(mailoutbox, invitation, firm, resident):
    assert invite_member(business=firm, email="supporter@example.jp", by=resident.user) == invitation
    (mail,) = mailoutbox
    assert mail.to == ["supporter@example.jp"]
    assert "緑野商店" not in mail.body + mail.subject


def test_inviting_an_unknown_address_looks_the_same_and_mails_nobody(mailoutbox, firm, resident):
    unknown = invite_member(business=firm, email="nobody@example.jp", by=resident.user)
    assert unknown.state == InvitationState.OPEN
    assert mailoutbox == []


def test_a_person_registers_so_many_businesses(login, firm, resident, supporter, monkeypatch):
    monkeypatch.setattr("residents.services.businesses.MAX_BUSINESSES", 1)
    with pytest.raises(TooManyBusinesses):
        register_business(name="二つ目", by=resident.user)
    values = {"name": "二つ目の店", "representative": "緑野 太郎", "address": "緑野市緑町1-2-3"}
    page = login(resident).post(reverse("residents:business_register"), values)
    assert "登録できる事業者は、お一人1件までです。" in page.text
    assert 'value="二つ目の店"' in page.text
    # being let in by others, and other people, are not held up
    register_business(name="別の店", by=supporter.user)
    assert Business.objects.count() == 2


def test_invitations_have_an_end(firm, resident, monkeypatch):
    monkeypatch.setattr(services, "MAX_OPEN_INVITATIONS", 1)
    invite_member(business=firm, email="a@example.jp", by=resident.user)
    with pytest.raises(TooManyInvitations):
        invite_member(business=firm, email="b@example.jp", by=resident.user)


def test_an_invitation_nobody_answered_in_time_is_sent_anew(
    mailoutbox, login, firm, invitation, resident, supporter, monkeypatch
):
    monkeypatch.setattr(services, "MAX_OPEN_INVITATIONS", 1)
    BusinessInvitation.objects.update(invited_at=timezone.now() - dt.timedelta(days=31))
    over = "回答の期限（30日）を過ぎました。"
    assert over in login(resident).get(url("business_detail", firm)).text
    other = invite_member(business=firm, email="nobody@example.jp", by=resident.user)
    cancel_invitation(invitation=other, by=resident.user)
    anew = invite_member(business=firm, email="supporter@example.jp", by=resident.user)
    assert anew != invitation
    assert len(mailoutbox) == 2
    assert list(open_invitations(supporter.user)) == [anew]
    assert over not in login(resident).get(url("business_detail", firm)).text


def test_only_managers_invite_cancel_change_and_end(firm, invitation, member, resident, supporter, another_resident):
    own = BusinessMember.objects.get(user=resident.user)
    for by in (supporter.user, another_resident.user):
        for step in (
            lambda by=by: invite_member(business=firm, email="x@example.jp", by=by),
            lambda by=by: cancel_invitation(invitation=invitation, by=by),
            lambda by=by: update_business(business=firm, by=by, name="乗っ取り商店"),
            lambda by=by: end_member(member=own, by=by),
        ):
            with pytest.raises(NotManager):
                step()
    firm.refresh_from_db()
    assert firm.name == "株式会社緑野商店"


def test_everybody_ends_their_own_membership(member, supporter):
    end_member(member=member, by=supporter.user)
    assert businesses_of(supporter.user) == []


def test_the_last_manager_stays(firm, member, resident):
    own = BusinessMember.objects.get(user=resident.user)
    with pytest.raises(LastManager):
        end_member(member=own, by=resident.user)
    BusinessMember.objects.filter(pk=member.pk).update(is_manager=True)
    end_member(member=own, by=resident.user)
    end_member(member=own, by=resident.user)
    assert AuditEvent.objects.filter(detail="member ended").count() == 1


def test_what_staff_checked_is_checked_again_when_it_changes(firm, resident, clerk):
    assert verify_business(business=firm, by=clerk)
    assert not verify_business(business=firm, by=clerk)
    changed = update_business(business=firm, by=resident.user, phone="03-0000-1111")
    assert changed.verified_at is not None
    changed = update_business(business=firm, by=resident.user, representative="代表取締役 別の 人")
    assert (changed.verified_at, changed.verified_by) == (None, None)
    event = AuditEvent.objects.filter(detail="business changed").order_by("id").last()
    assert event.changed_fields == ["representative"]


# --- pages ----------------------------------------------------------------------------------------


GOOD = {
    "corporate_number": "７００００-１２０５０００２",
    "name": "株式会社緑野商店",
    "name_kana": "",
    "representative": "代表取締役 緑野 太郎",
    "postal_code": "100-0013",
    "address": "東京都緑野市緑町1-2-3",
    "phone": "03-1234-5678",
}


def test_registering_makes_the_first_manager(login, municipality, resident):
    answer = login(resident).post(url("business_register"), GOOD)
    business = Business.objects.get()
    assert answer.url == url("business_detail", business)
    assert (business.corporate_number, business.postal_code, business.phone) == (NUMBER, "1000013", "03-1234-5678")
    assert memberships_of(resident.user)[0].is_manager


@pytest.mark.parametrize(
    ("number", "words"),
    [("1234567890123", "法人番号の検査数字が合いません。"), ("123", "法人番号の検査数字が合いません。")],
)
def test_a_wrong_number_is_refused(login, municipality, resident, number, words):
    answer = login(resident).post(url("business_register"), GOOD | {"corporate_number": number})
    assert words in answer.text
    assert not Business.objects.exists()


def test_a_number_that_is_registered_lets_nobody_in(login, firm, another_resident):
    answer = login(another_resident).post(url("business_register"), GOOD)
    assert "管理者から招待を受けてください。" in answer.text
    assert memberships_of(another_resident.user) == []


def test_sending_the_form_twice_registers_once(login, municipality, resident):
    browser = login(resident)
    for _time in range(2):
        browser.post(url("business_register"), GOOD)
    assert Business.objects.count() == 1


def test_pages_are_for_members(login, client, firm, invitation, member, another_resident, handler):
    pages = [url("business_detail", firm), url("business_edit", firm), url("member_end", member)]
    for page in pages:
        assert client.get(page).url.startswith("/accounts/login/")
        for person in (another_resident, handler):
            assert login(person).get(page).status_code == 404
            assert login(person).post(page, GOOD).status_code in (404, 405)
        client.logout()


def test_members_see_the_business_but_manage_nothing(login, firm, member, supporter):
    browser = login(supporter)
    page = browser.get(url("business_detail", firm)).text
    assert "株式会社緑野商店" in page
    assert "担当者を招待する" not in page
    assert browser.get(url("business_edit", firm)).status_code == 404
    assert browser.post(url("member_invite", firm), {"email": "x@example.jp"}).status_code == 404


def test_a_manager_invites_and_the_other_accepts_on_their_page(login, client, firm, resident, supporter):
    login(resident).post(url("member_invite", firm), {"email": "supporter@example.jp"})
    invitation = BusinessInvitation.objects.get()
    page = login(supporter).get(reverse("portal:my_page")).text
    assert "株式会社緑野商店" in page
    assert url("invitation_answer", invitation) in page
    for _time in range(2):
        answer = client.post(url("invitation_answer", invitation), {"answer": "accept"})
        assert answer.url == url("business_list")
    assert businesses_of(supporter.user) == [firm]


def test_nobody_else_answers_or_cancels(login, invitation, supporter, another_resident):
    assert login(another_resident).post(url("invitation_answer", invitation)).status_code == 404
    assert login(supporter).post(url("invitation_cancel", invitation)).status_code == 404
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPEN


def test_a_manager_cancels_and_ends(login, firm, invitation, resident):
    browser = login(resident)
    browser.post(url("invitation_cancel", invitation))
    browser.post(url("invitation_cancel", invitation))
    other = factories.make_resident_user("member@example.jp")
    member = services.add_member(business=firm, user=other.user, by=resident.user)
    assert "担当を終了しますか" in browser.get(url("member_end", member)).text
    browser.post(url("member_end", member))
    assert businesses_of(other.user) == []
    own = BusinessMember.objects.get(user=resident.user)
    assert str(LastManager.message) in browser.post(url("member_end", own), follow=True).text


def test_changing_the_business(login, firm, resident):
    browser = login(resident)
    browser.post(url("business_edit", firm), GOOD | {"name": "株式会社みどり", "corporate_number": "1"})
    firm.refresh_from_db()
    assert (firm.name, firm.corporate_number) == ("株式会社みどり", NUMBER)


def test_staff_verify_in_the_admin(login, firm, administrator):
    browser = login(administrator)
    path = reverse("admin:residents_business_changelist")
    assert "株式会社緑野商店" in browser.get(path, {"verified": "no"}).text
    browser.post(path, {"action": "verify", "_selected_action": [firm.pk]})
    firm.refresh_from_db()
    assert (firm.verified_by, firm.verified_at is not None) == (administrator, True)
    assert "株式会社緑野商店" not in browser.get(path, {"verified": "no"}).text
