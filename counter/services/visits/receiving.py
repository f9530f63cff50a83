"""Everything is received at once: one application for each procedure, all of them or none."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import Form, form_of
from applications.enums import Channel, FieldType
from applications.fields.building import file_questions
from applications.form_pages import check
from applications.models import Application
from applications.papers import paper_questions, question_of
from applications.services.casework import hold_at_reception
from applications.services.practice import start_practice
from applications.services.receptions import Person, Received, start_for
from applications.services.starting import Filled
from applications.services.submission import Incomplete, submit
from applications.services.uploads import attach
from applications.typed import Typed
from cityhall.days import closed_days_read_once, local_date
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services.files import read_bytes
from cityhall.text import clean_text
from counter import identity
from counter.enums import Companion, Relation, VisitEventKind, VisitState
from counter.errors import NothingChosen, ReasonMissing
from counter.models import Visit, VisitProcedure, VisitSignature
from counter.queries.certificates import requester_of
from counter.queries.receiving import owner_name, typed_of
from counter.queries.signatures import signature_in_force
from counter.queries.visits import chosen_procedures, name_in
from counter.services.hand_overs import hand_over
from counter.services.issues import await_issue
from counter.services.visits.leading import record
from counter.services.visits.states import move, note
from residents.models import Resident

_LONGEST_NOTE: Final = 1500
_LONGEST_NAME: Final = 120


class NotSigned(DomainError):
    """Nobody signed, or something was changed after that."""

    code = "not_signed"
    message = gettext_lazy("署名のあとで内容が変わりました。もう一度、内容を確認して署名をいただいてください。")


@dataclass(frozen=True)
class Refusal:
    """A procedure that cannot be received, and why, in sentences."""

    chosen: VisitProcedure
    sentences: tuple[str, ...]
    papers: frozenset[str] = frozenset()
    """What has still to be looked at (`queries.receiving.owner_name`)."""


class NotReceived(DomainError):
    """At least one procedure cannot be received: none was, and nothing is lost."""

    code = "not_received"
    message = gettext_lazy(
        "受け付けられない手続があるため、まだどの手続も受け付けていません。入力した内容はそのまま残っています。"
    )

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__()


def receive(
    visit: Visit,
    *,
    by: User,
    papers_seen: Collection[str] = (),
    without: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
) -> Visit:
    """SIGNED → RECEIVED: file every procedure of a visit in one transaction.

    `papers_seen` are the questions whose papers staff looked at (`queries.receiving.owner_name`); `without` are
    procedures that are dropped at the last moment, by key, with the reason: what was signed for the others stands.
    Received twice is received once, at whatever desk: the application of a procedure has a key of its own. In practice
    trials are made that nobody receives.

    Locks the visit, then the resident, then what filing locks, procedures in the order of their ids.
    Raises NotReceived (naming each procedure and why), NotSigned, NothingChosen, ReasonMissing, StaleState. Audited,
    mails sent as filing does.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = _lock(visit)
        if row.received_at is not None:
            return row
        if (row.state, row.revision) != (VisitState.SIGNED, visit.revision):
            raise StaleState
        _file_all(row, frozenset(papers_seen), without or {}, by=by, now=moment)
        to, event = VisitState.RECEIVED, VisitEventKind.RECEIVED
        move(row, to=to, event=event, by=by, now=moment, received_at=moment, clerk=by)
        record(row, by, "received")
    return row


def _file_all(row: Visit, papers: frozenset[str], without: Mapping[str, str], *, by: User, now: dt.datetime) -> None:
    """File what was signed, hand it to the back office, let certificates wait; trials go nowhere."""
    signature = signature_in_force(row)
    if signature is None:
        raise NotSigned
    filing = Filing(row, signature, papers, by, now)
    with closed_days_read_once():
        filing.run(chosen_procedures(row), without)
    if not row.is_practice:
        hand_over(Application.objects.filter(visit_procedure__visit=row), by=by, now=now)
        await_issue(row, now=now)


