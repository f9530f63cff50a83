"""For whom somebody files and by what right: checked when an application is started and again when it is sent."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicantKind
from applications.models import Application, Procedure
from applications.queries.intake import may_receive
from cityhall.errors import DomainError
from cityhall.models import Department, User
from cityhall.queries.staff import scope_of
from residents.enums import IdentityLevel
from residents.models import Business, Mandate, Resident
from residents.queries import businesses_of, is_identified, is_same_person, living_row_of, mandate_between, resident_of


class NotIdentified(DomainError):
    """The procedure asks for a better proof of identity than the person has given."""

    code = "not_identified"
    message = _("この手続には、市の窓口またはマイナンバーカードでの本人確認が必要です。市の窓口にご相談ください。")

    def __init__(self, level: IdentityLevel | None = None) -> None:
        super().__init__(_WHAT_TO_DO.get(level) if level else None)


_WHAT_TO_DO = {
    IdentityLevel.EMAIL: _(
        "この手続には、メールアドレスの確認が必要です。「メールアドレスの変更」から確認メールを送り、確認を済ませてください。"
    ),
    IdentityLevel.STAFF: _(
        "この手続には、市の窓口での本人確認が必要です。本人確認書類をお持ちのうえ、市の窓口で確認を受けてから申請してください。"
    ),
    IdentityLevel.CARD: _(
        "この手続には、マイナンバーカードでの本人確認が必要です。このサイトではまだ確認できないため、市の窓口で申請してください。"
    ),
}


class MandateEnded(DomainError):
    """There is no right to act for the person, or not any more."""

    code = "mandate_ended"
    message = _(
        "この方の代理で手続をする権限を確認できません。期間が終わったか、取り消された可能性があります。"
        "ご本人または市の窓口にご確認ください。"
    )


class NotMember(DomainError):
    """The person may not file for the business, or not any more."""

    code = "not_member"
    message = _("この事業者の担当者として登録されていないため、申請できません。事業者の管理者にご確認ください。")


class NoAddress(DomainError):
    """A guest has not said where to reach them."""

    code = "no_address"
    message = _("受付番号をお送りするメールアドレスを入力してください。")


class OnlyPractice(DomainError):
    """A trial is never sent."""

    code = "only_practice"
    message = _("これは体験です。入力した内容は送信されません。")


class NotForThem(DomainError):
    """The procedure is not for this kind of applicant."""

    code = "not_for_applicant"
    message = _("この手続は、選んだ申請者では申請できません。「申請できる人」をご確認ください。")


class NotOfDepartment(DomainError):
    """A member of staff files for a department they do not work for, or not any more."""

    code = "not_of_department"
    message = _("この課の職員として登録されていないため、申請できません。課を選び直すか、管理者にご確認ください。")


class NotReceiver(DomainError):
    """A member of staff types in what their department does not receive, or not any more."""

    code = "not_receiver"
    message = _("この手続の申請を受け付ける権限がありません。所管課か管理者にご確認ください。")


@dataclass(frozen=True)
class Applicant:
    """Who applies: a person (by a mandate when somebody else files), a business, a member of staff; or a guest.

    A member of staff has no record: they are their account and the department they file for.
    """

    kind: ApplicantKind = ApplicantKind.PERSON
    resident: Resident | None = None
    business: Business | None = None
    mandate: Mandate | None = None
    staff: User | None = None
    department: Department | None = None
    guest_email: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """What an application keeps of its applicant from the start; `applicant_names` adds how they are called."""
        return {
            "applicant_kind": self.kind,
            "resident": self.resident,
            "business": self.business,
            "mandate": self.mandate,
            "applicant_department": self.department,
        }


GUEST = Applicant()


def authorise(
    *,
    procedure: Procedure,
    by: User,
    own: Resident,
    on: dt.date,
    person: Resident | None = None,
    business: Business | None = None,
) -> Applicant:
    """Whether a signed-in person may file for a person (themselves without one) or a business on a day.

    `own` is the resident of `by`: whoever files is the one who proves their identity. Raises NotIdentified,
    NotForThem, NotMember, MandateEnded. Two queries at most.
    """
    refuse_unidentified(procedure, own, by)
    if business is not None:
        if not procedure.is_for_businesses:
            raise NotForThem
        if business not in businesses_of(by):
            raise NotMember
        return Applicant(ApplicantKind.BUSINESS, business=business)
    if not procedure.is_for_people:
        raise NotForThem
    if person is None:
        return Applicant(resident=own)
    return mandate_for(person, own=own, procedure=procedure, on=on)


def authorise_staff(*, procedure: Procedure, by: User, department: Department | None) -> Applicant:
    """Whether a member of staff may file an internal procedure, for a department of theirs.

    Without one only those file who work for the whole city hall. Raises NotForThem, NotOfDepartment.
    """
    if not procedure.is_for_staff or not (by.is_staff and by.is_active):
        raise NotForThem
    own = scope_of(by).department_ids
    if (department is None and own) or (department is not None and department.pk not in own):
        raise NotOfDepartment
    return Applicant(ApplicantKind.STAFF, staff=by, department=department)


def authorise_again(application: Application, *, by: User | None, person: Resident | None, on: dt.date) -> Applicant:
    """The applicant of a draft about to be sent, as the right to file for them stands on that day.

    `person` is the living row of the application's resident. Raises as `authorise`. A guest has no right to
    check, the procedure asks for none; what staff take down at the counter they answer for, while they receive
    such cases. Raises NoAddress of a guest nobody could reach, OnlyPractice of a trial, NotReceiver.
    """
    if application.is_practice:
        raise OnlyPractice
    if application.is_staffs and by is not None:
        return authorise_staff(procedure=application.procedure, by=by, department=application.applicant_department)
    if by is None and not application.guest_email:
        raise NoAddress
    if by is not None and by.is_staff and not may_receive(by, application):
        raise NotReceiver
    if application.mandate is not None and person is not None and by is not None and by.is_staff:
        agent = application.mandate.agent
        return mandate_for(person, own=agent, procedure=application.procedure, on=on)
    if by is None or by.is_staff:
        kind = ApplicantKind(application.applicant_kind)
        return Applicant(kind, person, application.business, guest_email=application.guest_email)
    own = resident_of(by)
    if own is None:
        raise NotIdentified
    return authorise(
        procedure=application.procedure, by=by, own=own, on=on, person=person, business=application.business
    )


def refuse_ended(application: Application, *, by: User | None, on: dt.date) -> None:
    """Raises MandateEnded, NotMember when who acts for somebody else may not any more: for what was sent already.

    What the procedure asks of new applications is not asked again: nobody is kept from correcting or
    withdrawing because its conditions changed. Guests act for themselves, staff answer for what they do.
    """
    if by is not None and by.is_staff and not application.is_staffs and not may_receive(by, application):
        raise NotReceiver
    if by is None or by.is_staff:
        return
    if application.business is not None:
        if application.business not in businesses_of(by):
            raise NotMember
        return
    own = resident_of(by)
    if application.resident is not None and own is not None:
        mandate_for(application.resident, own=own, procedure=application.procedure, on=on)


def mandate_for(person: Resident, *, own: Resident, procedure: Procedure, on: dt.date) -> Applicant:
    """Whether somebody may file a procedure for a person on a day. Raises MandateEnded."""
    principal = living_row_of(person)
    if is_same_person(own, principal):
        return Applicant(resident=own)
    mandate = mandate_between(agent=own, principal=principal, procedure_key=procedure.key, on=on)
    # a right to act for somebody ends with their death (民法111条)
    if mandate is None or principal.died_on is not None:
        raise MandateEnded
    return Applicant(resident=principal, mandate=mandate)


def refuse_unidentified(procedure: Procedure, resident: Resident, by: User | None = None) -> None:
    """Raises NotIdentified, with what to do about it, when the procedure asks for a better proof of identity."""
    level = IdentityLevel(procedure.identity_level)
    # an account of the national sign-in may have no address at all
    if level == IdentityLevel.EMAIL and by is not None and by.email and by.email_verified_at is None:
        raise NotIdentified(level)
    if not is_identified(resident, level):
        raise NotIdentified(level)
