"""What may be read of notices, and by whom."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from cityhall.days import today
from cityhall.models import User
from cityhall.queries.staff import scope_of
from cityhall.references import is_valid_number, normalize_number
from notices.enums import NoticeState, PaperState
from notices.models import LetterRun, LetterRunItem, Notice, NoticeType
from notices.texts import has_section_of
from residents.models import Mandate, Resident
from residents.names import fold_kana, fold_name
from residents.permissions import VIEW_PROTECTED_ADDRESS
from residents.queries import is_protected, is_same_person, living_row_of, own_row_ids, resident_of, row_ids_of
from residents.queries.search import prefix_range

# a letter goes out while nobody has opened the notice, or whatever was opened when the law wants paper
LETTER_WANTED = Q(opened_at__isnull=True) | Q(paper_required=True)


def of_source(source_type: str, source_id: str) -> QuerySet[Notice]:
    """Notices that answer one thing of another app (a case), newest first, with what a list shows."""
    return (
        Notice.objects.filter(source_type=source_type, source_id=source_id)
        .select_related("version__notice_type", "document")
        .prefetch_related("receipts")
        .order_by("-id")
    )


def asks_for(notice_type: NoticeType, name: str) -> bool:
    """Whether the newest text of a kind of notice has a section that this value alone fills."""
    newest = notice_type.versions.order_by("-number").first()
    return newest is not None and has_section_of(newest.body, name)


def visible_to(user: User) -> QuerySet[Notice]:
    """Notices a resident may see, newest first: their own and those of people they hold a full mandate for.

    Notices made for a row that was merged into the person's are their own. Drafts are not there yet;
    withdrawn ones stay, marked. Staff see nothing here. With what a list shows; one notice needs more.
    """
    resident = resident_of(user)
    if resident is None:
        return Notice.objects.none()
    recipients = own_row_ids(user)
    if principals := _full_principals(resident, today()):
        recipients = [*recipients, *row_ids_of(*principals).values_list("pk", flat=True)]
    notices = Notice.objects.filter(recipient__in=recipients, available_at__isnull=False)
    return notices.select_related("department").order_by("-id")


def may_open(notice: Notice, user: User) -> bool:
    """Whether opening by this user counts: the recipient, or somebody with a mandate for everything of theirs."""
    resident = resident_of(user)
    if resident is None:
        return False
    if is_same_person(resident, notice.recipient):
        return True
    return any(is_same_person(principal, notice.recipient) for principal in _full_principals(resident, today()))


def _full_principals(resident: Resident, on: dt.date) -> list[Resident]:
    """People who gave a mandate for all procedures: a notice may be about anything.

    Without those whose address is protected: the document carries it, and no agent may see it.
    """
    mandates = Mandate.objects.in_force(on).filter(agent=resident).select_related("principal")
    needed = mandates.only("procedure_keys", "principal__merged_into", "principal__protected_until")
    people = (mandate.principal for mandate in needed if not mandate.procedure_keys)
    return [person for person in people if not is_protected(person, on=on)]


def may_see_address(notice: Notice, user: User) -> bool:
    """Whether a member of staff may see where the notice goes, and so its document, which carries the address."""
    return not is_protected(living_row_of(notice.recipient)) or user.has_perm(VIEW_PROTECTED_ADDRESS)


def visible_to_staff(user: User) -> QuerySet[Notice]:
    """Notices of the person's own departments; all of them for administrators and auditors. Newest first."""
    scope = scope_of(user)
    notices = Notice.objects.select_related("version__notice_type", "department", "recipient", "document")
    if not (scope.is_administrator or scope.is_auditor):
        notices = notices.filter(department__in=scope.department_ids)
    return notices.order_by("-id")


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


def letters_due(user: User) -> QuerySet[Notice]:
    """Notices that wait for a letter run, among those the person may see; oldest first."""
    return (
        visible_to_staff(user)
        .filter(LETTER_WANTED, paper_state=PaperState.DUE)
        .exclude(state=NoticeState.WITHDRAWN)
        .order_by("id")
    )


def letter_runs_for(user: User) -> QuerySet[LetterRun]:
    """Letter runs a member of staff may see, newest first; runs over all departments only for administrators."""
    scope = scope_of(user)
    runs = LetterRun.objects.select_related("department", "file", "created_by")
    if not (scope.is_administrator or scope.is_auditor):
        runs = runs.filter(department__in=scope.department_ids)
    return runs.order_by("-id")


def letter_items_for(user: User) -> QuerySet[LetterRunItem]:
    """Letters whose notice a member of staff may see, also when the run was over all departments."""
    scope = scope_of(user)
    items = LetterRunItem.objects.select_related("notice__department", "run")
    if not (scope.is_administrator or scope.is_auditor):
        items = items.filter(notice__department__in=scope.department_ids)
    return items.order_by("id")


def letters_for_a_person(user: User) -> QuerySet[LetterRunItem]:
    """Letters that could not be printed and that nobody has dealt with yet; the oldest first.

    A notice being printed has one newest letter, and only that one is waiting.
    """
    newer = LetterRunItem.objects.filter(notice=OuterRef("notice"), pk__gt=OuterRef("pk"))
    waiting = letter_items_for(user).filter(notice__paper_state=PaperState.PRINTING)
    return waiting.exclude(problem="").filter(~Exists(newer))