def _lock(visit: Visit) -> Visit:
    """The visit, and before anything of the applications the person: two visits of one person wait for each other."""
    rows = Visit.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("resident", "mandate__agent", "ticket", "place").get(pk=visit.pk)
    if row.resident_id is not None:
        Resident.objects.select_for_update(no_key=True).get(pk=row.resident_id)
    return row


@dataclass(frozen=True)
class Filing:
    """One visit that is being received."""

    visit: Visit
    signature: VisitSignature
    papers: frozenset[str]
    by: User
    now: dt.datetime

    def run(self, chosen: Sequence[VisitProcedure], without: Mapping[str, str]) -> None:
        """File all but those left out. Raises NotReceived with every procedure that cannot be, NothingChosen,
        ReasonMissing.
        """
        typed = typed_of(self.visit, chosen)
        wanted = [one for one in chosen if one.procedure.key not in without]
        if not wanted:
            raise NothingChosen
        for one in chosen:
            if one.procedure.key in without:
                self._drop(one, without[one.procedure.key])
        refusals: list[Refusal] = []
        filed: list[VisitProcedure] = []
        # by id, not as they were chosen: two desks that file the same limited procedures wait, and never for each other
        for one in sorted(wanted, key=lambda row: row.procedure_id):
            try:
                one.application = self._file(one, typed[one.procedure.key])
                filed.append(one)
            except Incomplete as error:
                refusals.append(_incomplete(one, error))
            except DomainError as error:
                refusals.append(Refusal(one, (str(error),)))
        if refusals:
            raise NotReceived(sorted(refusals, key=lambda refusal: refusal.chosen.position))
        VisitProcedure.objects.filter(application=None).bulk_update(filed, ["application"])

    def _file(self, one: VisitProcedure, typed: Typed) -> Application:
        """All of one procedure or nothing: what is refused takes no place, and is no draft to the next one."""
        with transaction.atomic():
            return self._practise(one, typed) if self.visit.is_practice else self._submit(one, typed)

    def _submit(self, one: VisitProcedure, typed: Typed) -> Application:
        form = form_of(one.form_version)
        draft = start_for(
            procedure=one.procedure,
            person=self._person(),
            received=self._received(one, form),
            by=self.by,
            request_key=f"{self.visit.public_id}:{one.procedure_id}",
            filled=Filled(one.form_version, typed),
            now=self.now,
        )
        self._put_signature(draft, form, typed)
        sent = submit(application=draft, by=self.by, now=self.now)
        # they are standing there: nobody has to come once more
        day = self.visit.paper_on or local_date(self.now)
        return hold_at_reception(application=sent, by=self.by, held_on=day, now=self.now)

    def _practise(self, one: VisitProcedure, typed: Typed) -> Application:
        """A trial that goes away by itself, checked like what is real. Raises Incomplete."""
        form = form_of(one.form_version)
        key = f"{self.visit.public_id}:{one.procedure_id}"
        trial = start_practice(
            procedure=one.procedure, request_key=key, filled=Filled(one.form_version, typed), now=self.now
        )
        seen = {*self._seen(one, form), *_signatures(form)}
        if problems := check(form, typed, {}, seen=seen).problems:
            raise Incomplete(problems)
        return trial

    def _drop(self, one: VisitProcedure, reason: str) -> None:
        why = clean_text(reason.strip())[:200]
        if not why:
            raise ReasonMissing
        rows = VisitProcedure.objects.filter(pk=one.pk, dropped_at=None, application=None)
        rows.update(dropped_at=self.now, drop_reason=why)
        note(self.visit, VisitEventKind.PROCEDURE_DROPPED, by=self.by, now=self.now, detail=one.procedure.key)

    def _person(self) -> Person:
        resident, mandate = self.visit.resident, self.visit.mandate
        if resident is not None:
            return Person(resident=resident, agent=mandate.agent if mandate else None)
        values = self.visit.values
        return Person(name=name_in(values)[:_LONGEST_NAME], kana=kana_in(values)[:_LONGEST_NAME])

    def _received(self, one: VisitProcedure, form: Form) -> Received:
        return Received(
            channel=Channel.COUNTER,
            # handed in by hand while nothing worked: it was filed then, not when somebody typed it in
            received_on=self.visit.paper_on,
            identity=identity.shown_as(self.visit.documents),
            identity_note=identity_note(self.visit),
            papers_seen=tuple(self._seen(one, form)),
        )

    def _seen(self, one: VisitProcedure, form: Form) -> Iterator[str]:
        """The questions of one procedure whose papers were seen; a signature on paper is seen as well."""
        is_on_paper = not self.signature.is_drawn
        for question, field in paper_questions(form).items():
            if field.type == FieldType.SIGNATURE:
                if is_on_paper:
                    yield question
            elif owner_name(one.procedure.key, question) in self.papers:
                yield question

    def _put_signature(self, draft: Application, form: Form, typed: Typed) -> None:
        """What was drawn once answers the form of each procedure that asks for a signature."""
        drawn = self.signature.file
        if drawn is None:
            return
        for field in file_questions(form.questions, typed):
            if field.type == FieldType.SIGNATURE:
                upload = SimpleUploadedFile(drawn.name, read_bytes(drawn), content_type=drawn.content_type)
                attach(application=draft, field=field, upload=upload, by=self.by, now=self.now)


