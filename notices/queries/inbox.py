"""The inbox of a person: what they search, in which order they read."""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from cityhall.models import User
from cityhall.references import normalize_number
from notices.enums import NoticeState
from notices.models import Notice
from notices.queries.access import visible_to

INBOX_ORDER = ("-is_unread", "-id")
_MOST_WORDS = 5


def inbox_of(user: User, *, text: str = "", category: str = "", is_archived: bool = False) -> QuerySet[Notice]:
    """What a person may see, in the inbox or put away; ordered by `INBOX_ORDER`, unread ones first.

    What somebody else has archived of their own is archived for their agents too: it is one notice.
    """
    notices = visible_to(user).filter(archived_at__isnull=not is_archived)
    if category:
        notices = notices.filter(inbox_category=category)
    for word in text.split()[:_MOST_WORDS]:
        notices = notices.filter(_holds(word))
    unread = Case(When(state=NoticeState.AVAILABLE, then=Value(1)), default=Value(0), output_field=IntegerField())
    return notices.annotate(is_unread=unread).order_by(*INBOX_ORDER)


def _holds(word: str) -> Q:
    """Notices with the word on the envelope, or in the text once it was opened."""
    found = Q(title__icontains=word) | Q(department__name__icontains=word) | Q(subject_name__icontains=word)
    found |= Q(opened_at__isnull=False) & Q(body__icontains=word)
    number = normalize_number(word)
    return found | Q(number=number) if number.isdigit() else found
