"""Who may act for whom."""

import datetime as dt

from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone

from cityhall.models import User
from residents.enums import InvitationState
from residents.models import Business, BusinessInvitation, BusinessMember, Mandate, Resident

INVITATION_KEPT = dt.timedelta(days=30)
"""How long an invitation may be answered."""


def principals_of(resident: Resident, procedure_key: str, on: dt.date) -> list[Resident]:
    """The living people for whom a resident may file a procedure on a day, in the order of their kana."""
    mandates = (
        Mandate.objects.in_force(on)
        .filter(agent=resident, principal__merged_into__isnull=True, principal__died_on__isnull=True)
        .select_related("principal")
        .order_by("principal__search_kana", "principal_id")
    )
    return list(dict.fromkeys(mandate.principal for mandate in mandates if mandate.covers(procedure_key)))


def agents_of(resident: Resident, on: dt.date) -> list[Mandate]:
    """The mandates in force that a resident gave, newest first."""
    return list(Mandate.objects.in_force(on).filter(principal=resident).select_related("agent").order_by("-id"))


def mandate_between(*, agent: Resident, principal: Resident, procedure_key: str, on: dt.date) -> Mandate | None:
    """The mandate by which one person may file a procedure for another on a day."""
    mandates = Mandate.objects.in_force(on).filter(agent=agent, principal=principal).order_by("id")
    return next((mandate for mandate in mandates if mandate.covers(procedure_key)), None)


def mandates_held(resident: Resident, on: dt.date) -> list[Mandate]:
    """The mandates in force by which a resident may file for others, in the order of their kana."""
    return list(
        Mandate.objects.in_force(on)
        .filter(agent=resident, principal__merged_into__isnull=True, principal__died_on__isnull=True)
        .select_related("principal")
        .order_by("principal__search_kana", "id")
    )


def memberships_of(user: User) -> list[BusinessMember]:
    """The businesses a user may file for, with what they may do there."""
    rows = BusinessMember.objects.filter(user=user, ended_at=None).select_related("business")
    return list(rows.order_by("business__name", "id"))


def open_invitations(user: User, *, now: dt.datetime | None = None) -> QuerySet[BusinessInvitation]:
    """Invitations a user may answer: sent to the address they have proven, and not too long ago."""
    if not user.email or user.email_verified_at is None or user.is_staff:
        return BusinessInvitation.objects.none()
    return (
        BusinessInvitation.objects.filter(
            email=user.email.lower(),
            state=InvitationState.OPEN,
        )
        .exclude(is_over(now or timezone.now()))
        .select_related("business", "invited_by")
    )


def is_over(now: dt.datetime) -> Q:
    """The condition on an invitation that waited for an answer too long."""
    return Q(invited_at__lte=now - INVITATION_KEPT)


def invitations_of(business: Business, *, now: dt.datetime | None = None) -> QuerySet[BusinessInvitation]:
    """What a business has sent and nobody has answered, in the order of sending; `is_late` says which are over."""
    rows = BusinessInvitation.objects.filter(business=business, state=InvitationState.OPEN)
    return rows.annotate(is_late=Case(When(is_over(now or timezone.now()), then=True), default=False)).order_by("id")


def businesses_of(user: User) -> list[Business]:
    """The businesses a user may file for."""
    return list(Business.objects.filter(members__user=user, members__ended_at__isnull=True).order_by("name", "id"))
