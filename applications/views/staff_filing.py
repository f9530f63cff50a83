"""Internal procedures (庁内の申請), filed by staff from their own accounts.

Here they are found and begun. Filling in, sending and what follows are the pages of every applicant.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.display import places_chip
from applications.models import Procedure
from applications.permissions import FILE_AS_STAFF
from applications.procedure_facts import procedure_facts
from applications.queries import procedures
from applications.queries.messages import has_news
from applications.queries.mine import own_drafts, own_list
from applications.queries.procedures import Opening
from applications.services import starting
from applications.staff_filing_form import DepartmentForm
from applications.steps import chip
from applications.views.procedures import UNSEEN
from applications.views.staff import staff_of
from applications.views.starting import first_page, key_of, links_of
from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.pages import keyset_page

PAGE_SIZE = 20


@staff_only(FILE_AS_STAFF)
@never_cache
@require_safe
def staff_filing(request: HttpRequest) -> HttpResponse:
    """What staff may file, and what this person has begun and sent."""
    user = staff_of(request)
    after = request.GET.get("after", "")
    page = keyset_page(own_list(user).annotate(has_news=has_news()), order=("-id",), after=after, size=PAGE_SIZE)
    now = timezone.now()
    found = [] if after else list(procedures.internal().defer(*UNSEEN).order_by("name_kana", "id"))
    context = {
        "procedures": [(row, procedures.opening_of(row, now).value) for row in found],
        "drafts": [] if after else own_drafts(user)[: starting.MAX_DRAFTS],
        "applications": [(application, chip(application)) for application in page.rows],
        "next_cursor": page.next_cursor,
        "is_first": not after,
    }
    return render(request, "applications/staff_filing.html", context)


@staff_only(FILE_AS_STAFF)
@never_cache
@require_safe
def staff_filing_procedure(request: HttpRequest, key: str) -> HttpResponse:
    """What there is to know of an internal procedure, and the button to begin."""
    return _page(request, _internal(key), DepartmentForm(user=staff_of(request)))


@staff_only(FILE_AS_STAFF)
@require_POST
def staff_filing_start(request: HttpRequest, key: str) -> HttpResponse:
    """A new draft for a department of one's own. The same page sent twice begins one."""
    procedure, user = _internal(key), staff_of(request)
    form = DepartmentForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, procedure, form)
    try:
        application = starting.start_as_staff(
            procedure=procedure,
            by=user,
            department=form.chosen(),
            request_key=key_of(request),
            link_values=links_of(request, procedure),
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("applications:staff_filing_procedure", key=key)
    return first_page(application)


def _internal(key: str) -> Procedure:
    rows = procedures.internal().select_related("current_version", "department")
    return get_object_or_404(rows.defer(*UNSEEN), key=key)


def _page(request: HttpRequest, procedure: Procedure, form: DepartmentForm) -> HttpResponse:
    opening = procedures.opening_of(procedure, timezone.now())
    context = {
        "procedure": procedure,
        "facts": procedure_facts(procedure, to_staff=True),
        "places": places_chip(procedure),
        "opening": opening.value,
        "can_start": opening == Opening.OPEN and not procedure.is_full,
        "drafts": own_drafts(request.user).filter(procedure=procedure),
        "form": form,
        # references for hidden questions go on to the start
        "query": request.GET.urlencode(),
        "request_key": new_key(),
    }
    return render(request, "applications/staff_filing_procedure.html", context)
