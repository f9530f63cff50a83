"""Inviting somebody at the desk to an account that is tied to their record: the identity was just checked."""

import datetime as dt
import hashlib
import secrets
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError
from cityhall.models import User
from counter.enums import ACTING
from counter.models import AccountInvitation, Visit
from counter.queries.certificates import is_at_the_desk
from counter.services.visits.leading import record
from notices.rules import CONSENT_TEXT_VERSION
from residents.enums import ConsentKind, IdentityLevel, ResidentSource
from residents.models import IdentityProof, Resident
from residents.names import fold_name
from residents.queries import living_row_of
from residents.services import consents
from residents.services.merging import merge_residents

LASTS: Final = dt.timedelta(minutes=30)
PROVIDER: Final = "counter"
"""How the proof of identity says where it was given."""


class CannotInvite(DomainError):
    """There is no record of the person, or they have an account."""

    code = "cannot_invite"
    message = _("利用者登録に招待できるのは、市に登録があり、まだ利用者登録をしていない方です。")


class InvitationOver(DomainError):
    """The code was used, has ended, or never was."""

    code = "invitation_over"
    message = _(
        "この招待は使えません。期限（30分）が過ぎたか、すでに使われています。窓口で、新しい招待を受け取ってください。"
    )


class AccountTaken(DomainError):
    """The account is another person's, or staff's."""

    code = "account_taken"
    message = _("この利用者は、ほかの方の登録と結び付いているため使えません。別のメールアドレスで登録してください。")


def may_invite(visit: Visit, *, now: dt.datetime | None = None) -> bool:
    """Whether there is somebody to invite: known to the city, received, still there, without an account, no trial."""
    resident = living_row_of(visit.resident) if visit.resident else None
    is_known = resident is not None and resident.user_id is None and resident.died_on is None
    # whoever stands there for somebody else gets no account of theirs
    is_there = visit.companion not in ACTING
    return is_known and is_there and not visit.is_practice and is_at_the_desk(visit, now or timezone.now())


def invite(visit: Visit, *, by: User, now: dt.datetime | None = None) -> tuple[AccountInvitation, str]:
    """A fresh code, good for half an hour while the visit lasts; earlier ones of the visit end. Audited.

    The code is returned and stored nowhere. Raises CannotInvite.
    """
    moment = now or timezone.now()
    if not may_invite(visit, now=moment):
        raise CannotInvite
    code = secrets.token_urlsafe(24)
    with transaction.atomic():
        AccountInvitation.objects.filter(visit=visit, confirmed_at=None, ends_at__gt=moment).update(
            ends_at=moment, claimed_by=None
        )
        invitation = AccountInvitation.objects.create(
            visit=visit, code_hash=_hash(code), invited_at=moment, invited_by=by, ends_at=moment + LASTS
        )
        record(visit, by, "account invited")
    return invitation, code


def open_invitation(code: str, *, now: dt.datetime | None = None) -> AccountInvitation | None:
    """The invitation of a code, while anybody may take it up."""
    moment = now or timezone.now()
    rows = AccountInvitation.objects.select_related("visit__certificate_order")
    found = rows.filter(code_hash=_hash(code), claimed_at=None, ends_at__gt=moment).first()
    return found if found and is_at_the_desk(found.visit, moment) else None


def language_of(code: str) -> str:
    """What the person at the desk reads in, whatever became of the code; "" for a code that never was."""
    languages = AccountInvitation.objects.filter(code_hash=_hash(code)).values_list("visit__language", flat=True)
    return languages.first() or ""


def claim(code: str, *, by: User, wants_digital: bool, now: dt.datetime | None = None) -> AccountInvitation:
    """Take an invitation up with one's own account; nothing is tied before the desk has confirmed it.

    The same account twice is once. Raises InvitationOver, AccountTaken.
    """
    moment = now or timezone.now()
    if earlier := waiting_by(code, by, now=moment):
        return earlier
    if tied := tied_by(code, by):
        return tied
    _refuse_taken(by)
    invitation = open_invitation(code, now=moment)
    if invitation is None:
        raise InvitationOver
    rows = AccountInvitation.objects.filter(pk=invitation.pk, claimed_at=None)
    if not rows.update(claimed_at=moment, claimed_by=by, wants_digital=wants_digital):
        raise InvitationOver
    return AccountInvitation.objects.get(code_hash=_hash(code))


