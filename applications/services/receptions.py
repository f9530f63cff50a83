"""Beginning a filing that staff type in for somebody: at the counter, from paper, on the telephone, at a booth."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import definition
from applications.enums import ApplicantKind, Channel, IdentityShown
from applications.models import Application, FormVersion, Procedure, Reception
from applications.permissions import CaseRight
from applications.prefill import prefill
from applications.queries.intake import EARLIEST_PAPER, channels_of
from applications.queries.reach import desk_for, scope_for
from applications.services.applicants import Applicant, NotForThem, NotReceiver, mandate_for
from applications.services.drafts import NotOpen, refuse_second
from applications.services.starting import Filled, create_draft, once, refuse_one_more
from applications.typed import Typed
from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit
from cityhall.text import clean_text, has_my_number
from residents.models import Business, Resident
from residents.queries import living_row_of


class NotThisWay(DomainError):
    """The procedure is not filed in this way."""

    code = "not_this_way"
    message = _("この手続は、選んだ方法では受け付けていません。手続の設定の「受付の方法」をご確認ください。")


class NobodyNamed(DomainError):
    """Neither a record was chosen nor a name typed."""

    code = "nobody_named"
    message = _("申請者を選ぶか、氏名を入力してください。")


class WrongDay(DomainError):
    """The day a form arrived is missing, still to come, or long ago."""

    code = "wrong_day"
    message = _("紙の受付日は、今日までの1年以内の日付を入力してください。")


@dataclass(frozen=True)
class Received:
    """How it came: the way, the day of the paper, and how the person's identity was established."""

    channel: Channel
    received_on: dt.date | None = None
    identity: IdentityShown = IdentityShown.NONE
    identity_note: str = ""
    papers_seen: tuple[str, ...] = ()
    """Questions whose papers were seen at the counter (`applications.papers`)."""


@dataclass(frozen=True)
class Person:
    """Who applies: somebody with a record, a business, or a name the city has no record of.

    `agent` is who came in the place of the resident, by a mandate.
    """

    resident: Resident | None = None
    agent: Resident | None = None
    business: Business | None = None
    name: str = ""
    kana: str = ""


def start_for(
    *,
    procedure: Procedure,
    person: Person,
    received: Received,
    by: User,
    request_key: str,
    filled: Filled | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """A new draft for somebody else, filled with what the city knows and the member of staff may see. Audited.

    At a desk that receives for other departments it is kept which (`Application.desk_department`): its staff read it.
    With `filled` the records add nothing, and the form is the one it was filled in on. The opening period of the
    portal does not bind; what a person may file once stays once. The same `request_key` of the same member of staff
    gives the same draft. Locks the row of who types, whose drafts are counted; not with `filled`.
    Raises NotReceiver, NotOpen, NotThisWay, WrongDay, NotForThem, NobodyNamed, MandateEnded, AlreadyFiled,
    TooManyDrafts.
    """
    moment = now or timezone.now()
    key = f"{by.pk}:{request_key}"[:80]
    if earlier := Application.objects.filter(request_key=key).first():
        return earlier
    version = _version(procedure, by, filled)
    _check_way(procedure, received, local_date(moment))
    applicant = _applicant(procedure, person, local_date(moment))
    refuse_second(procedure, applicant)

    def create() -> Application:
        if filled is None:
            # what comes filled in is filed at once, and never stays a draft of who types
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            refuse_one_more(by)
        draft = create_draft(
            procedure,
            version,
            key,
            applicant,
            moment,
            link_values=None,
            filed_by=by,
            channel=received.channel,
            desk_department_id=desk_for(by, procedure),
            received_on=received.received_on,
            draft_answers=filled.typed if filled else _known_answers(version, applicant, reader=by),
        )
        _keep(draft, person, received, by, moment)
        _record(draft, by, person)
        return draft

    return once(key, create)


def _known_answers(version: FormVersion, applicant: Applicant, *, reader: User) -> Typed:
    """What the records say, as far as the member of staff may see it."""
    form = definition.form_of(version)
    return prefill(form, applicant.resident, business=applicant.business, reader=reader)


def _version(procedure: Procedure, by: User, filled: Filled | None) -> FormVersion:
    """The form to fill in. Raises NotReceiver, NotOpen where nothing can be filed in any way."""
    if not scope_for(by, CaseRight.RECEIVE).covers_procedure(procedure):
        raise NotReceiver
    if not procedure.has_form or procedure.current_version is None:
        raise NotOpen
    return filled.version if filled else procedure.current_version


def _check_way(procedure: Procedure, received: Received, today: dt.date) -> None:
    if received.channel not in channels_of(procedure):
        raise NotThisWay
    day = received.received_on
    if day is None and received.channel == Channel.PAPER:
        raise WrongDay
    if day is not None and not today - EARLIEST_PAPER <= day <= today:
        raise WrongDay


def _applicant(procedure: Procedure, person: Person, on: dt.date) -> Applicant:
    if person.business is not None:
        if not procedure.is_for_businesses:
            raise NotForThem
        return Applicant(ApplicantKind.BUSINESS, business=person.business)
    if not procedure.is_for_people:
        raise NotForThem
    if person.resident is not None:
        if person.agent is not None:
            return mandate_for(person.resident, own=person.agent, procedure=procedure, on=on)
        return Applicant(resident=living_row_of(person.resident))
    if not person.name.strip() or has_my_number(person.name):
        raise NobodyNamed
    return Applicant()


def _keep(draft: Application, person: Person, received: Received, by: User, now: dt.datetime) -> None:
    is_typed = person.resident is None and person.business is None
    Reception.objects.create(
        application=draft,
        identity=received.identity,
        identity_note=clean_text(received.identity_note.strip()),
        person_name=clean_text(person.name.strip()) if is_typed else "",
        person_kana=clean_text(person.kana.strip()) if is_typed else "",
        papers_seen=sorted(received.papers_seen),
        papers_seen_by=by if received.papers_seen else None,
        papers_seen_at=now if received.papers_seen else None,
    )


def _record(draft: Application, by: User, person: Person) -> None:
    """Who typed, and for whom: ids of records, no names."""
    if person.business is not None:
        behalf = f"business {person.business.public_id}"
    else:
        behalf = f"resident {person.resident.public_id}" if person.resident else "person without record"
    audit.record(
        action=AuditAction.CREATE,
        actor=by,
        target_type="application",
        target_id=draft.public_id,
        detail=f"draft by {draft.channel}",
        on_behalf_of=behalf,
        department_code=draft.procedure.department.code,
    )
