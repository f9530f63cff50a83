"""Consents, mandates, businesses and the joining of two rows."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from cityhall.db import violated
from residents.enums import ConsentKind, ExternalIdKind, IdentityLevel, ResidentSource
from residents.errors import BusinessRefused, MandateRefused, NotMergeable
from residents.models import Business, Consent, ExternalId, IdentityProof, Mandate, Resident
from residents.queries import agents_of, businesses_of, mandate_between, principals_of
from residents.services import (
    add_member,
    consents,
    create_mandate,
    end_member,
    merge_residents,
    register_business,
    revoke_mandate,
)
from tests import factories

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 21)
NOTICE = ConsentKind.DIGITAL_NOTICE


@pytest.fixture
def clerk(db):
    return factories.make_user("clerk@city.example.jp", is_staff=True)


@pytest.fixture
def somebody(db):
    return factories.make_resident(user=factories.make_user("a@example.jp"))


@pytest.fixture
def registered(db):
    row = factories.make_resident(source=ResidentSource.REGISTER, family="髙橋")
    ExternalId.objects.create(resident=row, kind=ExternalIdKind.RESIDENT_NUMBER, value="77")
    return row


def test_newest_consent_counts(somebody):
    def give(version):
        return consents.give(resident=somebody, kind=NOTICE, text_version=version, by=somebody.user)

    assert not consents.has_consent(somebody, NOTICE)
    first = give("2026-04")
    assert give("2026-04") == first
    assert consents.has_consent(somebody, NOTICE)
    assert not consents.has_consent(somebody, NOTICE, text_version="2027-04")
    consents.withdraw(resident=somebody, kind=NOTICE, text_version="2026-04", by=somebody.user)
    assert not consents.has_consent(somebody, NOTICE)
    give("2026-04")
    assert consents.has_consent(somebody, NOTICE, text_version="2026-04")
    assert Consent.objects.count() == 3


def test_consent_and_proof_can_be_neither_changed_nor_deleted(somebody):
    consent = consents.give(resident=somebody, kind=NOTICE, text_version="1", by=somebody.user)
    proof = IdentityProof.objects.create(resident=somebody, provider="desk", level=IdentityLevel.STAFF)
    for change in (
        lambda: Consent.objects.filter(pk=consent.pk).update(is_given=False),
        lambda: Consent.objects.filter(pk=consent.pk).delete(),
        lambda: IdentityProof.objects.filter(pk=proof.pk).update(level=IdentityLevel.CARD),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert Consent.objects.get().is_given


def make_mandate(clerk, principal, agent, **options):
    values = {"evidence": "委任状", "valid_from": DAY, "by": clerk}
    return create_mandate(principal=principal, agent=agent, **values | options)


def test_mandate_lets_an_agent_act_for_its_procedures_and_days(clerk, somebody, registered):
    mandate = make_mandate(
        clerk, registered, somebody, procedure_keys=["suido-kaishi"], valid_until=DAY + dt.timedelta(days=1)
    )
    assert principals_of(somebody, "suido-kaishi", DAY) == [registered]
    assert principals_of(somebody, "jido-teate-nintei", DAY) == []
    assert principals_of(registered, "suido-kaishi", DAY) == []
    assert principals_of(somebody, "suido-kaishi", DAY - dt.timedelta(days=1)) == []
    assert principals_of(somebody, "suido-kaishi", DAY + dt.timedelta(days=2)) == []
    assert agents_of(registered, DAY) == [mandate]
    between = {"agent": somebody, "principal": registered, "procedure_key": "suido-kaishi", "on": DAY}
    assert mandate_between(**between) == mandate
    revoke_mandate(mandate=mandate, by=clerk)
    first_time = Mandate.objects.get().revoked_at
    revoke_mandate(mandate=mandate, by=clerk)
    assert Mandate.objects.get().revoked_at == first_time
    assert principals_of(somebody, "suido-kaishi", DAY) == []
    assert mandate_between(**between) is None


def test_mandate_without_keys_is_for_every_procedure(clerk, somebody, registered):
    make_mandate(clerk, registered, somebody)
    make_mandate(clerk, registered, somebody, procedure_keys=["x"])
    assert principals_of(somebody, "x", DAY) == [registered]


def test_mandate_ends_with_the_principals_life(clerk, somebody, registered):
    make_mandate(clerk, registered, somebody)
    Resident.objects.filter(pk=registered.pk).update(died_on=DAY)
    assert principals_of(somebody, "x", DAY) == []


def test_mandate_that_cannot_be_is_refused(clerk, somebody, registered):
    with pytest.raises(MandateRefused):
        make_mandate(clerk, somebody, somebody)
    with pytest.raises(MandateRefused):
        make_mandate(clerk, registered, somebody, valid_until=DAY - dt.timedelta(days=1))
    assert Mandate.objects.count() == 0


def test_merge_moves_the_sign_in_and_keeps_the_registers_spelling(clerk, somebody, registered):
    other = factories.make_resident(family="鈴木")
    Resident.objects.filter(pk=somebody.pk).update(phone="+81312345678", phone_entered="03-1234-5678", language="en")
    consents.give(resident=somebody, kind=NOTICE, text_version="1", by=somebody.user)
    IdentityProof.objects.create(resident=somebody, provider="desk", level=IdentityLevel.STAFF)
    make_mandate(clerk, other, somebody)
    Resident.objects.filter(pk=registered.pk).update(phone="", phone_entered="")
    kept = merge_residents(source=somebody, target=registered, by=clerk)
    old = Resident.objects.get(pk=somebody.pk)
    assert (old.merged_into, old.user) == (registered, None)
    kept.refresh_from_db()
    assert (kept.user.email, kept.family_name) == ("a@example.jp", "髙橋")
    assert (kept.phone, kept.phone_entered, kept.language) == ("+81312345678", "03-1234-5678", "en")
    assert consents.has_consent(kept, NOTICE)
    assert kept.identity_proofs.get().level == IdentityLevel.STAFF
    assert principals_of(kept, "x", DAY) == [other]


def test_merge_does_not_let_an_older_yes_undo_a_later_no(clerk, somebody, registered):
    consents.give(resident=somebody, kind=NOTICE, text_version="1", by=clerk)
    consents.withdraw(resident=registered, kind=NOTICE, text_version="1", by=clerk)
    merge_residents(source=somebody, target=registered, by=clerk)
    assert not consents.has_consent(registered, NOTICE)


def test_merge_of_people_who_cannot_be_one_is_refused(clerk, somebody, registered):
    twin = factories.make_resident(user=factories.make_user("b@example.jp"))
    with pytest.raises(NotMergeable):
        merge_residents(source=somebody, target=twin, by=clerk)
    with pytest.raises(NotMergeable):
        merge_residents(source=somebody, target=somebody, by=clerk)
    merge_residents(source=somebody, target=registered, by=clerk)
    with pytest.raises(NotMergeable):
        merge_residents(source=somebody, target=registered, by=clerk)


def test_business_is_filed_for_by_its_members(clerk, somebody):
    business = register_business(name="緑野商店", corporate_number="7000012050002", by=somebody.user)
    member = add_member(business=business, user=clerk, by=somebody.user)
    assert add_member(business=business, user=clerk, by=somebody.user) == member
    assert businesses_of(clerk) == [business]
    end_member(member=member, by=somebody.user)
    assert businesses_of(clerk) == []
    assert businesses_of(somebody.user) == [business]


def test_business_with_a_wrong_or_known_number_is_refused(somebody):
    register_business(name="緑野商店", corporate_number="7000012050002", by=somebody.user)
    for number in ("7000012050003", "7000012050002"):
        with pytest.raises(BusinessRefused):
            register_business(name="別の商店", corporate_number=number, by=somebody.user)
    assert Business.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"full_name": ""},
        {"birth_month": 13},
        {"birth_day": 32},
        {"postal_code": "12"},
    ],
)
def test_constraints_of_a_resident_hold(somebody, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Resident.objects.filter(pk=somebody.pk).update(**change)


def test_constraints_of_merging_hold(somebody, registered):
    for change in ({"merged_into": somebody}, {"merged_into": registered}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Resident.objects.filter(pk=somebody.pk).update(**change)


def test_a_mandate_is_frozen_but_for_its_end(somebody, supporter, clerk):
    mandate = create_mandate(principal=somebody, agent=supporter, evidence="委任状", valid_from=DAY, by=clerk)
    for change in ({"procedure_keys": ["more"]}, {"valid_until": None, "evidence": "別の紙"}, {"public_id": "x"}):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Mandate.objects.filter(pk=mandate.pk).update(**change)
        assert violated(refused.value) == "residents_mandate_frozen"
