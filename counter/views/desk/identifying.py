"""Who stands at the desk: documents, the record, the comparison with what was entered, a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit
from counter.card import attributes_of
from counter.card_values import told_by
from counter.comparing import Compared, Likeness, Told, compare, side_by_side
from counter.enums import ACTIVE_VISITS, VisitState
from counter.errors import AuthorityMissing, CompanionUnnamed, MandateOfOthers, NotIdentifiedEnough
from counter.forms_desk import NOBODY, CodeForm, IdentifyForm
from counter.identity import known
from counter.models import Visit, VisitProcedure
from counter.queries.brought import is_brought_to
from counter.queries.compared import entered_for
from counter.queries.today import find_people, guesses
from counter.queries.visits import chosen_procedures
from counter.services import visits
from counter.services.visits.filling import fill_known
from counter.views.desk.card import may_read_cards, panel_of
from counter.views.desk.common import SERVE, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage
from residents.models import Mandate, Resident
from residents.queries import agents_of, living_row_of, visible_address

_RIGHTS = (SERVE, "residents.view_resident")
_TAKING = (VisitState.OPEN, VisitState.IDENTIFIED)
_FIELDS: dict[type[DomainError], str] = {
    NotIdentifiedEnough: "documents",
    CompanionUnnamed: "companion_name",
    AuthorityMissing: "documents",
    MandateOfOthers: "mandate",
}
"""Where the sentence of a refusal stands."""


@dataclass(frozen=True)
class Candidate:
    """Somebody it may be, with the address the reader may see; how they differ from what was entered, from the card."""

    resident: Resident
    address: str
    compared: Sequence[Compared]
    on_card: Sequence[Compared] = ()

    @property
    def differences(self) -> list[str]:
        """What must be judged. A card writes everything in full width: only what it says otherwise counts."""
        entered = [one.what for one in self.compared if one.is_different]
        return [*entered, *(one.what for one in self.on_card if one.likeness == Likeness.DIFFERS)]


@dataclass(frozen=True)
class Brought:
    """What somebody without a record brought along, to be held against the document they show: by source."""

    sources: Sequence[str]
    lines: Sequence[Told]


@staff_only(*_RIGHTS)
@may_read_cards
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def visit_identify(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look the person up, compare, say which documents were shown. The search keeps everything that was chosen."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    if visit.state not in ACTIVE_VISITS:
        return to_present(visit)
    if request.method != HTTPMethod.POST:
        candidates = _candidates(visit, user, guesses(visit))
        return _show(request, visit, _form(None, visit, candidates), candidates)
    text = request.POST.get("text", "").strip()
    candidates = _candidates(visit, user, _found(visit, user, text))
    if request.POST.get("action") == "search":
        form = _form(None, visit, candidates, kept=request.POST)
        return _show(request, visit, form, candidates, is_asked=bool(text))
    form = _form(request.POST, visit, candidates)
    return _identify(request, visit, form, candidates, user=user)


@staff_only(SERVE)
@may_read_cards
@require_POST
def visit_code(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person shows a code after the visit was begun: the answers come into it."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    form = CodeForm(request.POST, auto_id="code_%s")
    if form.is_valid():
        try:
            visits.take_answers(visit, text=form.cleaned_data["code"], by=user)
            if visit.state == VisitState.IDENTIFIED:
                fill_known(visit, user)
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return to_present(visit)
    visit.refresh_from_db()
    if visit.state not in ACTIVE_VISITS:
        return to_present(visit)
    candidates = _candidates(visit, user, guesses(visit))
    return _show(request, visit, _form(None, visit, candidates), candidates, code=form)


def _identify(
    request: HttpRequest, visit: Visit, form: IdentifyForm, candidates: Sequence[Candidate], *, user: User
) -> HttpResponse:
    chosen = next((one for one in candidates if one.resident.public_id == form["who"].value()), None)
    if form.is_valid() and chosen is not None and chosen.differences and not form.cleaned_data["judged"]:
        form.add_error("judged", _judge())
    if not form.is_valid():
        return _show(request, visit, form, candidates)
    data = form.cleaned_data
    try:
        visits.identify(
            visit,
            documents=data["documents"],
            resident=form.resident,
            by=user,
            companion=data["companion"],
            companion_name=data["companion_name"],
            mandate=form.chosen_mandate,
            differences=chosen.differences if chosen else (),
        )
    except StaleState:
        visit.refresh_from_db()
        if _is_said(visit, form, user):
            return to_present(visit)
        return _show(request, visit, form, candidates, stale=True)
    except DomainError as error:
        name = _FIELDS.get(type(error))
        form.add_error(name if name in form.fields else None, str(error))
        return _show(request, visit, form, candidates)
    if visit.state in (VisitState.IDENTIFIED, VisitState.FILLING):
        fill_known(visit, user)
    return to_present(visit)


def _is_said(visit: Visit, form: IdentifyForm, user: User) -> bool:
    """Whether the visit says the very same of who came, by the same member of staff: the button was pressed twice."""
    data = form.cleaned_data
    said = visits.who_said(
        resident=form.resident,
        companion=data["companion"],
        name=data["companion_name"],
        mandate=form.chosen_mandate,
    )
    is_shown = (visit.identified_by_id, visit.documents) == (user.pk, known(data["documents"]))
    return is_shown and visits.who_of(visit) == said


def _judge() -> str:
    return _(
        "入力された内容と市の登録に違いがあります。ご本人と判断したときは、「違いを確かめました」を選んでください。"
    )


def _found(visit: Visit, user: User, text: str) -> list[Resident]:
    """Those the words may mean, audited, and those it probably is."""
    people = find_people(text) if text else []
    if text:
        audit.record(
            action=AuditAction.SEARCH,
            actor=user,
            target_type="resident",
            detail=f"visit {visit.public_id}",
            object_ids=[one.public_id for one in people],
        )
    return list(dict.fromkeys([*(living_row_of(one) for one in people), *guesses(visit)]))


def _brought(visit: Visit, user: User, chosen: Sequence[VisitProcedure]) -> Brought:
    """What is known of somebody without a record."""
    card, booking = attributes_of(visit), visit.reservation
    sources = [
        (_("入力・事前入力"), entered_for(visit, user, chosen)),
        (_("予約"), {"name": booking.name, "kana": booking.kana} if booking else {}),
        (_("カード"), told_by(card) if card else {}),
    ]
    held = [(label, said) for label, said in sources if any(said.values())]
    return Brought([label for label, _said in held], side_by_side([said for _label, said in held]))


def _candidates(visit: Visit, user: User, people: Sequence[Resident]) -> list[Candidate]:
    if not people:
        return []
    entered = entered_for(visit, user, chosen_procedures(visit))
    card = attributes_of(visit)
    told = told_by(card) if card else {}
    return [
        Candidate(one, address, compare(entered, one, address=address), compare(told, one, address=address))
        for one in people
        for address in (visible_address(one, to=user),)
    ]


def _form(data: Any, visit: Visit, candidates: Sequence[Candidate], *, kept: Any = None) -> IdentifyForm:
    """With `data` it is checked; with what was `kept` it is only shown again."""
    people = [one.resident for one in candidates]
    mandates = _mandates(people)
    initial: dict[str, Any] = {
        "who": people[0].public_id if len(people) == 1 else "",
        "documents": visit.documents,
        "companion": visit.companion,
        "companion_name": visit.companion_name,
        "mandate": visit.mandate.public_id if visit.mandate else "",
    }
    if visit.state != VisitState.OPEN:
        initial["who"] = visit.resident.public_id if visit.resident else NOBODY
    if kept is not None:
        who = kept.get("who", "")
        initial = {name: kept.get(name, "") for name in ("text", "companion", "companion_name", "mandate")}
        initial |= {"documents": kept.getlist("documents"), "who": who if len(people) != 1 else people[0].public_id}
    return IdentifyForm(data, people=people, mandates=mandates, initial=initial)


def _mandates(people: Sequence[Resident]) -> list[Mandate]:
    """What these people gave; one candidate usually, ten at most."""
    return [mandate for one in people for mandate in agents_of(one, today())]


def _show(
    request: HttpRequest,
    visit: Visit,
    form: IdentifyForm,
    candidates: Sequence[Candidate],
    *,
    code: CodeForm | None = None,
    is_asked: bool = False,
    stale: bool = False,
) -> HttpResponse:
    by_id = {one.resident.public_id: one for one in candidates}
    chosen = chosen_procedures(visit)
    takes_code = not visit.prefill_id and not visit.values and visit.state in _TAKING
    context = {
        "form": form,
        "code": code or CodeForm(auto_id="code_%s"),
        "takes_code": takes_code,
        "brings": takes_code and is_brought_to(visit),
        "options": [(button, by_id.get(str(button.data["value"]))) for button in form["who"]],
        "has_differences": any(one.differences for one in candidates),
        "card": panel_of(visit),
        "brought": _brought(visit, user_of(request), chosen),
        "is_asked": is_asked,
        "found": len(candidates),
    }
    refused = form.errors or (code is not None and code.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    page = "counter/desk/identify.html"
    return show(request, page, visit, Stage.IDENTIFY, context, chosen=chosen, stale=stale, status=status)
