"""What is about to be received at a desk: the papers to look at, what it costs; and what was received."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from applications.conditions import Outcome
from applications.definition import Field, Form, form_of
from applications.enums import Channel, FieldType, PaymentState, Seat
from applications.fees import Fee, fees_of
from applications.form_pages import Checked, Given, check, outcome_of, without_blank_rows
from applications.models import Application, Payment
from applications.outlook import outlook
from applications.papers import paper_questions, question_of
from applications.prefill import given_answers
from applications.services.seats import place_in_line
from applications.typed import Typed
from cityhall.days import closed_days_read_once, today
from cityhall.models import User
from counter.combined import split
from counter.forms import combined_of
from counter.models import Visit, VisitProcedure


@dataclass(frozen=True)
class Paper:
    """Something to bring; asked for by several procedures under one name it is looked at once."""

    label: str
    help: str
    owners: tuple[str, ...]
    """`procedure:question` of each question it answers."""
    is_required: bool
    procedures: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the tick of the page says."""
        return self.owners[0]


@dataclass(frozen=True)
class Prepared:
    """A procedure of a visit as it would be received, papers counted as seen. Worked out as far as it is looked at."""

    chosen: VisitProcedure
    typed: Typed
    given: Given

    @property
    def form(self) -> Form:
        return form_of(self.chosen.form_version)

    @cached_property
    def outcome(self) -> Outcome | None:
        """What the answers bring up; to know the papers nothing has to be checked."""
        return outcome_of(self.form, without_blank_rows(self.form, self.typed, {}), {}, given=self.given)

    @cached_property
    def checked(self) -> Checked:
        """What is still wrong is in the answers."""
        return check(self.form, self.typed, {}, given=self.given, seen=paper_questions(self.form))

    @cached_property
    def fees(self) -> tuple[Fee, ...]:
        """What it costs with these answers."""
        rules = self.chosen.procedure.fees
        return fees_of(rules, self.form, self.checked.answers, today=today()) if rules else ()

    @property
    def total(self) -> int:
        return sum(fee.amount for fee in self.fees)


@dataclass(frozen=True)
class Filed:
    """A procedure of a visit that was received: its application, what it costs, what comes next."""

    chosen: VisitProcedure
    application: Application
    payments: Sequence[Payment]
    outlook: Sequence[str]

    @property
    def total(self) -> int:
        return sum(one.amount for one in self.payments)

    @property
    def needs_paper(self) -> bool:
        """Whether law wants this filing in writing: its form is printed, and signed where the form says so."""
        return self.application.procedure.needs_paper_form

    @property
    def owed(self) -> int:
        """What nobody has paid yet."""
        return sum(one.amount for one in self.payments if one.state == PaymentState.DUE)


def owner_name(procedure_key: str, question: str) -> str:
    """How a question of a procedure is named among the papers of a visit."""
    return f"{procedure_key}:{question}"


def typed_of(visit: Visit, chosen: Sequence[VisitProcedure]) -> dict[str, Typed]:
    """What was typed, taken apart for the form of each procedure. `chosen` are all that were signed, in their order."""
    return split(combined_of(chosen, at_desk=True), visit.values)


def prepared_of(visit: Visit, chosen: Sequence[VisitProcedure], by: User) -> list[Prepared]:
    """Each procedure as it stands."""
    typed = typed_of(visit, chosen)
    return [_prepared(visit, one, typed[one.procedure.key], by) for one in chosen]


def _prepared(visit: Visit, one: VisitProcedure, typed: Typed, by: User) -> Prepared:
    return Prepared(one, typed, given_answers(as_filed(visit, one, by), form_of(one.form_version)))


def as_filed(visit: Visit, one: VisitProcedure, by: User) -> Application:
    """The application as it would be made, to ask what the records give it; never saved."""
    return Application(
        procedure=one.procedure,
        form_version=one.form_version,
        resident=visit.resident,
        mandate=visit.mandate,
        filed_by=by,
        channel=Channel.COUNTER,
        is_practice=visit.is_practice,
    )


def papers_for(prepared: Sequence[Prepared]) -> list[Paper]:
    """What staff look at before they receive: files and photographs that are asked for as the answers stand."""
    found: dict[str, list[tuple[Prepared, str, Field, bool]]] = {}
    for one in prepared:
        for question, field, is_required in _asked(one):
            found.setdefault(field.label, []).append((one, question, field, is_required))
    return [_paper(label, asked) for label, asked in found.items()]


def _paper(label: str, asked: Sequence[tuple[Prepared, str, Field, bool]]) -> Paper:
    return Paper(
        label=label,
        help=next((field.help for _one, _question, field, _required in asked if field.help), ""),
        owners=tuple(owner_name(one.chosen.procedure.key, question) for one, question, _field, _required in asked),
        is_required=any(is_required for *_rest, is_required in asked),
        procedures=tuple(dict.fromkeys(one.chosen.procedure.name for one, *_rest in asked)),
    )


def _asked(one: Prepared) -> Iterator[tuple[str, Field, bool]]:
    """The questions for papers that the answers bring up, each with whether it must be seen."""
    outcome = one.outcome
    visible = _questions(outcome.visible) if outcome else None
    required = _questions(outcome.required) if outcome else None
    for question, field in paper_questions(one.form).items():
        if field.type == FieldType.SIGNATURE or not _is_in_use(one, question):
            continue
        if visible is None or question in visible:
            yield question, field, field.required if required is None else question in required


def _questions(paths: Collection[str]) -> set[str]:
    return {question_of(path) for path in paths}


def _is_in_use(one: Prepared, question: str) -> bool:
    """A paper for each row of a group is asked for where there is a row."""
    group, _dot, inside = question.partition(".")
    return not inside or bool(one.typed.get(group))


def filed_of(visit: Visit) -> list[Filed]:
    """What became of the procedures of a visit, in their order. Three queries, one more for each that is limited."""
    with closed_days_read_once():
        return _filed_of(visit)


def _filed_of(visit: Visit) -> list[Filed]:
    rows = visit.procedures.filter(application__isnull=False).select_related(
        *("procedure__department", "form_version", "application__procedure", "application__department")
    )
    chosen = [(one, one.application) for one in rows.order_by("position") if one.application]
    payments = _payments([application for _one, application in chosen])
    return [
        Filed(one, application, payments.get(application.pk, ()), _outlook(application)) for one, application in chosen
    ]


def _outlook(application: Application) -> list[str]:
    place = place_in_line(application) if application.seat == Seat.WAITING else None
    return outlook(application, today=today(), place_in_line=place)


def _payments(applications: Sequence[Application]) -> Mapping[int, Sequence[Payment]]:
    found: dict[int, list[Payment]] = {}
    for payment in Payment.objects.filter(application__in=applications).order_by("id"):
        found.setdefault(payment.application_id, []).append(payment)
    return found
