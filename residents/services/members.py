"""Who files for a business: invited by its managers, accepted by the owner of the address, ended by either."""

import datetime as dt

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.queries.city import municipality
from residents.enums import InvitationState
from residents.errors import InvitationOver, LastManager, TooManyInvitations
from residents.models import Business, BusinessInvitation, BusinessMember
from residents.queries.representation import is_over, open_invitations
from residents.services.businesses import record, refuse_others

MAX_OPEN_INVITATIONS = 20
"""Of one business: each may send a mail."""


def invite_member(
    *, business: Business, email: str, by: User, is_manager: bool = False, now: dt.datetime | None = None
) -> BusinessInvitation:
    """Ask the owner of an address to file for the business; asking again while it is open changes nothing.

    One that is too old to be answered makes room for a new one, with a mail of its own.
    A mail goes out only where an account has proven the address, which the manager is not told. Locks the
    business. Raises NotManager, TooManyInvitations.
    """
    address = email.strip().lower()
    moment = now or timezone.now()
    with transaction.atomic():
        Business.objects.select_for_update(no_key=True).get(pk=business.pk)
        refuse_others(business, by)
        unanswered = BusinessInvitation.objects.filter(business=business, state=InvitationState.OPEN)
        unanswered.filter(is_over(moment), email=address).update(state=InvitationState.CANCELLED, answered_at=moment)
        waiting = unanswered.exclude(is_over(moment))
        known = waiting.filter(email=address).first()
        if known is not None:
            return known
        if waiting.count() >= MAX_OPEN_INVITATIONS:
            raise TooManyInvitations
        invitation = BusinessInvitation.objects.create(
            business=business, email=address, is_manager=is_manager, invited_by=by, invited_at=moment
        )
        record(business, by, "member invited", AuditAction.CHANGE)
        if User.objects.filter(email__iexact=address, email_verified_at__isnull=False, is_staff=False).exists():
            _mail(invitation)
    return invitation


def cancel_invitation(*, invitation: BusinessInvitation, by: User, now: dt.datetime | None = None) -> None:
    """Take an invitation back. Twice changes nothing. Raises NotManager."""
    refuse_others(invitation.business, by)
    _answer(invitation, InvitationState.CANCELLED, by, "invitation cancelled", now)


def answer_invitation(
    *, invitation: BusinessInvitation, by: User, accept: bool, now: dt.datetime | None = None
) -> None:
    """Accept or decline. Who has proven the address may answer, once. Raises InvitationOver."""
    with transaction.atomic():
        if not open_invitations(by, now=now).filter(pk=invitation.pk).exists():
            raise InvitationOver
        state = InvitationState.ACCEPTED if accept else InvitationState.DECLINED
        if not _answer(invitation, state, by, f"invitation {state}", now):
            raise InvitationOver
        if accept:
            add_member(business=invitation.business, user=by, by=by, is_manager=invitation.is_manager)


def add_member(*, business: Business, user: User, by: User, is_manager: bool = False) -> BusinessMember:
    """Let a user file for a business; a user who may already stays as they are."""
    with transaction.atomic():
        member, is_new = BusinessMember.objects.get_or_create(
            business=business, user=user, ended_at=None, defaults={"is_manager": is_manager}
        )
        if is_new:
            record(business, by, "member added", AuditAction.CHANGE)
    return member


def end_member(*, member: BusinessMember, by: User, now: dt.datetime | None = None) -> None:
    """Take the right to file away; the row stays. Managers end others and themselves, everybody ends themselves.

    Twice changes nothing. Locks the business. Raises NotManager, LastManager.
    """
    with transaction.atomic():
        # two managers who end each other: the second sees the first
        business = Business.objects.select_for_update(no_key=True).get(pk=member.business_id)
        row = BusinessMember.objects.filter(pk=member.pk, ended_at=None).first()
        if row is None:
            return
        if row.user_id != by.pk and not by.is_staff:
            refuse_others(business, by)
        others = business.members.filter(is_manager=True, ended_at=None).exclude(pk=row.pk)
        if row.is_manager and not by.is_staff and not others.exists():
            raise LastManager
        BusinessMember.objects.filter(pk=row.pk).update(ended_at=now or timezone.now())
        record(business, by, "member ended", AuditAction.CHANGE)


def _answer(
    invitation: BusinessInvitation, state: InvitationState, by: User, detail: str, now: dt.datetime | None
) -> bool:
    with transaction.atomic():
        waiting = BusinessInvitation.objects.filter(pk=invitation.pk, state=InvitationState.OPEN)
        if waiting.update(state=state, answered_at=now or timezone.now()) != 1:
            return False
        record(invitation.business, by, detail, AuditAction.CHANGE)
    return True


def _mail(invitation: BusinessInvitation) -> None:
    """Into the outbox, in the caller's transaction. It names no business: the page does, after signing in."""
    city = municipality()
    body = render_to_string(
        "residents/mail/invitation.txt",
        {"city": city, "url": f"{settings.SITE_URL}{reverse('residents:business_list')}"},
    )
    subject = _("【%(city)s】事業者の担当者への招待が届いています") % {"city": city.name}
    send_mail(subject, body, None, [invitation.email])
