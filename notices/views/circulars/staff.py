"""Circulars of the city and of the heads of districts: the list, one of them, writing, publishing, taking back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.http import file_response
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.pages import Page, keyset_page
from cityhall.services import audit
from cityhall.services.files import UploadRefused
from notices.circular_pdf import copies_pdf
from notices.forms_circulars import CircularForm, HomeSearchForm
from notices.models import Circular, CircularHome, District
from notices.queries import circulars as queries
from notices.services import circulars
from notices.views.circulars.looks import circular_chip

PAGE_SIZE = 20
HOMES_SHOWN = 50


@staff_only("notices.view_circular")
@never_cache
@require_safe
def circular_list(request: HttpRequest) -> HttpResponse:
    """The newest first, each with how many homes have read it."""
    user = staff_of(request)
    page = keyset_page(queries.circulars_for(user), order=("-id",), after=request.GET.get("after", ""), size=PAGE_SIZE)
    figures = queries.figures_of(page.rows, user)
    context = {
        "rows": [(circular, circular_chip(circular), figures[circular.pk]) for circular in page.rows],
        "next_url": f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
        "may_write": may_write(user),
    }
    return render(request, "notices/circulars/staff_list.html", context)


@staff_only("notices.view_circular")
@never_cache
@require_safe
def circular_staff(request: HttpRequest, public_id: str) -> HttpResponse:
    """One circular: the sheet, and which homes have read it."""
    user = staff_of(request)
    circular = visible_or_404(request, public_id)
    districts = queries.districts_shown(circular, user)
    chosen = _chosen(request, districts)
    kept = set(queries.districts_kept_by(user)) if user.has_perm("notices.change_circularhome") else set()
    counts = queries.figures_by_district([circular.pk], [district.pk for district in districts])
    form = HomeSearchForm(request.GET)
    page = _homes_of(request, circular, chosen, form) if chosen and circular.published_at else None
    readings = queries.readings_of(circular, page.rows) if page else {}
    context = {
        "circular": circular,
        "chip": circular_chip(circular),
        "districts": [(district, counts[circular.pk, district.pk]) for district in districts],
        "chosen": chosen,
        "form": form,
        "homes": [(home, readings.get(home.pk)) for home in page.rows] if page else [],
        "next_url": more_url(request, page.next_cursor) if page else "",
        "may_manage": queries.may_manage(circular, user),
        "may_enter": chosen in kept and circular.withdrawn_at is None,
    }
    return render(request, "notices/circulars/staff_detail.html", context)


@staff_only("notices.add_circular")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def circular_new(request: HttpRequest) -> HttpResponse:
    """Write a circular; it is looked at before it begins. Without a district there is nobody to write to."""
    if not may_write(staff_of(request)):
        messages.info(request, _("回覧できる自治会がありません。自治会の登録は管理者に依頼してください。"))
        return redirect("notices:circular_list")
    return _written(request, None)


@staff_only("notices.change_circular")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def circular_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a draft."""
    circular = managed_or_404(request, public_id)
    if circular.published_at is not None or circular.withdrawn_at is not None:
        messages.info(request, str(circulars.AlreadyPublished()))
        return redirect("notices:circular_staff", public_id=public_id)
    return _written(request, circular)


@staff_only("notices.change_circular")
@require_POST
def circular_publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin: from now on the homes read it."""
    circular = managed_or_404(request, public_id)
    try:
        circulars.publish(circular, by=staff_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("回覧を始めました。"))
    return redirect("notices:circular_staff", public_id=public_id)


@staff_only("notices.change_circular")
@require_POST
def circular_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take it back from everybody's page."""
    circular = managed_or_404(request, public_id)
    circulars.withdraw(circular, by=staff_of(request))
    messages.success(request, _("回覧を取り消しました。住民の画面と端末には、もう表示されません。"))
    return redirect("notices:circular_staff", public_id=public_id)


@staff_only("notices.view_circular")
@require_safe
def circular_staff_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The attached PDF."""
    circular = visible_or_404(request, public_id)
    if circular.file is None:
        raise Http404
    return file_response(circular.file, inline=True)


@staff_only("notices.view_circular")
@never_cache
@require_safe
def circular_copies(request: HttpRequest, public_id: str) -> HttpResponse:
    """Copies to print for the homes of a district that want paper. The names go on paper, which is audited."""
    circular = visible_or_404(request, public_id)
    district = _chosen(request, queries.districts_shown(circular, staff_of(request)))
    if district is None or circular.published_at is None:
        raise Http404
    homes = [home for home in queries.living_homes(district) if home.wants_paper]
    audit.record(
        action=AuditAction.PRINT,
        actor=request.user,
        target_type="notices.circular",
        target_id=circular.public_id,
        target_label=circular.title,
        object_ids=[home.public_id for home in homes],
    )
    response = HttpResponse(copies_pdf(circular, district=district, homes=homes), content_type="application/pdf")
    name = slugify(district.name, allow_unicode=True) or "circular"
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=f"{name}.pdf") or ""
    return response


def staff_of(request: HttpRequest) -> User:
    # staff_only let nobody else through
    return request.user  # type: ignore[return-value]


def may_write(user: User) -> bool:
    """Whether there is a district this person may write to."""
    return user.has_perm("notices.add_circular") and queries.districts_reached_by(user).exists()


def visible_or_404(request: HttpRequest, public_id: str) -> Circular:
    """A circular this person may see."""
    circular = queries.circulars_for(staff_of(request)).filter(public_id=public_id).first()
    if circular is None:
        raise Http404
    return circular


def managed_or_404(request: HttpRequest, public_id: str) -> Circular:
    """A circular this person may change."""
    circular = visible_or_404(request, public_id)
    if not queries.may_manage(circular, staff_of(request)):
        raise Http404
    return circular


def more_url(request: HttpRequest, cursor: str) -> str:
    """Where a list goes on with the same search, or ""."""
    if not cursor:
        return ""
    query = request.GET.copy()
    query["after"] = cursor
    return f"?{query.urlencode()}"


def _homes_of(request: HttpRequest, circular: Circular, district: District, form: HomeSearchForm) -> Page[CircularHome]:
    """A page of the homes of a district, those that have not read it first."""
    homes = queries.search_homes(queries.homes_to_read(circular, district), form.wanted)
    return keyset_page(homes, order=queries.READING_ORDER, after=request.GET.get("after", ""), size=HOMES_SHOWN)


def _chosen(request: HttpRequest, districts: list[District]) -> District | None:
    """The district asked for; the only one there is."""
    if len(districts) == 1:
        return districts[0]
    wanted = request.GET.get("district", "")
    return next((district for district in districts if district.public_id == wanted), None)


def _written(request: HttpRequest, circular: Circular | None) -> HttpResponse:
    user = staff_of(request)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CircularForm(data, files, user=user, circular=circular, initial=_initial(circular))
    if form.is_bound and form.is_valid():
        try:
            saved = circulars.save_draft(
                fields=form.sheet,
                department=form.department_chosen,
                by=user,
                request_key=f"{user.pk}:{form.cleaned_data['request_key']}",
                circular=circular,
            )
        except UploadRefused as error:
            form.add_error("file", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("notices:circular_staff", public_id=saved.public_id)
    return render(request, "notices/circulars/write.html", {"form": form, "circular": circular})


def _initial(circular: Circular | None) -> dict[str, object]:
    if circular is None:
        return {"request_key": new_key()}
    return {
        "request_key": circular.public_id,
        "title": circular.title,
        "body": circular.body,
        "districts": list(circular.districts.all()),
        "department": circular.department,
        "ends_on": circular.ends_on,
    }
