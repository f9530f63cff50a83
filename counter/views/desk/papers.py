"""Going on by hand: the sheet of a visit, blank sheets for a bad day, and the day a sheet was handed in."""

from http import HTTPMethod, HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.queries.city import municipality
from cityhall.services import audit
from counter.enums import PrintKind
from counter.forms import combined_of
from counter.forms_papers import PaperDayForm, PaperPadForm
from counter.models import Visit
from counter.printing.fallback import Fallback, fallback_pdf
from counter.queries.veils import entries_for
from counter.queries.visits import chosen_procedures, name_in
from counter.services import visits
from counter.services.prefills.keeping import LONGEST
from counter.services.printing import count_print
from counter.views.desk.common import SERVE, attempt, to_present, user_of, visit_or_404


@staff_only(SERVE)
@require_POST
def visit_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is answered, and boxes for the rest; its code leads back to this visit. What one may not see stays blank."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    try:
        code = visits.to_paper(visit, user)
    except DomainError as error:
        messages.warning(request, str(error))
        return to_present(visit)
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    values = entries_for(visit, combined, user).values
    count_print(visit, PrintKind.FALLBACK, by=user)
    sheet = Fallback(combined, [code], municipality().name, values, _whose(visit))
    return _pdf(fallback_pdf(sheet, moment=timezone.now()), _("手書き用の用紙.pdf"))


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def paper_pad(request: HttpRequest) -> HttpResponse:
    """Blank sheets with codes of their own, to be printed while everything works."""
    user = user_of(request)
    form = PaperPadForm(request.POST or None, user=user)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            return _pad(request, form)
        except DomainError as error:
            form.add_error("procedures", str(error))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "counter/desk/paper_pad.html", {"form": form}, status=status)


@staff_only(SERVE)
@require_POST
def visit_paper_day(request: HttpRequest, public_id: str) -> HttpResponse:
    """The day on which the sheet was handed in: it counts as the day of the applications."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    form = PaperDayForm(request.POST)
    if visit.paper_on is None:
        raise Http404
    if not form.is_valid():
        messages.warning(request, _("用紙を受け取った日は、今日までの1年以内の日付を入力してください。"))
        return to_present(visit)
    day = form.cleaned_data["day"]
    if attempt(request, visit, lambda: visits.set_paper_day(visit, day, user), is_so=lambda: visit.paper_on == day):
        messages.success(request, _("用紙を受け取った日を保存しました。"))
    return to_present(visit)


def _pad(request: HttpRequest, form: PaperPadForm) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    chosen = form.chosen
    made = visits.make_sheets(chosen, count=form.cleaned_data["count"], by=user, now=now)
    combined = combined_of(form.with_forms, at_desk=True)
    last = date_format(local_date(now + LONGEST), "Y年n月j日")
    about = _("つながらないときに、お客さまに書いていただく用紙です。%(day)sまで入力できます。") % {"day": last}
    sheet = Fallback(combined, made, municipality().name, about=about, is_pad=True)
    audit.record(
        action=AuditAction.PRINT,
        actor=user,
        target_type="prefill",
        detail=f"{len(made)} blank sheets: {' '.join(one.key for one in chosen)}"[:200],
    )
    return _pdf(fallback_pdf(sheet, moment=now), _("手書き用の用紙.pdf"))


def _whose(visit: Visit) -> str:
    """Enough for who sorts the sheets of a day."""
    name = visit.resident.full_name if visit.resident else name_in(visit.values)
    started = timezone.localtime(visit.started_at)
    when = date_format(started, "Y年n月j日 H:i")
    told = [_("%(when)s から") % {"when": when}]
    if visit.ticket:
        told.append(_("番号札 %(number)s") % {"number": visit.ticket.label})
    if name:
        told.append(_("%(name)s 様") % {"name": name})
    return "・".join(told)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    response["Cache-Control"] = "no-store"
    return response
