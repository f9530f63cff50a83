"""A resident's own applications: the list, one case, its printable copy, taking it back."""

from http import HTTPMethod

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications import definition
from applications.answers import Section, display_rows
from applications.copy_pdf import copy_pdf
from applications.differences import Change, changes
from applications.enums import ApplicationState
from applications.exchange_forms import MessageForm, RatingForm
from applications.form_pages import attached_files, check, draft_values
from applications.marks import marks_of
from applications.models import Application, ApplicationRevision
from applications.outlook import outlook
from applications.prefill import given_answers
from applications.queries.cases import notices_of
from applications.queries.fees import owed_by, payments_of
from applications.queries.messages import has_news, may_reply, messages_of
from applications.queries.mine import events_of, last_revision, listed_drafts, names_of_files, open_correction, own_list
from applications.queries.papers import seen_papers
from applications.services.applicants import MandateEnded, NotMember
from applications.services.drafts import NotEditable
from applications.services.messages import mark_read
from applications.services.seats import place_in_line
from applications.services.withdrawal import may_withdraw, withdraw
from applications.steps import case_steps, chip
from applications.views.own import list_page, no_longer_editable, own_or_404, person
from cityhall.access import resident_only, signed_in_or_guest
from cityhall.days import local_date
from cityhall.errors import StaleState
from cityhall.ids import public_id as new_key
from cityhall.pages import keyset_page
from notices.enums import NoticeState
from notices.models import Notice
from residents.queries import resident_of, row_ids_of

PAGE_SIZE = 20


@resident_only
@require_safe
def my_applications(request: HttpRequest) -> HttpResponse:
    """Unfinished drafts, then everything sent, newest first."""
    rows = own_list(request.user).annotate(has_news=has_news())
    page = keyset_page(rows, order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "drafts": [] if "after" in request.GET else listed_drafts(request.user)[:PAGE_SIZE],
        "applications": [(application, chip(application)) for application in page.rows],
        "next_cursor": page.next_cursor,
    }
    return render(request, "applications/my_applications.html", context)


@signed_in_or_guest
@never_cache
@require_safe
def application_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where one application stands, what was sent, and what the person can do now."""
    application = own_or_404(request, public_id)
    if application.state == ApplicationState.DRAFT:
        return redirect("applications:draft_check", public_id=public_id)
    response = render_application(request, application)
    mark_read(application=application, by_city=False)
    return response


def render_application(
    request: HttpRequest, application: Application, *, message_form: MessageForm | None = None
) -> HttpResponse:
    """The page of one application; `message_form` is one that was refused, with what was typed."""
    now = timezone.now()
    correction = open_correction(application)
    form = definition.form_of(application.form_version)
    newest = last_revision(application)
    can_reply = may_reply(application, now=now)
    context = {
        "application": application,
        "chip": chip(application),
        "steps": case_steps(application),
        "outlook": outlook(application, today=local_date(now), place_in_line=place_in_line(application)),
        "events": events_of(application),
        "sections": _sections(application, form, newest),
        "correction": correction,
        "marks": marks_of(application, correction) if correction else [],
        # only the recipient can open a notice; who filed for somebody else is told by the state
        "notices": _own_notices(request, application),
        "may_withdraw": may_withdraw(application),
        "unsent": _unsent_changes(application, form, newest),
        "fees": payments_of(application),
        "owed": owed_by(application),
        "messages_of_case": messages_of(application),
        "message_form": message_form or (MessageForm(initial={"request_key": new_key()}) if can_reply else None),
        "bound_form": message_form,
        "rating_form": RatingForm() if may_rate(application) else None,
    }
    return render(request, "applications/application_detail.html", context)


def may_rate(application: Application) -> bool:
    """Whether the page of a finished application asks what people thought of it."""
    return not application.is_rated and application.state == ApplicationState.COMPLETED


def _unsent_changes(
    application: Application, form: definition.Form, newest: ApplicationRevision | None
) -> list[Change]:
    """What the person was changing when a handler took the case: still theirs to read and to copy."""
    if newest is None or application.editing_since is None or application.is_editable:
        return []
    given = given_answers(application, form)
    now = check(form, draft_values(application, form), attached_files(application), given=given).answers
    names = names_of_files(application)
    before, after = (display_rows(form, answers, file_names=names) for answers in (newest.answers, now))
    return changes(before, after, old=newest.answers, new=now)


@signed_in_or_guest
@never_cache
@require_safe
def application_copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """The printable copy (控え) of what was sent last."""
    application = own_or_404(request, public_id)
    revision = last_revision(application)
    if revision is None:
        return redirect("applications:draft_check", public_id=public_id)
    form = definition.form_of(application.form_version)
    content = copy_pdf(application, revision, _sections(application, form, revision))
    response = HttpResponse(content, content_type="application/pdf")
    name = _("控え_%(number)s.pdf") % {"number": application.number}
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


@signed_in_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def application_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then takes the application back."""
    application = own_or_404(request, public_id)
    if application.state == ApplicationState.DRAFT:
        return redirect("applications:draft_delete", public_id=public_id)
    if not may_withdraw(application):
        return no_longer_editable(request, application)
    if request.method != HTTPMethod.POST:
        return render(request, "applications/application_withdraw.html", {"application": application})
    try:
        withdraw(application=application, by=person(request))
    except NotEditable:
        return no_longer_editable(request, application)
    except (MandateEnded, NotMember) as error:
        messages.error(request, str(error))
        return redirect(list_page(application))
    except StaleState:
        messages.warning(request, _("市の審査が先に進んだため、取り下げできませんでした。最新の状況をご確認ください。"))
    else:
        messages.success(request, _("申請を取り下げました。"))
    return redirect("applications:application_detail", public_id=public_id)


def _own_notices(request: HttpRequest, application: Application) -> QuerySet[Notice]:
    resident = resident_of(request.user)
    if resident is None:
        return Notice.objects.none()
    return notices_of(application).filter(recipient__in=row_ids_of(resident)).exclude(state=NoticeState.DRAFT)


def _sections(application: Application, form: definition.Form, revision: ApplicationRevision | None) -> list[Section]:
    if revision is None:
        return []
    names = names_of_files(application)
    return display_rows(form, revision.answers, file_names=names, seen=seen_papers(application))
