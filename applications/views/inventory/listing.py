"""The inventory as a list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.inventory.forms import InventoryFilterForm
from applications.inventory.years import current_year
from applications.permissions import MANAGE_INVENTORY, VIEW_INVENTORY
from applications.queries import inventory
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.models import Department


def years_to_choose() -> list[int]:
    """The last whole year first: the figures of this one are still coming in."""
    known = set(inventory.known_years()) | {current_year() - 1, current_year()}
    return sorted(known, key=lambda year: (year >= current_year(), -year))


@staff_only(VIEW_INVENTORY)
@require_safe
def inventory_list(request: HttpRequest) -> HttpResponse:
    """Rows by filters, fifty a page, with the filings of a year and what this portal took in itself."""
    user = staff_of(request)
    departments = Department.objects.filter(inventory__isnull=False).distinct().order_by("position", "code")
    form = InventoryFilterForm(request.GET, departments=departments, years=years_to_choose())
    filters = form.filters()
    rows, total = inventory.item_list(user, filters)
    pages = max(1, -(-total // inventory.PAGE_LENGTH))
    context = {
        "form": form,
        "filters": filters,
        "rows": rows,
        "total": total,
        "pages": pages,
        "year": filters.year,
        "current_year": current_year(),
        "next_url": _page(request, filters.page + 1) if filters.page < pages else "",
        "previous_url": _page(request, filters.page - 1) if filters.page > 1 else "",
        "may_edit": user.has_perm(MANAGE_INVENTORY),
    }
    return render(request, "applications/inventory/list.html", context)


def _page(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
