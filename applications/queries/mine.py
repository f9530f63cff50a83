"""What residents and guests may see: their own applications, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applications.enums import OPEN_STATES, ApplicantKind, ApplicationState, EventKind
from applications.models import Application, ApplicationEvent, ApplicationRevision, Attachment, CorrectionRequest
from applications.queries import surveys
from applications.queries.intake import taken_down
from cityhall.days import today
from cityhall.models import User
from residents.models import Business, BusinessMember, Mandate
from residents.queries import own_row_ids

ACTIVE_STATES = (ApplicationState.DRAFT, *OPEN_STATES)


def own_applications(user: User | AnonymousUser) -> QuerySet[Application]:
    """Applications of which the person is the applicant, or that they filed themselves; of staff, as staff.

    What staff take down for residents at the counter is a case to them and not theirs. Those of a row that was
    merged into the person's are theirs as well. A draft is only of who types it. What was begun or filed for
    somebody else is shown while the mandate or the membership lasts, and they live.
    """
    if not isinstance(user, User):
        return Application.objects.none()
    if user.is_staff:
        own = Application.objects.filter(filed_by=user, applicant_kind=ApplicantKind.STAFF)
        # an answer to an internal survey is its department's, whoever typed it
        return own.filter(procedure__survey=None)
    own_rows = own_row_ids(user)
    may_see = Q(business=None) | Q(business__in=_memberships(user))
    may_see &= Q(mandate=None) | Q(mandate__in=_mandates(user))
    # of an account that is no account of the staff any more
    may_see &= ~Q(applicant_kind=ApplicantKind.STAFF)
    # two indexes joined: with a subquery instead of the numbers, the OR would scan the table
    applied = Q(resident__in=own_rows) & ~Q(state=ApplicationState.DRAFT)
    return Application.objects.filter((Q(filed_by=user) & may_see) | applied)


def ended_drafts(user: User | AnonymousUser) -> QuerySet[Application]:
    """Drafts for somebody the person may not act for any more: they may delete them, and read nothing in them."""
    if not isinstance(user, User) or user.is_staff:
        return Application.objects.none()
    drafts = Application.objects.filter(filed_by=user, state=ApplicationState.DRAFT, mandate__isnull=False)
    return drafts.exclude(mandate__in=_mandates(user))


def business_applications(user: User | AnonymousUser) -> QuerySet[Application]:
    """What was sent for the businesses a person may file for, whoever of them sent it."""
    if not isinstance(user, User) or user.is_staff:
        return Application.objects.none()
    return Application.objects.filter(business__in=_memberships(user)).exclude(state=ApplicationState.DRAFT)


def filings_of(business: Business) -> QuerySet[Application]:
    """What was sent for a business, with what a list shows; the caller knows that the reader may file for it."""
    sent = Application.objects.filter(business=business).exclude(state=ApplicationState.DRAFT)
    return sent.select_related("procedure", "filed_by").order_by("-id")


def _mandates(user: User) -> "QuerySet[Mandate, Any]":
    held = Mandate.objects.in_force(today()).filter(agent__in=own_row_ids(user))
    # a right to act for somebody ends with their death (民法111条)
    return held.filter(principal__died_on=None, principal__merged_into__died_on=None).values("pk")


def _memberships(user: User) -> "QuerySet[BusinessMember, Any]":
    return BusinessMember.objects.filter(user=user, ended_at=None).values("business")


def guest_applications(held: Mapping[str, int]) -> QuerySet[Application]:
    """Applications without an account whose link secret was shown: public id → version of the secret.

    A number alone is a key to nothing, and a raised version closes what was open.
    """
    shown = Q(pk__in=[])
    for public_id, version in held.items():
        shown |= Q(public_id=public_id, guest_secret_version=version)
    return Application.objects.filter(shown, filed_by=None)


def reachable(user: User | AnonymousUser, held: Mapping[str, int]) -> Iterator[QuerySet[Application]]:
    """Where to look for an application of somebody, one index after the other: `held` is what their browser showed."""
    if held:
        yield guest_applications(held)
    yield own_applications(user)
    yield business_applications(user)
    if isinstance(user, User) and user.is_staff:
        yield surveys.drafts_for(user)


def fillable(user: User | AnonymousUser, held: Mapping[str, int]) -> Iterator[QuerySet[Application]]:
    """The same for the pages that fill in: staff also find what they type in for somebody, while it is open."""
    yield from reachable(user, held)
    if isinstance(user, User) and user.is_staff:
        yield taken_down(user)


def own_file(user: User | AnonymousUser, held: Mapping[str, int], public_id: str) -> Attachment | None:
    """A file of an application that the person may open."""
    for rows in (*fillable(user, held), surveys.answers_for(user)):
        found = Attachment.objects.filter(application__in=rows, public_id=public_id).select_related("file").first()
        if found is not None:
            return found
    return None


def own_list(user: User | AnonymousUser) -> QuerySet[Application]:
    """The person's applications with what a list shows, newest first; drafts are separate."""
    return own_applications(user).exclude(state=ApplicationState.DRAFT).select_related("procedure").order_by("-id")


def own_drafts(user: User | AnonymousUser) -> QuerySet[Application]:
    """Unsent drafts of the person, newest first."""
    return own_applications(user).filter(state=ApplicationState.DRAFT).select_related("procedure").order_by("-id")


def listed_drafts(user: User | AnonymousUser) -> QuerySet[Application]:
    """Unsent drafts with those that can only be deleted: for lists that name the procedure and no person."""
    drafts = own_applications(user).filter(state=ApplicationState.DRAFT) | ended_drafts(user)
    return drafts.select_related("procedure").order_by("-id")


def open_correction(application: Application) -> CorrectionRequest | None:
    """What the handler asked the applicant to correct, while it is not answered."""
    if application.state != ApplicationState.RETURNED:
        return None
    return application.corrections.filter(answered_at=None).first()


def events_of(application: Application) -> Sequence[ApplicationEvent]:
    """The history as the applicant sees it: oldest first, without steps inside the city hall."""
    return list(application.events.exclude(kind__in=_INTERNAL).order_by("id"))


_INTERNAL = (EventKind.PROPOSED, EventKind.SENT_BACK)


def last_revision(application: Application) -> ApplicationRevision | None:
    """What was sent last, or None for a draft."""
    return application.revisions.order_by("-number").first()


def names_of_files(application: Application) -> dict[str, str]:
    """Attachment public id → file name, with files that were taken out later: an older revision may name them."""
    return dict(application.attachments.values_list("public_id", "file__name"))


def trial(public_id: str) -> Application | None:
    """A trial (体験) by its id, for the browser that began it and may not open it any more. Nothing of it is shown."""
    return Application.objects.filter(public_id=public_id, is_practice=True).select_related("procedure").first()
