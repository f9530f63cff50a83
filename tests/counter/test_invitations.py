"""An account offered at the desk: one code, taken up on a telephone, in force once the desk has confirmed it."""

import datetime as dt
from http import HTTPStatus

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from counter.enums import Companion, VisitState
from counter.models import AccountInvitation, Visit
from counter.services import certificates, invitations, visits
from counter.services.invitations import AccountTaken, CannotInvite, InvitationOver
from portal.adapters import AccountAdapter
from residents.enums import ConsentKind, IdentityLevel, ResidentSource
from residents.models import Resident
from residents.queries import identity_level_of
from residents.services import consents
from tests import factories
from tests.counter import certkit, receivingkit
from tests.counter.kit import NOW
from tests.reservations import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db):
    """Somebody the city knows, without an account."""
    return factories.make_resident(source=ResidentSource.REGISTER)


@pytest.fixture
def visit(municipality, department, clerk, person):
    place = kit.make_place()
    kit.make_service(kit.make_group(department), place)
    procedure = receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [procedure], resident=person)
    return visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(procedure))


@pytest.fixture
def user(db):
    return factories.make_user("new@example.jp")


def test_account_is_tied_once_the_desk_has_confirmed(visit, clerk, user, person):
    invitation, code = invitations.invite(visit, by=clerk)
    invitations.claim(code, by=user, wants_digital=True)
    assert Resident.objects.filter(user=user).count() == 0
    invitations.confirm(invitation, by=clerk)
    person.refresh_from_db()
    assert (person.user, identity_level_of(person)) == (user, IdentityLevel.STAFF)
    assert consents.has_consent(person, ConsentKind.DIGITAL_NOTICE)
    invitation.refresh_from_db()
    # nothing leads from the visit to the account any more
    assert (invitation.confirmed_at is not None, invitation.claimed_by) == (True, None)


def test_nobody_consents_who_did_not_say_so(visit, clerk, user, person):
    invitation, code = invitations.invite(visit, by=clerk)
    invitations.claim(code, by=user, wants_digital=False)
    assert not consents.has_consent(invitations.confirm(invitation, by=clerk), ConsentKind.DIGITAL_NOTICE)


def test_what_the_account_said_of_itself_joins_the_record(visit, clerk, person):
    own = factories.make_resident_user("own@example.jp")
    invitation, code = invitations.invite(visit, by=clerk)
    invitations.claim(code, by=own.user, wants_digital=False)
    assert invitations.confirm(invitation, by=clerk) == person
    own.refresh_from_db()
    assert (own.merged_into, own.user) == (person, None)


def test_code_is_stored_nowhere(visit, clerk):
    invitation, code = invitations.invite(visit, by=clerk)
    assert code not in str(AccountInvitation.objects.values().get(pk=invitation.pk))


def test_code_is_for_one_account_and_half_an_hour(visit, clerk, user):
    _invitation, code = invitations.invite(visit, by=clerk)
    late = timezone.now() + dt.timedelta(minutes=31)
    with pytest.raises(InvitationOver):
        invitations.claim(code, by=user, wants_digital=False, now=late)
    one = invitations.claim(code, by=user, wants_digital=False)
    assert invitations.claim(code, by=user, wants_digital=False) == one
    with pytest.raises(InvitationOver):
        invitations.claim(code, by=factories.make_user(), wants_digital=False)


def test_new_code_ends_the_earlier_one(visit, clerk, user):
    _first, code = invitations.invite(visit, by=clerk)
    invitations.invite(visit, by=clerk)
    with pytest.raises(InvitationOver):
        invitations.claim(code, by=user, wants_digital=False)


def test_code_ends_with_the_visit(visit, clerk, user):
    _invitation, code = invitations.invite(visit, by=clerk)
    visits.close(visit, clerk)
    with pytest.raises(InvitationOver):
        invitations.claim(code, by=user, wants_digital=False)


def test_account_nobody_confirmed_is_forgotten_with_the_visit(visit, clerk, user):
    invitation, code = invitations.invite(visit, by=clerk)
    invitations.claim(code, by=user, wants_digital=True)
    visits.close(visit, clerk)
    invitation.refresh_from_db()
    assert (invitation.claimed_by, invitation.claimed_at is not None, invitation.confirmed_at) == (None, True, None)
    with pytest.raises(InvitationOver):
        invitations.confirm(invitation, by=clerk)


def test_photographed_code_is_refused_at_the_desk(visit, clerk, user, person):
    invitation, code = invitations.invite(visit, by=clerk)
    invitations.claim(code, by=user, wants_digital=True)
    invitations.refuse(invitation, by=clerk)
    with pytest.raises(InvitationOver):
        invitations.confirm(invitation, by=clerk)
    person.refresh_from_db()
    assert person.user is None


def test_account_of_somebody_else_or_of_staff_is_refused(visit, clerk, handler, another_resident):
    _invitation, code = invitations.invite(visit, by=clerk)
    Resident.objects.filter(pk=another_resident.pk).update(source=ResidentSource.REGISTER)
    for account in (handler, another_resident.user):
        with pytest.raises(AccountTaken):
            invitations.claim(code, by=account, wants_digital=False)


