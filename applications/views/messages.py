"""Messages on a case: sent by its applicant, sent by staff, and the files that came with them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.exchange_forms import MessageForm, StaffMessageForm
from applications.models import Application, MessageFile
from applications.permissions import CaseAction
from applications.queries.messages import files_of
from applications.queries.scope import is_own_filing, may, may_read
from applications.services.messages import send_from_applicant, send_from_city
from applications.views.cases import render_case
from applications.views.downloads import record_download
from applications.views.mine import render_application
from applications.views.own import own_or_404, person
from applications.views.page_files import has_bytes_left
from applications.views.staff import case_or_404, note_number, staff_of
from cityhall.access import signed_in_or_guest, staff_only
from cityhall.enums import FileState
from cityhall.errors import DomainError
from cityhall.http import file_response
from cityhall.rate_limits import is_within_limit, is_within_limit_of

PER_HOUR = 20
"""Messages on one application, whoever writes them: its applicant, an agent, a guest."""
OF_ADDRESS_PER_HOUR = 600
"""Messages from one address, which thousands may share behind a mobile carrier."""


@signed_in_or_guest
@never_cache
@require_POST
def application_message(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write to the city. What was typed stays when it could not be sent."""
    application = own_or_404(request, public_id)
    if application.submitted_at is None:
        # the page of a draft is its check page, which has no messages
        return redirect("applications:application_detail", public_id=public_id)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid() and _is_timely(request, application, form):
        try:
            send_from_applicant(
                application=application,
                body=form.cleaned_data["body"],
                files=form.cleaned_data["attachments"],
                by=person(request),
                request_key=form.cleaned_data["request_key"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("メッセージを送信しました。"))
            return redirect("applications:application_detail", public_id=public_id)
    return render_application(request, application, message_form=form)


@staff_only("applications.process_case")
@require_POST
def case_message(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write to the applicant. What was typed stays when it could not be sent."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not may(user, case, CaseAction.WRITE):
        raise Http404
    form = StaffMessageForm(request.POST, request.FILES, auto_id="write_%s")
    if form.is_valid():
        try:
            send_from_city(
                application=case,
                body=form.cleaned_data["body"],
                files=form.cleaned_data["attachments"],
                by=user,
                request_key=form.cleaned_data["request_key"],
                is_no_my_number=form.has_confirmed_number,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note_number(case, user, form)
            messages.success(request, _("申請者にメッセージを送信しました。"))
            return redirect("applications:case_detail", public_id=public_id)
    return render_case(request, case, message_form=form)


@signed_in_or_guest
@never_cache
@require_safe
def message_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A file of a message once it was found clean, for the applicant and for staff who may read the case."""
    found = get_object_or_404(files_of(), public_id=public_id)
    _refuse_strangers(request, found, found.message.application)
    if found.file.state != FileState.CLEAN:
        context = {"file": found.file, "is_waiting": found.file.state == FileState.PENDING}
        return render(request, "applications/attachment_state.html", context)
    return file_response(found.file, inline=True)


def _refuse_strangers(request: HttpRequest, found: MessageFile, application: Application) -> None:
    """Raises Http404. A file read by staff is audited."""
    user = person(request)
    if user is None or not user.is_staff or is_own_filing(user, application):
        own_or_404(request, application.public_id)
        return
    if not may_read(user, application):
        raise Http404
    record_download(application, user, f"message file {found.public_id}")


def _is_timely(request: HttpRequest, application: Application, form: MessageForm) -> bool:
    size = sum(upload.size or 0 for upload in form.cleaned_data["attachments"])
    if (
        is_within_limit_of(application.public_id, "message", times=PER_HOUR, seconds=3600)
        and is_within_limit(request, "message", times=OF_ADDRESS_PER_HOUR, seconds=3600)
        and (not size or has_bytes_left(request, application, size))
    ):
        return True
    form.add_error(None, _("短い時間に多くのメッセージが送信されました。1時間ほど待ってから送信してください。"))
    return False
