"""One decision for many cases: choose it, see what would happen, confirm, watch the worker, read what came of it."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from applications.decision_forms import BulkForm
from applications.enums import DecisionKind
from applications.models import Application
from applications.queries.bulk import bulks_of, chosen_cases, progress_of
from applications.queries.reasons import reasons_for, with_reason
from applications.services import bulk
from applications.services.bulk.rules import sentence_of
from applications.services.casework import LetterChanged
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.my_numbers import record_confirmed_number
from cityhall.services import audit

REFRESH_SECONDS = 3
_LATEST = 20


@staff_only("applications.process_case")
@never_cache
@require_POST
def bulk_preview(request: HttpRequest) -> HttpResponse:
    """First the decision and its words, then what it would do with each case. Writes nothing."""
    cases = _chosen(request)
    if isinstance(cases, DomainError):
        messages.warning(request, str(cases))
        return redirect("applications:case_list")
    reasons = reasons_for(cases)
    if "decision" not in request.POST and "looked" not in request.POST:
        return _choose(request, cases, BulkForm(reasons=reasons))
    if "insert" in request.POST:
        chosen = next((row for row in reasons if row.public_id == request.POST.get("reason_example")), None)
        typed = {"decision": request.POST.get("decision", ""), "reason": request.POST.get("reason", "")}
        typed["reason"] = with_reason(typed["reason"], chosen)
        return _choose(request, cases, BulkForm(initial=typed, reasons=reasons))
    form = BulkForm(request.POST, reasons=reasons)
    if "change" in request.POST or not form.is_valid():
        return _choose(request, cases, form)
    return _show_plan(request, cases, form)


def _chosen(request: HttpRequest) -> list[Application] | DomainError:
    """The ticked cases the person may see, or why there is nothing to show."""
    # the confirmation sends each with its revision; the list sends the case alone
    public_ids = [value.partition(":")[0] for value in request.POST.getlist("case")]
    if len(public_ids) > bulk.MOST_CASES:
        return bulk.TooManyCases()
    return chosen_cases(staff_of(request), public_ids) or bulk.NothingChosen()


def _choose(request: HttpRequest, cases: Sequence[Application], form: BulkForm) -> HttpResponse:
    return render(request, "applications/bulk/choose.html", {"cases": cases, "form": form})


def _show_plan(request: HttpRequest, cases: Sequence[Application], form: BulkForm) -> HttpResponse:
    user, data = staff_of(request), form.cleaned_data
    decision = DecisionKind(data["decision"])
    planned = bulk.plan(cases=cases, decision=decision, reason=data["reason"], by=user)
    possible = [row for row in planned if row.is_possible]
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="application",
        object_ids=[case.public_id for case in cases],
        detail="bulk preview",
    )
    context = {
        "cases": cases,
        "form": form,
        "decision": decision,
        "reason": data["reason"],
        "possible": possible,
        "impossible": [row for row in planned if not row.is_possible],
        "letters": bulk.sample_letters(possible, decision=decision, reason=data["reason"]),
        "letter_count": sum(row.notice_type is not None for row in possible),
        "mark": bulk.texts_mark([row.case for row in possible], decision, data["reason"]),
        "request_key": new_key(),
    }
    return render(request, "applications/bulk/preview.html", context)


@staff_only("applications.process_case")
@require_POST
def bulk_start(request: HttpRequest) -> HttpResponse:
    """Queue what was confirmed and show how it goes; a double click comes to the same bulk."""
    user = staff_of(request)
    form = BulkForm(request.POST)
    cases = _chosen(request)
    if isinstance(cases, DomainError) or not form.is_valid():
        return bulk_preview(request)
    decision, reason = DecisionKind(form.cleaned_data["decision"]), form.cleaned_data["reason"]
    seen = _seen(request)
    request_key = request.POST.get("request_key", "")[:80]
    try:
        made = bulk.start(
            decision=decision,
            reason=reason,
            seen=seen,
            # without a key of the page, nobody read the page
            texts_seen=request.POST.get("seen", "") if request_key else "",
            by=user,
            request_key=request_key,
        )
    except (LetterChanged, bulk.NothingChosen) as error:
        messages.warning(request, str(error))
        return _show_plan(request, cases, form)
    record_confirmed_number(
        form, by=user, target_type=made._meta.label_lower, target_id=made.public_id, target_label="", department_code=""
    )
    return redirect("applications:bulk_detail", public_id=made.public_id)


def _seen(request: HttpRequest) -> dict[str, int]:
    """Public id → revision, as the preview showed them."""
    pairs = (value.partition(":") for value in request.POST.getlist("case"))
    return {
        public_id: int(revision)
        for public_id, _colon, revision in pairs
        if revision.isascii() and revision.isdigit() and len(revision) < len("1000000000")
    }


@staff_only("applications.process_case")
@require_GET
def bulk_list(request: HttpRequest) -> HttpResponse:
    """One's own latest bulk decisions."""
    return render(request, "applications/bulk/list.html", {"bulks": bulks_of(staff_of(request))[:_LATEST]})


@staff_only("applications.process_case")
@never_cache
@require_GET
def bulk_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far it is, which the browser asks again by itself, and then what was not done and why."""
    made = get_object_or_404(bulks_of(staff_of(request)), public_id=public_id)
    progress = progress_of(made)
    problems = [{"case": row.application, "sentence": sentence_of(row.last_error)} for row in progress.problems]
    context = {"bulk": made, "progress": progress, "problems": problems}
    response = render(request, "applications/bulk/detail.html", context)
    if not progress.is_over:
        response["Refresh"] = str(REFRESH_SECONDS)
    return response
