"""Which notices a member of staff may see, and how their list is narrowed."""

from django.db.models import Q, QuerySet

from cityhall.models import User
from cityhall.queries.staff import rows_for
from cityhall.references import is_valid_number, normalize_number
from notices.models import Notice
from residents.models import Resident
from residents.names import fold_kana, fold_name
from residents.permissions import VIEW_PROTECTED_ADDRESS
from residents.queries import is_protected, living_row_of
from residents.queries.search import prefix_range


def of_source(source_type: str, source_id: str) -> QuerySet[Notice]:
    """Notices that answer one thing of another app (a case), newest first, with what a list shows."""
    return (
        Notice.objects.filter(source_type=source_type, source_id=source_id)
        .select_related("version__notice_type", "document")
        .prefetch_related("receipts")
        .order_by("-id")
    )


def may_see_address(notice: Notice, user: User) -> bool:
    """Whether a member of staff may see where the notice goes, and so its document, which carries the address."""
    return not is_protected(living_row_of(notice.recipient)) or user.has_perm(VIEW_PROTECTED_ADDRESS)


def visible_to_staff(user: User, permission: str = "notices.view_notice") -> QuerySet[Notice]:
    """Notices of the departments in which the person may do this (see them). Newest first."""
    notices = Notice.objects.select_related("version__notice_type", "department", "recipient", "document")
    return rows_for(notices, user, permission).order_by("-id")


def search_notices(notices: QuerySet[Notice], *, text: str = "", state: str = "", paper: str = "") -> QuerySet[Notice]:
    """Narrow a list by number or beginning of the recipient's name, by state and by state of the letter."""
    if text:
        number = normalize_number(text)
        notices = notices.filter(number=number) if is_valid_number(number) else notices.filter(_named(text))
    if state:
        notices = notices.filter(state=state)
    return notices.filter(paper_state=paper) if paper else notices


def _named(text: str) -> Q:
    """Recipients whose name or reading begins with the words, in any spelling."""
    people = Resident.objects.filter(
        prefix_range("search_name", fold_name(text)) | prefix_range("search_kana", fold_kana(text))
    )
    return Q(recipient__in=people.values("pk"))
