"""The guide at the desk: staff ask, the answers name the procedures. Nothing of it is kept but what is added, and what
their forms would ask again.

All questions stand on one page and are sent again with what is chosen: answers wait in no session of a shared tablet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from http import HTTPMethod
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications import typed
from applications.conditions import Outcome, outcome
from applications.form_pages import Checked, PageForm, check, deciding_answers, logic_data, shown_pages
from applications.guide import Guide, guide_of, told_anew
from applications.guide_words import headings
from applications.models import GuideVersion, Procedure
from applications.queries.guide import Advice, assess_for, public_guides
from applications.views.visits import SEEN, seen_by
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.models import Department, User
from cityhall.queries.staff import scope_of
from counter.enums import ACTIVE_VISITS, Origin, VisitState
from counter.models import Visit
from counter.queries.procedures import hindrance_of
from counter.services import visits
from counter.services.visits.choosing import CHOOSING
from counter.services.visits.filling import fill_told
from counter.views.desk.choosing import change, is_chosen
from counter.views.desk.common import SERVE, attempt, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage

_MOST_REASONS = 200


@dataclass(frozen=True)
class Found:
    """Something the answers call for. `problem`: why it cannot be received here; `is_taken`: it is in the visit."""

    advice: Advice
    problem: str
    is_taken: bool
    is_own: bool = False
    """Whether it belongs to a department of who serves: nobody is sent to where they stand."""

    @property
    def reasons(self) -> str:
        return " ".join(self.advice.task.reasons)

    @property
    def heading(self) -> Any:
        return headings(self.advice.task.when)

    @property
    def can_add(self) -> bool:
        return self.advice.procedure is not None and not self.problem and not self.is_taken

    @property
    def told(self) -> dict[str, Any]:
        """What is kept of it for the sheet to take home: no answer and no reason, which would tell one."""
        task, office = self.advice.task, self.advice.office
        return {
            "title": task.result.title,
            "office": {"name": office.name, "place": office.place, "phone": office.phone},
            "due_on": task.due_on.isoformat() if task.due_on else "",
            "due": task.result.due.text,
            "papers": list(self.advice.papers),
            "procedure": self.advice.procedure.key if self.advice.procedure else "",
        }


class Asked:
    """One guide with the answers of this moment."""

    def __init__(self, version: GuideVersion, values: typed.Typed) -> None:
        self.guide: Guide = guide_of(version)
        self.values = values

    @cached_property
    def _deciding(self) -> Mapping[str, Any]:
        return deciding_answers(self.guide.form, self.values, {})

    @cached_property
    def outcome(self) -> Outcome | None:
        return outcome(self.guide.form, self._deciding, today=today()) if self.guide.form.has_logic else None

    @property
    def logic(self) -> dict[str, Any] | None:
        return logic_data(self.guide.form, dict(self._deciding)) if self.outcome else None

    @cached_property
    def checked(self) -> Checked:
        return check(self.guide.form, self.values, {})

    def forms(self, *, is_checked: bool) -> list[PageForm]:
        """A form for each page that no condition hides; their questions have keys of their own."""
        pages = [self.guide.form.pages[number - 1] for number in shown_pages(self.guide.form, self.outcome)]
        return [
            PageForm(
                page,
                data=typed.as_data(page.fields, self.values) if is_checked else None,
                initial=self.values,
                outcome=self.outcome,
            )
            for page in pages
        ]


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def visit_guide(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Ask, see what is needed and why, add what is ticked."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    if visit.state == VisitState.OPEN or visit.state not in ACTIVE_VISITS:
        return to_present(visit)
    event = get_object_or_404(public_guides(), key=key)
    version: GuideVersion = event.current_guide  # type: ignore[assignment]  # the query asks for one
    questions = guide_of(version).form.fields
    asked = Asked(version, typed.read(questions, request.POST) if request.method == HTTPMethod.POST else {})
    if request.method != HTTPMethod.POST:
        return _show(request, visit, asked)
    found = None if asked.checked.problems else _found(visit, user, asked)
    if found is not None:
        visits.keep_advice(visit, key, [one.told for one in found if not one.can_add and not one.is_taken])
    if request.POST.get("action") == "add" and found is not None and visit.state in CHOOSING:
        told = told_anew(asked.guide, asked.checked.answers, today=today())
        if _add(request, visit, found, told, user=user):
            return redirect("counter:visit_procedures", visit.public_id)
        visit.refresh_from_db()
    is_fresh = _has_fresh(asked, request)
    return _show(request, visit, asked, found=found, is_checked=not is_fresh, is_fresh=is_fresh)


def _has_fresh(asked: Asked, request: HttpRequest) -> bool:
    """Whether the answers bring up questions that nobody has seen: no complaints about those."""
    seen = set(request.POST.get(SEEN, "").split())
    shown = {path for form in asked.forms(is_checked=False) for path in seen_by(form)}
    return SEEN in request.POST and bool(asked.checked.problems) and bool(shown - seen)


def _found(visit: Visit, user: User, asked: Asked) -> list[Found]:
    taken = set(visit.procedures.filter(dropped_at=None).values_list("procedure_id", flat=True))
    now, own = timezone.now(), _own_departments(user)
    advice = assess_for(asked.guide, asked.checked.answers)
    # an advice comes without the long columns; whether it can be filed needs none of them
    return [
        Found(
            one,
            hindrance_of(one.procedure, user, now) if one.procedure else "",
            one.procedure is not None and one.procedure.pk in taken,
            is_own=one.office.department in own,
        )
        for one in advice
    ]


def _own_departments(user: User) -> set[str]:
    """Codes of the departments in which the member of staff has a role."""
    return set(Department.objects.filter(pk__in=scope_of(user).department_ids).values_list("code", flat=True))


def _add(request: HttpRequest, visit: Visit, found: list[Found], told: Mapping[str, str], *, user: User) -> bool:
    """Only what the answers really call for, with their reasons; what was told is asked no more. False when it was
    refused, which is said."""
    ticked = set(request.POST.getlist("task"))
    chosen = [one for one in found if one.can_add and one.advice.key in ticked]
    reasons: dict[int, str] = {}
    for one in chosen:
        if one.advice.procedure is not None:
            reasons.setdefault(one.advice.procedure.pk, one.reasons[:_MOST_REASONS])
    rows = Procedure.objects.select_related("department", "current_version").in_bulk(list(reasons))
    pairs = [(rows[pk], reason) for pk, reason in reasons.items() if pk in rows]
    act = partial(visits.add, visit, pairs, origin=Origin.GUIDE, by=user)
    is_so = partial(is_chosen, visit, *rows.values())
    if not pairs:
        # the procedures that are in the visit already ask the same
        return attempt(request, visit, partial(fill_told, visit, told, user), is_so=lambda: False)
    return change(request, visit, act, is_so=is_so, told=told)


def _show(
    request: HttpRequest,
    visit: Visit,
    asked: Asked,
    *,
    found: list[Found] | None = None,
    is_checked: bool = False,
    is_fresh: bool = False,
) -> HttpResponse:
    forms = asked.forms(is_checked=is_checked)
    context = {
        "guide": asked.guide,
        "forms": forms,
        "problems": [one for form in forms for one in form.problems()] if is_checked else [],
        "logic": asked.logic,
        "seen": [path for form in forms for path in seen_by(form)],
        "found": found,
        "is_fresh": is_fresh,
        "may_choose": visit.state in CHOOSING,
        "only_tells": bool(asked.guide.tells) and not any(one.can_add for one in found or ()),
    }
    return show(request, "counter/desk/guide.html", visit, Stage.ASK, context)
