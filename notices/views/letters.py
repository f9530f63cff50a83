"""Letter runs: what waits for paper, the print file, posting, and letters that need a person."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction, FileState
from cityhall.errors import DomainError, StaleState
from cityhall.http import file_response
from cityhall.ids import public_id as new_key
from cityhall.models import Department, User
from cityhall.pages import Page, keyset_page
from cityhall.queries.staff import departments_where, may_in, rows_for, scope_of
from cityhall.services import audit
from notices.enums import LetterRunState, NoticeState, PaperState
from notices.forms import LetterRunForm
from notices.forms_letters import PostedForm
from notices.models import LetterRun
from notices.queries import letter_items_for, letter_runs_for, letters_due, letters_for_a_person
from notices.queries.letters import ADD, CHANGE, VIEW
from notices.services import create_letter_run, mark_posted, post_by_hand, return_to_due
from notices.services.postage import TooHeavy, estimate
from notices.views.letters_shared import run_or_404, staff_of

RECENT = 30
PAGE_SIZE = 100
MOST_PROBLEMS = 100
REFRESH_SECONDS = 3


@staff_only(VIEW)
@require_safe
def letter_runs(request: HttpRequest) -> HttpResponse:
    """How many letters wait in each department, those that wait for a person, and the runs, newest first."""
    user = staff_of(request)
    due = letters_due(user).order_by().values("department_id", "department__name").annotate(count=Count("id"))
    waiting: list[dict[str, Any]] = [
        row | {"yen": _about(row["count"])} for row in sorted(due, key=lambda row: -row["count"])
    ]
    printable = departments_where(user, ADD)
    offered = [row["department_id"] for row in waiting if printable is None or row["department_id"] in printable]
    page = keyset_page(letter_runs_for(user), order=("-id",), after=request.GET.get("after", ""), size=RECENT)
    problems = keyset_page(
        letters_for_a_person(user), order=("id",), after=request.GET.get("problems", ""), size=MOST_PROBLEMS
    )
    context = {
        "waiting": waiting,
        "problems": problems.rows,
        "problem_count": letters_for_a_person(user).count(),
        "more_problems_url": _more(problems, "problems"),
        "may_change": user.has_perm(CHANGE),
        # the department with the most letters stands first in the choice
        "form": _run_form(user, chosen=offered[0]) if offered else None,
        "runs": page.rows,
        "next_url": _more(page, "after"),
    }
    return render(request, "notices/letter_runs.html", context)


@staff_only(ADD)
@require_POST
def letter_run_create(request: HttpRequest) -> HttpResponse:
    """Claim what is due and let the worker make the print file; a double click is one run."""
    user = staff_of(request)
    form = _run_form(user, request.POST)
    if not form.is_valid():
        messages.error(request, _("課を選び直してください。"))
        return redirect("notices:letter_runs")
    try:
        run = create_letter_run(
            department=form.cleaned_data["department"],
            request_key=f"{user.pk}:{form.cleaned_data['request_key']}"[:80],
            by=user,
        )
    except DomainError as error:
        messages.info(request, str(error))
        return redirect("notices:letter_runs")
    return redirect("notices:letter_run_detail", public_id=run.public_id)


@staff_only(VIEW)
@require_safe
def letter_run_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One run: its file, its counts and cost, its letters page by page, and those a person must look at."""
    run = run_or_404(request, public_id)
    return _render_run(request, run, PostedForm(initial={"posted_on": today()}))


def _render_run(request: HttpRequest, run: LetterRun, posted_form: PostedForm) -> HttpResponse:
    user = staff_of(request)
    is_building = run.run_state == LetterRunState.BUILDING
    waits = is_building and not run.failed_for_good()
    items = run.items.select_related("notice", "run")
    page = keyset_page(
        items.filter(problem=""), order=("position",), after=request.GET.get("after", ""), size=PAGE_SIZE
    )
    problems = list(items.exclude(problem="").order_by("position"))
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="letter_run",
        target_id=run.public_id,
        object_ids=[item.notice.public_id for item in [*page.rows, *problems]],
    )
    context = {
        "run": run,
        "items": page.rows,
        "next_url": _more(page, "after"),
        "problems": problems,
        "problem_count": len(problems),
        "to_take_out": items.filter(
            # it lies in the pile, and must not be posted
            notice__state=NoticeState.WITHDRAWN,
            notice__paper_state=PaperState.PRINTED,
        ).order_by("position"),
        "is_building": waits,
        "has_failed": is_building and not waits,
        "may_change": may_in(user, CHANGE, run.department_id),
        "posted_form": posted_form,
    }
    response = render(request, "notices/letter_run_detail.html", context)
    if waits:
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


@staff_only(VIEW)
@require_safe
def letter_run_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The print file."""
    run = run_or_404(request, public_id)
    if run.file is None or run.file.state != FileState.CLEAN:
        raise Http404
    audit.record(
        action=AuditAction.DOWNLOAD, actor=staff_of(request), target_type="letter_run", target_id=run.public_id
    )
    return file_response(run.file, inline=True)


@staff_only(CHANGE)
@require_POST
def letter_run_posted(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letters were handed to the post, on the day that was entered."""
    run = run_or_404(request, public_id, CHANGE)
    form = PostedForm(request.POST)
    if not form.is_valid():
        return _render_run(request, run, form)
    try:
        mark_posted(run, by=staff_of(request), posted_on=form.cleaned_data["posted_on"])
    except StaleState as error:
        messages.warning(request, str(error))
    except DomainError as error:
        form.add_error("posted_on", str(error))
        return _render_run(request, run, form)
    else:
        messages.success(request, _("発送済みにしました。"))
    return redirect("notices:letter_run_detail", public_id=public_id)


@staff_only(CHANGE)
@require_POST
def letter_settle(request: HttpRequest, public_id: str, notice_id: str) -> HttpResponse:
    """A letter the run could not print: posted by hand, or back for the next run."""
    user = staff_of(request)
    item = letter_items_for(user, CHANGE).filter(run__public_id=public_id, notice__public_id=notice_id).first()
    if item is None:
        raise Http404
    settle = post_by_hand if request.POST.get("answer") == "posted" else return_to_due
    try:
        settle(item, by=user)
    except StaleState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("記録しました。"))
    # a run over all departments is not everybody's to see
    if letter_runs_for(user).filter(pk=item.run_id).exists():
        return redirect("notices:letter_run_detail", public_id=public_id)
    return redirect("notices:letter_runs")


def _more(page: Page[Any], name: str) -> str:
    """Where the list of this name goes on, or ""."""
    return f"?{urlencode({name: page.next_cursor})}" if page.next_cursor else ""


def _about(count: int) -> int | None:
    """What letters of one page would cost; None where the settings have no rate for them."""
    try:
        return estimate(count, pages=1).total_yen
    except TooHeavy:
        return None


def _run_form(user: User, data: object = None, *, chosen: int | None = None) -> LetterRunForm:
    scope = scope_of(user)
    departments = rows_for(Department.objects.active(), user, ADD, department="pk")
    initial = {"request_key": new_key(), "department": None if scope.is_administrator else chosen}
    return LetterRunForm(data, departments=departments, may_take_all=scope.is_administrator, initial=initial)
