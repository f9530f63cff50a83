"""Starting an application, the check page, and deleting a draft. Everything works without JavaScript."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import definition
from applications.answers import Row, Section, display_rows
from applications.corrections import lock_of, owner_of
from applications.enums import ApplicationState
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
from applications.models import Procedure
from applications.queries.mine import open_correction, own_drafts
from applications.services import drafts, starting
from applications.steps import form_steps
from applications.views.own import no_longer_editable, own_or_404, person
from cityhall.access import resident_only, resident_or_guest
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from residents.queries import resident_of

Reviewed = tuple[Row, list[Problem]]
"""An answer, and what is wrong with it."""


@resident_only
@require_POST
def application_start(request: HttpRequest, key: str) -> HttpResponse:
    """A new draft; when there is an unfinished one already, the person chooses first."""
    procedure = get_object_or_404(Procedure.objects.published().select_related("current_version"), key=key)
    resident = resident_of(request.user)
    if resident is None:
        messages.info(request, _("はじめに、お名前とご連絡先を登録してください。登録すると、申請書に自動で入ります。"))
        return redirect("residents:profile_edit")
    unfinished = own_drafts(request.user).filter(procedure=procedure)
    if "new" not in request.POST and unfinished:
        context = {"procedure": procedure, "drafts": unfinished, "request_key": new_key()}
        return render(request, "applications/draft_choice.html", context)
    try:
        application = starting.start(
            procedure=procedure,
            resident=resident,
            by=person(request),
            request_key=request.POST.get("request_key") or new_key(),
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("applications:procedure_detail", key=procedure.key)
    return redirect("applications:draft_page", public_id=application.public_id, number=1)


@resident_or_guest
@never_cache
@require_safe
def draft_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """All answers before they are sent, with what is still missing (確認画面)."""
    application = own_or_404(request, public_id)
    if not application.is_editable:
        return no_longer_editable(request, application)
    form = definition.form_of(application.form_version)
    files = attached_files(application)
    checked = check(form, draft_values(application, form), files, lock=lock_of(application))
    shown = shown_pages(form, checked.outcome)
    context = {
        "application": application,
        "sections": _sections(form, checked, files),
        "problems": checked.problems,
        "steps": form_steps(application, form, current=len(form.pages) + 1, shown=shown, checked=checked),
        "last_page": shown[-1],
        "correction": open_correction(application),
    }
    return render(request, "applications/draft_check.html", context)


def _sections(form: definition.Form, checked: Checked, files: Attached) -> list[tuple[Section, list[Reviewed]]]:
    """Every answer, with what is wrong with it beside it; mistakes in rows stand at their group."""
    problems: dict[str, list[Problem]] = {}
    for problem in checked.problems:
        problems.setdefault(owner_of(problem.key), []).append(problem)
    sections = display_rows(form, checked.answers, file_names=file_names(files))
    return [(section, [(row, problems.get(row.key, [])) for row in section.rows]) for section in sections]


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def draft_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then deletes an unsent draft."""
    application = own_or_404(request, public_id)
    if application.state != ApplicationState.DRAFT:
        return no_longer_editable(request, application)
    if request.method != HTTPMethod.POST:
        return render(request, "applications/draft_delete.html", {"application": application})
    try:
        drafts.delete_draft(application=application, by=person(request))
    except drafts.NotEditable:
        return no_longer_editable(request, application)
    messages.success(request, _("下書きを削除しました。"))
    return redirect("applications:my_applications")
