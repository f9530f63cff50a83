"""A survey as its owner follows it: how far it has come, sending it out, closing it, reminding."""

import datetime as dt
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.enums import SurveyState
from applications.permissions import MANAGE_SURVEYS
from applications.queries import surveys as reads
from applications.services import surveys
from applications.views.designer.listing import READ_OR_SEND
from applications.views.staff import staff_of
from applications.views.surveys.common import survey_or_404, tell
from cityhall.access import staff_only
from cityhall.days import local_date, today
from cityhall.errors import DomainError

SHOWN = ("all", "open", "answered")
"""Which addressees the table shows."""


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_safe
def survey(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who has answered and when, who has begun, who has not; and everything the owner may do now."""
    row = survey_or_404(request, public_id)
    addressees = list(reads.addressees_of(row))
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else SHOWN[0]
    lines = [
        {"row": one, "is_late": reads.is_late(one, row), "is_reminded": _is_today(one.reminded_at)}
        for one in addressees
        if shown == "all" or (one.answered_at is not None) == (shown == "answered")
    ]
    is_draft = row.state == SurveyState.DRAFT
    context = {
        "survey": row,
        "standing": reads.standing_of(addressees),
        "lines": lines,
        "shown": shown,
        "is_over": row.answer_by_on < today(),
        "missing": surveys.missing(row, today=today()) if is_draft else [],
        "may_remind": row.state == SurveyState.OPEN
        and any(one.answered_at is None and not _is_today(one.reminded_at) for one in addressees),
    }
    return render(request, "applications/surveys/survey.html", context)


def _is_today(moment: dt.datetime | None) -> bool:
    return moment is not None and local_date(moment) == today()


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_http_methods(READ_OR_SEND)
def survey_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything once more before it is sent; then the survey begins and everybody asked is mailed."""
    row = survey_or_404(request, public_id)
    if row.state != SurveyState.DRAFT:
        return redirect("applications:survey", public_id=public_id)
    if request.method == HTTPMethod.POST:
        try:
            mails = surveys.open_survey(survey=row, by=staff_of(request))
        except DomainError as error:
            tell(request, error)
        else:
            messages.success(request, _("照会を始めました。%(count)s人にメールで知らせます。") % {"count": mails})
        return redirect("applications:survey", public_id=public_id)
    addressees = list(reads.addressees_of(row))
    context = {
        "survey": row,
        "addressees": addressees,
        "missing": surveys.missing(row, today=today()),
        "mails": len(reads.people_of(addressees)),
    }
    return render(request, "applications/surveys/open.html", context)


@staff_only(MANAGE_SURVEYS)
@require_POST
def survey_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a button of the page says: `close`, `reopen`, `remind`."""
    row, user = survey_or_404(request, public_id), staff_of(request)
    try:
        match request.POST.get("action"):
            case "close":
                surveys.close_survey(survey=row, by=user)
                messages.success(request, _("照会を締め切りました。"))
            case "reopen":
                surveys.reopen_survey(survey=row, by=user)
                messages.success(request, _("回答の受付を再開しました。"))
            case "remind":
                _say_reminded(request, surveys.remind(survey=row, by=user))
    except DomainError as error:
        tell(request, error)
    return redirect("applications:survey", public_id=public_id)


def _say_reminded(request: HttpRequest, count: int) -> None:
    if count:
        messages.success(
            request, _("まだ回答していない%(count)s件の照会先に、メールで催促しました。") % {"count": count}
        )
    else:
        messages.info(request, _("催促する照会先はありません。同じ照会先への催促は、一日に一度までです。"))
