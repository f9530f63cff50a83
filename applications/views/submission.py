"""Sending, and the page with the number."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.enums import EventKind
from applications.exchange_forms import RatingForm
from applications.guest_links import page_url, secret_of
from applications.models import Application
from applications.outlook import outlook
from applications.services import drafts
from applications.services.applicants import NoAddress
from applications.services.seats import place_in_line
from applications.services.submission import Incomplete, submit
from applications.views.own import fillable_or_404, is_at_counter, no_longer_editable, own_or_404, person
from applications.views.surveys import answering as surveys
from cityhall.access import signed_in_or_guest
from cityhall.days import local_date
from cityhall.errors import DomainError, StaleState
from residents.queries import resident_of


@signed_in_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def application_submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send what the check page showed. However often it is sent, the answer is the same page with the same number."""
    application = fillable_or_404(request, public_id)
    if request.method != HTTPMethod.POST:
        # the address of a POST, opened from the history
        return redirect("applications:draft_check", public_id=public_id)
    return _filed_otherwise(request, application) or _submitted(request, application)


def _filed_otherwise(request: HttpRequest, application: Application) -> HttpResponse | None:
    """The answer where sending makes no case of the city's; None where it does."""
    if application.is_survey_answer:
        return surveys.send(request, application, _revision_seen(request))
    if application.is_practice:
        return redirect("applications:practice_done", public_id=application.public_id)
    return None


def _submitted(request: HttpRequest, application: Application) -> HttpResponse:
    by = None if application.is_guests else person(request)
    is_typed_in = is_at_counter(request, application)
    if by is not None and not (application.is_staffs or is_typed_in) and resident_of(by) is None:
        messages.info(request, _("申請の前に、お名前とご連絡先を登録してください。"))
        return redirect("residents:profile_edit")
    try:
        submit(application=application, by=by, draft_revision=_revision_seen(request))
    except NoAddress:
        return redirect("applications:guest_contact", public_id=application.public_id)
    except DomainError as error:
        return _refused(request, application, error)
    done = "applications:intake_done" if is_typed_in else "applications:application_done"
    return redirect(done, public_id=application.public_id)


def _refused(request: HttpRequest, application: Application, error: DomainError) -> HttpResponse:
    """Back to where the person can do something about it."""
    match error:
        case drafts.TakenMeanwhile():
            # the page of the application shows what was not sent
            messages.warning(request, str(error))
            return redirect("applications:application_detail", public_id=application.public_id)
        case drafts.NotEditable():
            return no_longer_editable(request, application)
        case Incomplete():
            # the check page itself lists what is missing
            pass
        case drafts.DraftConflict():
            messages.warning(
                request, _("別の画面で入力内容が変更されました。変更後の内容をご確認のうえ、もう一度送信してください。")
            )
        case StaleState():
            messages.warning(request, str(error))
            return redirect("applications:application_detail", public_id=application.public_id)
        case _:
            messages.error(request, str(error))
    return redirect("applications:draft_check", public_id=application.public_id)


def _revision_seen(request: HttpRequest) -> int | None:
    text = request.POST.get("draft_revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@signed_in_or_guest
@never_cache
@require_safe
def application_done(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt: the number, and what happens next."""
    application = own_or_404(request, public_id)
    if application.is_editable or not application.number:
        return redirect("applications:draft_check", public_id=public_id)
    now = timezone.now()
    sendings = (EventKind.SUBMITTED, EventKind.RESUBMITTED, EventKind.EDITED)
    last = application.events.filter(kind__in=sendings).order_by("-id").values_list("kind", flat=True).first()
    context = {
        "application": application,
        "event": last,
        "outlook": outlook(application, today=local_date(now), place_in_line=place_in_line(application)),
        "rating_form": None if application.is_rated else RatingForm(),
        # a mistyped address must not cost the way back
        "secret": secret_of(application) if application.is_guests else "",
        "guest_url": page_url(application) if application.is_guests else "",
    }
    return render(request, "applications/application_done.html", context)
