"""The homes of a district: its head writes them down, connects their tablets and enters what was read on paper."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.pages import keyset_page
from cityhall.qr import qr_inline
from cityhall.services import audit
from notices.forms_circulars import HomeForm, HomeSearchForm, NewHomeForm
from notices.models import CircularHome, District
from notices.queries import circulars as queries
from notices.services import circulars
from notices.views.circulars.staff import more_url, staff_of, visible_or_404

PAGE_SIZE = 50


@staff_only("notices.view_circularhome")
@never_cache
@require_safe
def circular_districts(request: HttpRequest) -> HttpResponse:
    """The districts whose homes the person may see; who has one goes straight there."""
    districts = list(queries.districts_kept_by(staff_of(request)))
    if len(districts) == 1:
        return redirect("notices:circular_homes", public_id=districts[0].public_id)
    return render(request, "notices/circulars/districts.html", {"districts": districts})


@staff_only("notices.view_circularhome")
@never_cache
@require_safe
def circular_homes(request: HttpRequest, public_id: str) -> HttpResponse:
    """The homes in the order of the round, page by page. Names are people's, so looking is one event."""
    district = _district_or_404(request, public_id)
    form = HomeSearchForm(request.GET)
    homes = queries.living_homes(district)
    found = queries.search_homes(homes, form.wanted)
    page = keyset_page(found, order=queries.HOMES_ORDER, after=request.GET.get("after", ""), size=PAGE_SIZE)
    audit.record(
        action=AuditAction.SEARCH if form.wanted else AuditAction.LIST,
        actor=request.user,
        target_type="notices.circularhome",
        target_label=district.name,
        object_ids=[home.public_id for home in page.rows],
    )
    context = {
        "district": district,
        "form": form,
        "homes": page.rows,
        "home_count": homes.count(),
        "next_url": more_url(request, page.next_cursor),
        "may_change": staff_of(request).has_perm("notices.change_circularhome"),
    }
    return render(request, "notices/circulars/homes.html", context)


@staff_only("notices.add_circularhome")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def circular_home_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a home down."""
    district = _district_or_404(request, public_id)
    user = staff_of(request)
    form = NewHomeForm(request.POST or None, initial={"request_key": new_key()})
    if form.is_bound and form.is_valid():
        key = f"{user.pk}:{form.cleaned_data['request_key']}"
        circulars.add_home(district=district, fields=form.fields_given, by=user, request_key=key)
        messages.success(request, _("世帯を登録しました。"))
        return redirect("notices:circular_homes", public_id=district.public_id)
    return render(request, "notices/circulars/home.html", {"district": district, "form": form, "home": None})


@staff_only("notices.change_circularhome")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def circular_home(request: HttpRequest, public_id: str) -> HttpResponse:
    """One home: its name, its order, its tablet."""
    home = _home_or_404(request, public_id)
    form = HomeForm(request.POST) if request.method == "POST" else HomeForm.of(home)
    if form.is_bound and form.is_valid():
        circulars.change_home(home, fields=form.fields_given, by=staff_of(request))
        messages.success(request, _("世帯の登録を変更しました。"))
        return redirect("notices:circular_homes", public_id=home.district.public_id)
    return render(request, "notices/circulars/home.html", {"district": home.district, "form": form, "home": home})


@staff_only("notices.change_circularhome")
@require_POST
def circular_home_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a home out of the round."""
    home = _home_or_404(request, public_id)
    circulars.end_home(home, by=staff_of(request))
    messages.success(request, _("世帯を回覧から外しました。"))
    return redirect("notices:circular_homes", public_id=home.district.public_id)


@staff_only("notices.change_circularhome")
@never_cache
@require_POST
def circular_tablet_code(request: HttpRequest, public_id: str) -> HttpResponse:
    """A code for the tablet of a home, shown this once."""
    home = _home_or_404(request, public_id)
    device, code = circulars.new_tablet_code(home, by=staff_of(request))
    # the page of the portal where any device is paired, as the admin names it
    address = f"{settings.SITE_URL}/devices/{device.public_id}/"
    context = {"home": home, "code": f"{code[:4]} {code[4:]}", "address": address, "qr": qr_inline(address)}
    return render(request, "notices/circulars/tablet_code.html", context)


@staff_only("notices.change_circularhome")
@require_POST
def circular_tablet_off(request: HttpRequest, public_id: str) -> HttpResponse:
    """The tablet of a home shows nothing any more."""
    home = _home_or_404(request, public_id)
    circulars.disconnect_tablet(home, by=staff_of(request))
    messages.success(request, _("端末の接続を切りました。"))
    return redirect("notices:circular_home", public_id=public_id)


@staff_only("notices.change_circularhome")
@require_POST
def circular_paper(request: HttpRequest, public_id: str, home_id: str) -> HttpResponse:
    """A home has read it on paper; or the line was touched by mistake."""
    circular = visible_or_404(request, public_id)
    home = _home_or_404(request, home_id)
    if home.district_id not in {district.pk for district in circular.districts.all()}:
        raise Http404
    try:
        if request.POST.get("answer") == "take_back":
            circulars.take_back_paper(circular, home=home, by=staff_of(request))
        else:
            circulars.mark_read_on_paper(circular, home=home, by=staff_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    page = reverse("notices:circular_staff", args=[public_id])
    return redirect(f"{page}?district={home.district.public_id}#homes")


def _district_or_404(request: HttpRequest, public_id: str) -> District:
    district = queries.districts_kept_by(staff_of(request)).filter(public_id=public_id).first()
    if district is None:
        raise Http404
    return district


def _home_or_404(request: HttpRequest, public_id: str) -> CircularHome:
    kept = queries.districts_kept_by(staff_of(request))
    homes = CircularHome.objects.filter(district__in=kept, ended_at__isnull=True)
    home = homes.select_related("district", "device").filter(public_id=public_id).first()
    if home is None:
        raise Http404
    return home