@pytest.mark.parametrize(
    ("proof", "is_other"),
    [
        ({"name": "高橋 花子", "birth_date": dt.date(1990, 1, 1)}, True),
        ({"name": "妻 花子"}, True),
        ({"birth_date": dt.date(1990, 1, 1)}, True),
        ({"name": "髙橋　さくら"}, False),
        ({"name": "妻 花子", "level": IdentityLevel.EMAIL}, False),
    ],
)
def test_account_proven_to_be_somebody_else_is_not_tied(visit, clerk, person, proof, is_other):
    own = factories.make_resident_user("own@example.jp")
    own.identity_proofs.create(provider="card", **({"level": IdentityLevel.CARD} | proof))
    invitation, code = invitations.invite(visit, by=clerk)
    invitations.claim(code, by=own.user, wants_digital=False)
    if is_other:
        with pytest.raises(AccountTaken):
            invitations.confirm(invitation, by=clerk)
    else:
        invitations.confirm(invitation, by=clerk)
    assert person.identity_proofs.filter(level=IdentityLevel.CARD).exists() == (proof == {"name": "髙橋　さくら"})


@pytest.mark.parametrize("change", [{"resident": None}, {"is_practice": True}, {"companion": Companion.PROXY}])
def test_nobody_else_is_invited(visit, clerk, change):
    Visit.objects.update(**change | ({"companion_name": "代理 人"} if "companion" in change else {}))
    with pytest.raises(CannotInvite):
        invitations.invite(receivingkit.fresh(visit), by=clerk)


def test_who_has_an_account_is_not_invited(visit, clerk, user, person):
    Resident.objects.filter(pk=person.pk).update(user=user)
    with pytest.raises(CannotInvite):
        invitations.invite(receivingkit.fresh(visit), by=clerk)


def test_way_from_the_tablet_over_the_telephone_and_back(visit, clerk, login, user, person, monkeypatch):
    desk = login(clerk)
    codes = []
    made = invitations.invite
    monkeypatch.setattr(invitations, "invite", lambda *args, **kwargs: codes.append(made(*args, **kwargs)) or codes[-1])
    at = {name: reverse(f"counter:{name}", args=[visit.public_id]) for name in NAMES}
    assert at["visit_invite"] in desk.get(at["visit_received"]).content.decode()
    assert "<svg" in desk.post(at["visit_invite"]).content.decode()
    telephone = Client()
    address = reverse("counter:invited", args=[codes[0][1]])
    page = telephone.get(address)
    assert 'href="/accounts/signup/"' in page.content.decode()
    # sessions lie in the database
    assert codes[0][1] not in str(dict(telephone.session))
    # the address is told to nobody else, and to us: without it the browser's own check of the form fails
    assert page.headers["Referrer-Policy"] == "same-origin"
    login(user, telephone)
    assert "new@example.jp" in telephone.get(address).content.decode()
    assert "職員にお声がけください" in telephone.post(address, {"digital": "yes"}, follow=True).content.decode()
    assert "new@example.jp" in desk.get(at["visit_invitation"]).content.decode()
    desk.post(at["visit_invitation_answer"], {"action": "confirm"})
    person.refresh_from_db()
    assert person.user == user
    # opened again, or sent again by going back: it is done, and nobody is called a stranger
    assert "利用者登録が終わりました" in telephone.get(address).content.decode()
    assert "利用者登録が終わりました" in telephone.post(address, {"digital": "yes"}, follow=True).content.decode()
    login(factories.make_user("other@example.jp"), other := Client())
    assert other.get(address).status_code == HTTPStatus.NOT_FOUND
    assert at["visit_invite"] not in desk.get(at["visit_received"]).content.decode()


def test_who_has_signed_up_comes_back_to_the_invitation_while_it_is_open(visit, clerk, user, monkeypatch):
    invitation, code = invitations.invite(visit, by=clerk)
    telephone, address = Client(), reverse("counter:invited", args=[code])
    telephone.get(address)
    request = RequestFactory().get("/")
    request.user, request.session = user, telephone.session
    adapter = AccountAdapter(request)
    assert adapter.get_signup_redirect_url(request) == address
    request.user = clerk
    assert adapter.get_login_redirect_url(request) == reverse("portal:staff_home")
    request.user = user
    AccountInvitation.objects.filter(pk=invitation.pk).update(ends_at=timezone.now())
    assert "/invited/" not in adapter.get_login_redirect_url(request)


NAMES = ("visit_received", "visit_invite", "visit_invitation", "visit_invitation_answer")


@pytest.fixture
def handed(municipality, department, clerk, person):
    """Certificates were paid, an account was taken up, and the last certificate was handed over: the visit is over."""
    procedure = certkit.make_certificate(department)
    visit = certkit.paid(certkit.make_place(department), clerk, [procedure], resident=person)
    invitation, code = invitations.invite(visit, by=clerk, now=NOW)
    invitations.claim(code, by=factories.make_user("late@example.jp"), wants_digital=False, now=NOW)
    certificates.hand(visit, list(visit.certificates.all()), by=clerk, now=NOW)
    assert Visit.objects.get().state == VisitState.CLOSED
    invitation.refresh_from_db()
    return invitation


def test_account_is_tied_right_after_the_certificates_were_handed_over(handed, clerk, person):
    resident = invitations.confirm(handed, by=clerk, now=NOW + dt.timedelta(minutes=5))
    assert (resident, resident.user.email) == (person, "late@example.jp")


def test_who_was_never_confirmed_after_certificates_is_forgotten(handed):
    visits.end_days(now=NOW + dt.timedelta(minutes=29))
    handed.refresh_from_db()
    assert handed.claimed_by is not None
    visits.end_days(now=NOW + dt.timedelta(minutes=31))
    handed.refresh_from_db()
    assert handed.claimed_by is None


def test_nobody_is_invited_long_after_certificates_were_handed_over(handed, clerk):
    with pytest.raises(CannotInvite):
        invitations.invite(Visit.objects.get(), by=clerk, now=NOW + dt.timedelta(minutes=30))