def _signatures(form: Form) -> Iterator[str]:
    return (question for question, field in paper_questions(form).items() if field.type == FieldType.SIGNATURE)


def _incomplete(one: VisitProcedure, error: Incomplete) -> Refusal:
    """Every question that is missing or wrong, with what is to be done about it; papers are looked at, not attached."""
    questions = paper_questions(form_of(one.form_version))
    sentences, papers = [], set()
    for problem in error.problems:
        message, question = problem.message, question_of(problem.key)
        if question in questions:
            message = _("書類を確認して、印を付けてください。")
            papers.add(owner_name(one.procedure.key, question))
        sentences.append(_("「%(label)s」: %(message)s") % {"label": problem.label, "message": message})
    return Refusal(one, tuple(sentences), frozenset(papers))


def kana_in(values: Mapping[str, object]) -> str:
    """How the person who stands there reads their name, "" where nobody typed it."""
    kana, name = values.get("applicant_kana"), values.get("applicant_name")
    if isinstance(kana, str) and kana:
        return kana
    if not isinstance(name, dict):
        return ""
    return " ".join(part for part in (name.get("family_kana"), name.get("given_kana")) if part)


def identity_note(visit: Visit) -> str:
    """Which documents were shown, and who was there besides: what the reception of each application keeps."""
    lines = ["・".join(identity.names_of(visit.documents))]
    if visit.companion:
        who = {"kind": Companion(visit.companion).label, "name": visit.companion_name}
        lines.append(_("同席: %(name)s（%(kind)s）") % who)
    lines += _requester_lines(visit)
    if visit.paper_on is not None:
        lines.append(_("手書きの用紙から入力（%(day)sに受け取り）") % {"day": visit.paper_on.isoformat()})
    return " / ".join(line for line in lines if line)[:_LONGEST_NOTE]


def _requester_lines(visit: Visit) -> Iterator[str]:
    """Who asks for the certificates of a visit, where it is not the person themselves."""
    order = requester_of(visit)
    if order is None:
        return
    if order.confirmed_by:
        yield _("支援措置: 上席（%(name)s）に確認") % {"name": order.confirmed_by}
    if order.relation == Relation.SELF:
        return
    yield _("請求者: %(relation)s") % {"relation": order.get_relation_display()}
    if order.reason:
        yield _("理由: %(reason)s") % {"reason": order.reason}
    if order.subject_line:
        yield _("対象の方: %(subject)s") % {"subject": order.subject_line}