def tied_by(code: str, user: User) -> AccountInvitation | None:
    """The invitation of this code, if it has tied this very account: its page is opened again."""
    row = AccountInvitation.objects.select_related("visit").filter(code_hash=_hash(code)).first()
    if row is None or row.confirmed_at is None:
        return None
    resident = row.visit.resident
    return row if resident is not None and living_row_of(resident).user_id == user.pk else None


def waiting_by(code: str, user: User, *, now: dt.datetime | None = None) -> AccountInvitation | None:
    """The invitation of this code, if this account took it up and the desk has not answered yet."""
    moment = now or timezone.now()
    return AccountInvitation.objects.filter(code_hash=_hash(code), claimed_by=user, ends_at__gt=moment).first()


def confirm(invitation: AccountInvitation, *, by: User, now: dt.datetime | None = None) -> Resident:
    """The desk has heard that the address is theirs: tie the account to the record, with proof and consent. Audited.

    What the account has told of itself before is merged into the record. Locks the invitation, then the record.
    Raises InvitationOver, CannotInvite, AccountTaken.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        rows = AccountInvitation.objects.select_for_update(of=("self",), no_key=True)
        row = rows.select_related("visit__resident", "claimed_by").get(pk=invitation.pk)
        user = row.claimed_by
        if user is None or row.ends_at <= moment or row.visit.resident is None:
            raise InvitationOver
        if not may_invite(row.visit, now=moment):
            raise CannotInvite
        resident = _tie(living_row_of(row.visit.resident), user, by, moment)
        _prove(resident, row.visit)
        if row.wants_digital:
            kind = ConsentKind.DIGITAL_NOTICE
            consents.give(resident=resident, kind=kind, text_version=CONSENT_TEXT_VERSION, by=user, now=moment)
        AccountInvitation.objects.filter(pk=row.pk).update(confirmed_at=moment, claimed_by=None)
        record(row.visit, by, "account tied")
    return resident


def refuse(invitation: AccountInvitation, *, by: User, now: dt.datetime | None = None) -> None:
    """It is not their address: the invitation ends, nothing is tied. Twice changes nothing. Audited."""
    with transaction.atomic():
        rows = AccountInvitation.objects.filter(pk=invitation.pk, confirmed_at=None)
        if rows.update(ends_at=now or timezone.now(), claimed_by=None):
            record(invitation.visit, by, "account refused")


def _refuse_taken(user: User) -> None:
    own = Resident.objects.filter(user=user).first()
    if user.is_staff or (own is not None and own.source == ResidentSource.REGISTER):
        raise AccountTaken


def _refuse_proven_other(own: Resident, resident: Resident) -> None:
    """An account of somebody who was proven to be another person is not tied: couples share telephones and addresses.

    A proof that says no birth date, or no name, does not say that it is somebody else.
    """
    for proof in own.identity_proofs.exclude(level__in=[IdentityLevel.NONE, IdentityLevel.EMAIL]):
        is_other_day = bool(proof.birth_date and resident.birth_date) and proof.birth_date != resident.birth_date
        if is_other_day or (proof.name and fold_name(proof.name) != fold_name(resident.full_name)):
            raise AccountTaken


def _tie(resident: Resident, user: User, by: User, now: dt.datetime) -> Resident:
    """The account signs in as the person of the record."""
    _refuse_taken(user)
    own = Resident.objects.filter(user=user).first()
    if own is not None:
        _refuse_proven_other(own, resident)
        return merge_residents(source=own, target=resident, by=by, now=now)
    row = Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
    if row.user_id is not None:
        raise CannotInvite
    row.user, row.updated_at = user, now
    row.save(update_fields=["user", "updated_at"])
    return row


def _prove(resident: Resident, visit: Visit) -> None:
    IdentityProof.objects.create(
        resident=resident,
        provider=PROVIDER,
        level=IdentityLevel.STAFF,
        proven_at=visit.identified_at or visit.started_at,
        name=resident.full_name,
        birth_date=resident.birth_date,
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
