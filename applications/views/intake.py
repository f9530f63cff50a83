"""Typing in what somebody else files: the procedure, the person, how it came; then the pages of every applicant."""

from http import HTTPMethod

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.answers import display_rows
from applications.copy_pdf import copy_pdf
from applications.definition import form_of
from applications.desk_forms import CaseFileForm
from applications.enums import Channel, IdentityShown
from applications.intake_forms import BUSINESS, RESIDENT, IntakeForm, PersonSearchForm
from applications.models import Procedure, Reception
from applications.queries import procedures
from applications.queries.applicants import is_address_hidden
from applications.queries.desk import may_add
from applications.queries.intake import (
    businesses_matching,
    channels_of,
    open_intakes,
    people_matching,
    receivable,
)
from applications.queries.mine import last_revision, names_of_files
from applications.queries.papers import seen_papers
from applications.queries.procedures import Opening
from applications.services.receptions import Person, Received, start_for
from applications.views.downloads import record_download
from applications.views.procedures import UNSEEN
from applications.views.staff import case_or_404, note_number, staff_of
from applications.views.starting import first_page, key_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.services import audit
from residents.models import Business, Resident
from residents.queries import visible_address

_RIGHTS = ("applications.receive_case", "residents.view_resident")


@staff_only(*_RIGHTS)
@never_cache
@require_safe
def intake_list(request: HttpRequest) -> HttpResponse:
    """What may be typed in for somebody, and what has been begun at this counter."""
    user = staff_of(request)
    now = timezone.now()
    rows = receivable(user).select_related("department").defer(*UNSEEN).order_by("name_kana", "id")
    context = {
        "procedures": [(row, procedures.opening_of(row, now) == Opening.OPEN) for row in rows if channels_of(row)],
        "drafts": open_intakes(user)[:50],
    }
    return render(request, "applications/intake_list.html", context)


@staff_only(*_RIGHTS)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def intake_start(request: HttpRequest, key: str) -> HttpResponse:
    """Find the person, say how it came, begin. Looking somebody up is audited with the ids that were shown."""
    user = staff_of(request)
    rows = receivable(user).select_related("department", "current_version")
    procedure = get_object_or_404(rows, key=key)
    if not channels_of(procedure):
        raise Http404
    search = PersonSearchForm(request.POST if request.method == HTTPMethod.POST else request.GET)
    text = search.cleaned_data["q"] if search.is_valid() else ""
    people, businesses = _candidates(user, procedure, text)
    choices = [(f"{RESIDENT}:{one.public_id}", one.full_name) for one in people]
    choices += [(f"{BUSINESS}:{one.public_id}", one.name) for one in businesses]
    form = IntakeForm(request.POST or None, procedure=procedure, people=choices)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            draft = start_for(
                procedure=procedure,
                person=_person(form, people, businesses),
                received=_received(form),
                by=user,
                request_key=key_of(request),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note_number(draft, user, form)
            return first_page(draft)
    context = {
        "procedure": procedure,
        "form": form,
        "search": search,
        "text": text,
        "options": _options(user, form, people, businesses),
        "is_open": procedures.opening_of(procedure, timezone.now()) == Opening.OPEN,
        "request_key": request.POST.get("request_key") or new_key(),
    }
    return render(request, "applications/intake_start.html", context)


@staff_only("applications.view_case")
@never_cache
@require_safe
def intake_done(request: HttpRequest, public_id: str) -> HttpResponse:
    """The number, the receipt to print for the person, and the scan of the paper."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not case.is_taken_down:
        raise Http404
    context = {
        "case": case,
        "reception": Reception.objects.filter(application=case).first(),
        "may_add": may_add(user, case),
        "file_form": CaseFileForm(initial={"request_key": new_key(), "label": _("申請書の原本")}, auto_id="file_%s"),
    }
    return render(request, "applications/intake_done.html", context)


@staff_only("applications.view_case")
@never_cache
@require_safe
def case_copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """The copy (控え) of what was sent last, as the reader may see it, to be printed for the person. Audited."""
    user, case = staff_of(request), case_or_404(request, public_id)
    revision = last_revision(case)
    if revision is None:
        raise Http404
    sections = display_rows(
        form_of(case.form_version),
        revision.answers,
        file_names=names_of_files(case),
        hide_address=is_address_hidden(case, to=user),
        seen=seen_papers(case),
    )
    record_download(case, user, "copy")
    response = HttpResponse(copy_pdf(case, revision, sections), content_type="application/pdf")
    name = _("控え_%(number)s.pdf") % {"number": case.number}
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


def _candidates(user: User, procedure: Procedure, text: str) -> tuple[list[Resident], list[Business]]:
    """Whom the words may mean, of the kinds the procedure takes. Audited."""
    people = people_matching(text) if text and procedure.is_for_people else []
    businesses = businesses_matching(text) if text and procedure.is_for_businesses else []
    if text:
        audit.record(
            action=AuditAction.SEARCH,
            actor=user,
            target_type="resident",
            object_ids=[*(one.public_id for one in people), *(one.public_id for one in businesses)],
        )
    return people, businesses


def _person(form: IntakeForm, people: list[Resident], businesses: list[Business]) -> Person:
    """Whom the form names: of those the search has just found again, or a name."""
    kind, _colon, public_id = form.cleaned_data["who"].partition(":")
    if kind == RESIDENT:
        return Person(resident=next(one for one in people if one.public_id == public_id))
    if kind == BUSINESS:
        return Person(business=next(one for one in businesses if one.public_id == public_id))
    return Person(name=form.cleaned_data["person_name"], kana=form.cleaned_data["person_kana"])


def _received(form: IntakeForm) -> Received:
    data = form.cleaned_data
    return Received(
        channel=Channel(data["channel"]),
        received_on=data["received_on"],
        identity=IdentityShown(data["identity"]),
        identity_note=data["identity_note"],
    )


def _options(
    user: User, form: IntakeForm, people: list[Resident], businesses: list[Business]
) -> list[tuple[object, object, str]]:
    """The buttons of who applies, each with the record and the address that the reader may see."""
    addresses = {f"{RESIDENT}:{one.public_id}": (one, visible_address(one, to=user)) for one in people}
    firms = {f"{BUSINESS}:{one.public_id}": (one, one.address) for one in businesses}
    known = addresses | firms
    return [(button, *known.get(str(button.data["value"]), (None, ""))) for button in form["who"]]
