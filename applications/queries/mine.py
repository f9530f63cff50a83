"""What residents and guests may see: their own applications, and nothing else."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applications.enums import OPEN_STATES, ApplicationState, EventKind
from applications.models import Application, ApplicationEvent, ApplicationRevision, Attachment, CorrectionRequest
from cityhall.models import User
from residents.queries import own_row_ids

ACTIVE_STATES = (ApplicationState.DRAFT, *OPEN_STATES)


def own_applications(user: User | AnonymousUser) -> QuerySet[Application]:
    """Applications of which the person is the applicant, or that they filed themselves. Nothing for staff.

    Those of a row that was merged into the person's are theirs as well.
    """
    if not isinstance(user, User) or user.is_staff:
        return Application.objects.none()
    # two indexes joined: with a subquery instead of the numbers, the OR would scan the table
    return Application.objects.filter(Q(filed_by=user) | Q(resident__in=own_row_ids(user)))


def guest_applications(held: Mapping[str, int]) -> QuerySet[Application]:
    """Applications without an account whose link secret was shown: public id → version of the secret.

    A number alone is a key to nothing, and a raised version closes what was open.
    """
    shown = Q(pk__in=[])
    for public_id, version in held.items():
        shown |= Q(public_id=public_id, guest_secret_version=version)
    return Application.objects.filter(shown, filed_by=None)


def own_files(user: User | AnonymousUser) -> QuerySet[Attachment]:
    """Files of the person's own applications."""
    return Attachment.objects.filter(application__in=own_applications(user)).select_related("file")


def guest_files(held: Mapping[str, int]) -> QuerySet[Attachment]:
    """Files of applications without an account (`guest_applications`)."""
    return Attachment.objects.filter(application__in=guest_applications(held)).select_related("file")


def own_list(user: User | AnonymousUser) -> QuerySet[Application]:
    """The person's applications with what a list shows, newest first; drafts are separate."""
    return own_applications(user).exclude(state=ApplicationState.DRAFT).select_related("procedure").order_by("-id")


def own_drafts(user: User | AnonymousUser) -> QuerySet[Application]:
    """Unsent drafts of the person, newest first."""
    return own_applications(user).filter(state=ApplicationState.DRAFT).select_related("procedure").order_by("-id")


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
