"""Which notice a filing or a booking answers."""

from collections.abc import Sequence

from cityhall.models import User
from notices.enums import NoticeState
from notices.models import Notice
from notices.queries.access import visible_to
from residents.models import Resident
from residents.queries import row_ids_of


def notice_followed(user: User | None, public_id: str, *, kinds: Sequence[str], target: str) -> Notice | None:
    """The notice an address names, when this person may see it and its button leads to this very thing."""
    if user is None or not public_id:
        return None
    found = visible_to(user).filter(public_id=public_id, action_kind__in=kinds, action_target=target)
    return found.exclude(state=NoticeState.WITHDRAWN).first()


def only_notice_waiting(resident: Resident, *, kinds: Sequence[str], target: str) -> Notice | None:
    """The notice of a person that asks for this and was not followed yet, when there is exactly one.

    Of several (a notice for each child) nobody can say which was meant.
    """
    waiting = Notice.objects.filter(
        recipient__in=row_ids_of(resident), action_kind__in=kinds, action_target=target, acted_at__isnull=True
    )
    found = list(waiting.filter(available_at__isnull=False).exclude(state=NoticeState.WITHDRAWN).order_by("id")[:2])
    return found[0] if len(found) == 1 else None
