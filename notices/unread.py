"""Unopened notices of a person: the list on my page and the number in the header of every page."""

from django.contrib.auth.models import AnonymousUser

from cityhall.models import User
from notices.display import CARD_FIELDS
from notices.enums import NoticeState
from notices.models import Notice
from notices.queries import visible_to
from residents.queries import own_row_ids


def newest_unopened(user: User, limit: int) -> list[Notice]:
    """The newest notices that wait to be opened by this person, as an agent too; with what a card shows."""
    newest = list(visible_to(user).filter(state=NoticeState.AVAILABLE).only(*CARD_FIELDS)[:limit])
    if len(newest) < limit:
        # these are all: the header of the same page need not ask again
        own = set(own_row_ids(user))
        user._unread_notices = sum(notice.recipient_id in own for notice in newest)  # type: ignore[attr-defined]
    return newest


def count_unread(user: User | AnonymousUser) -> int:
    """Unopened notices addressed to this person; nothing for staff, who have no letters of their own here."""
    kept: int | None = getattr(user, "_unread_notices", None)
    if kept is not None:
        return kept
    rows = own_row_ids(user)
    return Notice.objects.filter(recipient__in=rows, state=NoticeState.AVAILABLE).count() if rows else 0
