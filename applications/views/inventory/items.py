"""One row of the inventory, new or changed."""

from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.enums import InventoryChannel
from applications.inventory.columns import volume_heading
from applications.inventory.forms import InventoryItemForm, years_of_form
from applications.inventory.years import current_year
from applications.models import InventoryItem
from applications.permissions import MANAGE_INVENTORY
from applications.queries import inventory
from applications.services.inventory import CodeTaken, ItemChanged, save_item, seen_of
from applications.views.designer.listing import READ_OR_SEND
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.db import is_number
from cityhall.errors import DomainError


@staff_only(MANAGE_INVENTORY)
@never_cache
@require_http_methods(READ_OR_SEND)
def inventory_new(request: HttpRequest) -> HttpResponse:
    """A row for a procedure that the inventory does not have yet."""
    return _page(request, None)


@staff_only(MANAGE_INVENTORY)
@never_cache
@require_http_methods(READ_OR_SEND)
def inventory_item(request: HttpRequest, number: int) -> HttpResponse:
    """A row of one's departments. A save names the row it was made from; what was typed is kept when it is stale."""
    if not is_number(number):
        raise Http404
    return _page(request, get_object_or_404(inventory.editable(staff_of(request)), pk=number))


def _page(request: HttpRequest, item: InventoryItem | None) -> HttpResponse:
    user = staff_of(request)
    counts = inventory.counts_of(item) if item is not None else {}
    form = InventoryItemForm(
        request.POST if request.method == HTTPMethod.POST else None,
        # a form writes what is typed into its row: the one that is shown stays as it is stored
        instance=InventoryItem() if item is None else InventoryItem.objects.get(pk=item.pk),
        departments=inventory.departments_of(user),
        years=years_of_form(current_year()),
        counts=counts,
    )
    context: dict[str, Any] = {"form": form, "item": item, "seen": request.POST.get("seen", seen_of(item))}
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            saved = save_item(
                item=item, values=form.values(), counts=form.counts(), seen=request.POST.get("seen", ""), by=user
            )
        except ItemChanged as error:
            form.add_error(None, str(error))
            item = get_object_or_404(inventory.editable(user), pk=item.pk) if item is not None else None
            counts = inventory.counts_of(item) if item is not None else {}
            context |= {"item": item, "seen": seen_of(item), "others": _others(form, counts, item)}
        except DomainError as error:
            form.add_error("code" if isinstance(error, CodeTaken) else None, str(error))
        else:
            messages.success(request, _("「%(name)s」を保存しました。") % {"name": saved.name})
            return redirect("applications:inventory_item", number=saved.pk)
    if item is not None and item.procedure_id:
        year = current_year()
        context["portal"] = inventory.portal_counts([item.procedure_id], year).get(item.procedure_id, 0)
        context["portal_year"] = year
    return render(request, "applications/inventory/item.html", context)


def _others(
    form: InventoryItemForm, counts: dict[tuple[int, str], int], item: InventoryItem | None
) -> list[tuple[str, str]]:
    """What is stored now where it differs from what was typed: heading and value."""
    if item is None:
        return []
    found = []
    for name, value in form.values().items():
        if getattr(item, name) != value:
            shown = getattr(item, f"get_{name}_display", lambda name=name: getattr(item, name))()
            found.append((str(form.fields[name].label), _shown(shown)))
    for (year, channel), count in form.counts().items():
        if counts.get((year, channel)) != count:
            found.append((volume_heading(year, InventoryChannel(channel)), _shown(counts.get((year, channel)))))
    return found


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("必要") if value else _("不要")
    return str(value) if value not in (None, "") else _("（なし）")
