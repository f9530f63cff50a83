"""What the inventory says: the few procedures that carry the volume, what is not online, the way to the goal."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.inventory.charts import pareto_chart, progress_chart
from applications.inventory.figures import PARETO_PERCENT, not_online, pareto
from applications.inventory.forms import InventoryFilterForm
from applications.inventory.years import current_year
from applications.permissions import VIEW_INVENTORY
from applications.queries import inventory
from applications.views.inventory.listing import years_to_choose
from cityhall.access import staff_only
from cityhall.models import Department

USUAL_TARGET = 80
RANKED = 100
"""Rows of a ranking that the page shows; the list sorts all."""


@staff_only(VIEW_INVENTORY)
@require_safe
def inventory_figures(request: HttpRequest) -> HttpResponse:
    """Pareto list and the ranking of what is not online, for a year and all departments or one. Five queries."""
    form = _form(request)
    filters = form.filters()
    rows = inventory.standings([filters.year], filters.department)[filters.year]
    found = pareto(rows)
    minutes, yen = settings.MINUTES_PER_FILING, settings.YEN_PER_MINUTE
    waiting = not_online(rows, minutes=minutes, yen=yen)
    context = {
        "form": form,
        "year": filters.year,
        "pareto": found,
        "pareto_rows": found.rows[: max(RANKED, found.needed)],
        "percent": PARETO_PERCENT,
        "chart": pareto_chart(found) if found.total else None,
        "waiting": waiting[:RANKED],
        "waiting_count": len(waiting),
        "waiting_filings": sum(one.standing.by_hand for one in waiting),
        "waiting_hours": sum(one.minutes for one in waiting) / 60,
        "waiting_yen": sum(one.yen for one in waiting),
        "minutes": minutes,
        "yen": yen,
    }
    return render(request, "applications/inventory/figures.html", context)


@staff_only(VIEW_INVENTORY)
@require_safe
def inventory_progress(request: HttpRequest) -> HttpResponse:
    """The shares of the volume that may be and that is filed online, by year and by department, beside the goal."""
    form = _form(request)
    filters = form.filters()
    targets = inventory.goals()
    years = sorted(inventory.known_years(), reverse=True)[: inventory.YEARS_SHOWN]
    found = inventory.standings([*{*years, filters.year}], filters.department)
    goal = targets.get(filters.year, targets.get(current_year(), USUAL_TARGET))
    by_year = inventory.progress_by_year({year: found[year] for year in years}, targets)
    whole = inventory.progress_by_year({filters.year: found[filters.year]}, {filters.year: goal})[0]
    context = {
        "form": form,
        "year": filters.year,
        "goal": goal,
        "whole": whole,
        "by_year": by_year,
        "chart": progress_chart(by_year) if by_year else None,
        "by_department": inventory.progress_by_department(found[filters.year], goal),
        "planned": sum(one.total for one in found[filters.year] if one.plan == "planned"),
    }
    return render(request, "applications/inventory/progress.html", context)


def _form(request: HttpRequest) -> InventoryFilterForm:
    departments = Department.objects.filter(inventory__isnull=False).distinct().order_by("position", "code")
    return InventoryFilterForm(request.GET, departments=departments, years=years_to_choose())
