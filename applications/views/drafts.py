"""The check page, and deleting a draft. Everything works without JavaScript."""

from collections.abc import Collection
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications import definition
from applications.answers import Row, Section, display_rows
from applications.corrections import lock_of, owner_of
from applications.enums import ApplicationState
from applications.fees import fees_of
from applications.form_pages import (
    Attached,
    Checked,
    Problem,
    attached_files,
    check,
    draft_values,
    file_names,
    shown_pages,
)
from applications.guest_links import PURPOSE
from applications.prefill import given_answers
from applications.queries.mine import open_correction
from applications.queries.papers import seen_papers
from applications.services import drafts
from applications.steps import form_steps
from applications.views.own import (
    ended_draft,
    fillable_or_404,
    is_at_counter,
    is_closed_here,
    list_page,
    no_longer_editable,
    person,
)
from cityhall import guests
from cityhall.access import signed_in_or_guest
from cityhall.days import today

Reviewed = tuple[Row, list[Problem]]
"""An answer, and what is wrong with it."""


@signed_in_or_guest
@never_cache
@require_safe
def draft_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """All answers before they are sent, with what is still missing (確認画面)."""
    application = fillable_or_404(request, public_id)
    if not application.is_editable:
        return no_longer_editable(request, application)
    form = definition.form_of(application.form_version)
    files = attached_files(application)
    given = given_answers(application, form)
    lock = lock_of(application)
    seen = seen_papers(application)
    checked = check(form, draft_values(application, form), files, given=given, lock=lock, seen=seen)
    shown = shown_pages(form, checked.outcome)
    context = {
        "application": application,
        "sections": _sections(form, checked, files, seen),
        "problems": checked.problems,
        "fees": fees_of(application.procedure.fees, form, checked.answers, today=today()),
        "steps": form_steps(application, form, current=len(form.pages) + 1, shown=shown, checked=checked),
        "last_page": shown[-1],
        "correction": open_correction(application),
        "open_pages": _open_pages(form, lock.locked_keys(form, checked.answers) if lock else frozenset()),
    }
    return render(request, "applications/draft_check.html", context)


def _open_pages(form: definition.Form, locked: Collection[str]) -> set[int]:
    """Numbers of the pages with something to change; all of them, but in a round of corrections."""
    return {
        number
        for number, page in enumerate(form.pages, start=1)
        if any(field.is_question and field.key not in locked for field in page.fields)
    }


def _sections(
    form: definition.Form, checked: Checked, files: Attached, seen: Collection[str]
) -> list[tuple[Section, list[Reviewed]]]:
    """Every answer, with what is wrong with it beside it; mistakes in rows stand at their group."""
    problems: dict[str, list[Problem]] = {}
    for problem in checked.problems:
        problems.setdefault(owner_of(problem.key), []).append(problem)
    sections = display_rows(form, checked.answers, file_names=file_names(files), seen=seen)
    return [(section, [(row, problems.get(row.key, [])) for row in section.rows]) for section in sections]


@signed_in_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def draft_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then deletes an unsent draft."""
    if is_closed_here(request, public_id):
        messages.info(request, _("この下書きはすでに削除されているか、この端末での表示を終わっています。"))
        return redirect("applications:procedure_list")
    # one whose mandate has ended is read by nobody, and deleted by who began it
    ended = ended_draft(request, public_id) if request.method == HTTPMethod.POST else None
    application = ended or fillable_or_404(request, public_id)
    if application.state != ApplicationState.DRAFT:
        return no_longer_editable(request, application)
    if request.method != HTTPMethod.POST:
        return render(request, "applications/draft_delete.html", {"application": application})
    try:
        drafts.delete_draft(application=application, by=person(request))
    except drafts.NotEditable:
        return no_longer_editable(request, application)
    messages.success(request, _("下書きを削除しました。"))
    if application.is_guests or application.is_practice:
        guests.forget(request.session, PURPOSE, public_id)
        return redirect("applications:procedure_detail", key=application.procedure.key)
    return redirect("applications:intake_list" if is_at_counter(request, application) else list_page(application))
