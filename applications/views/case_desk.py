"""What staff put beside a case: marks at points of the checklist, notes, files. None of it moves the case."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.desk_forms import CaseFileForm, NoteForm
from applications.models import CaseFile
from applications.queries.desk import may_add, may_check
from applications.queries.scope import may_read
from applications.services import desk
from applications.views.cases import render_case
from applications.views.downloads import record_download
from applications.views.staff import case_or_404, note_number, staff_of
from cityhall.access import staff_only
from cityhall.enums import FileState
from cityhall.errors import DomainError
from cityhall.http import file_response


@staff_only("applications.process_case")
@require_POST
def case_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark one point of the checklist, or take the mark away."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not may_check(user, case, in_any_state=True):
        raise Http404
    item, seen = (_number(request.POST.get(name, "")) for name in ("item", "seen"))
    step = desk.uncheck_point if request.POST.get("action") == "uncheck" else desk.check_point
    try:
        step(application=case, item_id=item, seen=seen, by=user)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(f"{reverse('applications:case_detail', args=[public_id])}#checklist")


@staff_only("applications.receive_case")
@require_POST
def case_note(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a note. What was typed stays when it could not be kept."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not may_add(user, case):
        raise Http404
    form = NoteForm(request.POST, auto_id="note_%s")
    if form.is_valid():
        try:
            desk.write_note(
                application=case,
                body=form.cleaned_data["body"],
                by=user,
                request_key=form.cleaned_data["request_key"],
                is_no_my_number=form.has_confirmed_number,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note_number(case, user, form)
            messages.success(request, _("内部メモを書きました。"))
            return redirect(f"{reverse('applications:case_detail', args=[public_id])}#notes")
    return render_case(request, case, note_form=form)


@staff_only("applications.receive_case")
@require_POST
def case_file_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a file to the case."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not may_add(user, case):
        raise Http404
    form = CaseFileForm(request.POST, request.FILES, auto_id="file_%s")
    if form.is_valid():
        try:
            desk.add_case_file(
                application=case,
                upload=form.cleaned_data["upload"],
                label=form.cleaned_data["label"],
                by=user,
                request_key=form.cleaned_data["request_key"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note_number(case, user, form)
            messages.success(request, _("ファイルを登録しました。確認が済むと開けるようになります。"))
            return redirect(f"{reverse('applications:case_detail', args=[public_id])}#files")
    return render_case(request, case, file_form=form)


@staff_only("applications.view_case")
@never_cache
@require_safe
def case_file_open(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A file of the staff once it was found clean, for those who may read the case. Audited."""
    files = CaseFile.objects.select_related("file", "application__procedure", "application__department")
    found = get_object_or_404(files, public_id=public_id)
    user, case = staff_of(request), found.application
    if not may_read(user, case):
        raise Http404
    record_download(case, user, f"case file {found.public_id}")
    if found.file.state != FileState.CLEAN:
        context = {"file": found.file, "is_waiting": found.file.state == FileState.PENDING}
        return render(request, "applications/attachment_state.html", context)
    return file_response(found.file, inline=True)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
