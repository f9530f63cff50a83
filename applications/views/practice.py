"""The end of a trial: nothing was sent, and what would have followed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.guest_links import PURPOSE
from applications.models import Application
from applications.services.practice import end_practice
from applications.services.submission import check_draft
from applications.views.own import is_closed_here, own_or_404
from cityhall import guests
from cityhall.access import resident_or_guest


@resident_or_guest
@never_cache
@require_safe
def practice_done(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the page with the number would stand."""
    application = _trial_or_404(request, public_id)
    if check_draft(application).problems:
        return redirect("applications:draft_check", public_id=public_id)
    return render(request, "applications/practice_done.html", {"application": application})


@resident_or_guest
@require_POST
def practice_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete the trial at once. Pressed twice, it says so once more."""
    if is_closed_here(request, public_id):
        messages.info(request, _("この体験はすでに終わっています。入力した内容は残っていません。"))
        return redirect("applications:procedure_list")
    application = _trial_or_404(request, public_id)
    end_practice(application=application)
    guests.forget(request.session, PURPOSE, public_id)
    messages.success(request, _("体験を終わりました。入力した内容は削除しました。"))
    return redirect("applications:procedure_detail", key=application.procedure.key)


def _trial_or_404(request: HttpRequest, public_id: str) -> Application:
    application = own_or_404(request, public_id)
    if not application.is_practice:
        raise Http404
    return application
