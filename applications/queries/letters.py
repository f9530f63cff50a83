"""What the letters of decisions say of a case, and whose texts a person may read and change."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from applications.answers import group_digits
from applications.definition import form_of
from applications.enums import PaymentState
from applications.letters import Placeholder, answer_values, of_form, usual
from applications.models import Application, Procedure
from applications.permissions import GUARDING_ROLES
from applications.queries.applicants import has_protected_address
from applications.queries.designing import designable
from cityhall.days import local_date, wareki
from cityhall.models import User
from cityhall.queries.city import municipality
from cityhall.queries.staff import scope_of
from cityhall.references import format_number
from notices.models import NoticeType, NoticeTypeVersion


def letter_values(case: Application) -> dict[str, str]:
    """Everything of a case that a text may name, but the decision itself.

    The form that was filled and the newest one count: a text that names a new question has a blank for it in letters
    about older cases. The applicant's protected address stands in no letter: letters are handed on.
    """
    newest = case.revisions.order_by("-number").first()
    keeps_address = case.resident is not None and has_protected_address(case.resident)
    answers = newest.answers if newest else {}
    current = case.procedure.current_version
    later = answer_values(form_of(current), {}, keeps_address=keeps_address) if current is not None else {}
    correction = case.corrections.order_by("-id").first()
    return {
        **later,
        **answer_values(form_of(case.form_version), answers, keeps_address=keeps_address),
        "application_number": format_number(case.number or ""),
        "procedure_name": case.procedure.name,
        "legal_basis": case.procedure.legal_basis,
        "applicant_name": case.applicant_name,
        "application_date": _day(case.submitted_at),
        "due_date": wareki(case.due_on) if case.due_on else "",
        "fee_total": _fee_total(case),
        "correction_asked_date": _day(correction.asked_at if correction else None),
        "correction_answered_date": _day(correction.answered_at if correction else None),
        "appeal_months": str(case.procedure.appeal_months),
        "city_name": municipality().name,
        "department_name": case.department.name,
    }


def _day(moment: dt.datetime | None) -> str:
    return wareki(local_date(moment)) if moment else ""


def _fee_total(case: Application) -> str:
    """What is owed or was paid; exempted and cancelled fees cost nothing."""
    counted = case.payments.filter(state__in=[PaymentState.DUE, PaymentState.PAID])
    total = counted.aggregate(total=Sum("amount"))["total"] or 0
    return _("%(amount)s円") % {"amount": group_digits(str(total))}


@dataclass(frozen=True)
class LetterKind:
    """A kind of decision letter with the procedures that send it."""

    notice_type: NoticeType
    procedures: tuple[Procedure, ...]
    newest: NoticeTypeVersion | None
    is_editable: bool

    @property
    def is_own_text(self) -> bool:
        """Whether staff of the city wrote the text in force; otherwise it is the catalogue's, and follows it."""
        return self.newest is not None and self.newest.created_by_id is not None


def letter_kinds(user: User) -> list[LetterKind]:
    """The letters of the procedures a person works for, in the order of their names."""
    return [letter_kind(user, kind) for kind in letter_kinds_of(user).order_by("name", "key")]


def find_letter_kind(user: User, key: str) -> LetterKind | None:
    """One of them by its key."""
    kind = letter_kinds_of(user).filter(key=key).first()
    return letter_kind(user, kind) if kind else None


def letter_kinds_of(user: User) -> QuerySet[NoticeType]:
    """Kinds of notices that the procedures send on which a person works."""
    mine = designable(user)
    return NoticeType.objects.filter(
        Q(pk__in=mine.values("approval_notice_type")) | Q(pk__in=mine.values("refusal_notice_type"))
    )


def letter_kind(user: User, kind: NoticeType) -> LetterKind:
    """A kind with who uses it. A text that another department uses as well is changed by an administrator only."""
    using = Procedure.objects.filter(Q(approval_notice_type=kind) | Q(refusal_notice_type=kind))
    procedures = tuple(using.select_related("current_version", "department").order_by("name"))
    staff = scope_of(user)
    held = {department for department, roles in staff.roles_in.items() if roles & GUARDING_ROLES}
    may = staff.is_administrator or all(procedure.department_id in held for procedure in procedures)
    return LetterKind(kind, procedures, kind.versions.order_by("-number").first(), may)


def placeholders_for(kind: LetterKind) -> list[Placeholder]:
    """What the text may name: the usual, and of the answers what every procedure asks that sends it."""
    forms = [of_form(form_of(one.current_version)) for one in kind.procedures if one.current_version is not None]
    if not forms:
        return usual()
    shared = set.intersection(*({one.name for one in form} for form in forms))
    return [*usual(), *(one for one in forms[0] if one.name in shared)]


def newest_texts(kinds: Iterable[NoticeType]) -> dict[int, NoticeTypeVersion]:
    """Kind of letter → its newest version; a kind without any text is left out. One query, however many kinds."""
    wanted = {kind.pk for kind in kinds}
    if not wanted:
        return {}
    of_kind = NoticeTypeVersion.objects.filter(notice_type=OuterRef("notice_type")).order_by("-number")
    newest = NoticeTypeVersion.objects.filter(number=Subquery(of_kind.values("number")[:1]))
    return {version.notice_type_id: version for version in newest.filter(notice_type__in=wanted)}
