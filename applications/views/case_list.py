"""The work list: filters with and without a name, one page of cases, and giving the ticked ones to a handler."""

from collections.abc import Iterable, Mapping
from http import HTTPMethod
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.desk_forms import AssignManyForm, FilterNameForm
from applications.display import due_chip, state_chip
from applications.forms import WorkListForm
from applications.models import SavedFilter
from applications.permissions import CaseRight
from applications.queries.desk import filters_of, handlers_in_scope
from applications.queries.scope import scope_for, visible_cases
from applications.queries.worklist import work_list
from applications.services import desk
from applications.services.desk.saved_filters import KEPT, MAX_FILTERS
from applications.views.page_sizes import SIZES, page_size, size_links
from applications.views.staff import staff_of, way_back
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.services import audit

MOST_ASSIGNED = 100
"""Each is a transaction of its own while the person waits."""
SAVED = "saved"
"""Names a saved filter in the address; `all` is the list without any, although one opens first."""


@staff_only("applications.view_case")
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """The work list: cases of one's departments and of procedures other departments granted."""
    user = staff_of(request)
    saved = filters_of(user)
    first = next((one for one in saved if one.is_default), None)
    if first is not None and not request.GET:
        return redirect(f"{reverse('applications:case_list')}?{SAVED}={first.public_id}")
    opened = next((one for one in saved if one.public_id == request.GET.get(SAVED)), None)
    handlers = list(handlers_in_scope(user)) if scope_for(user, CaseRight.PROCESS).department_ids else []
    form = WorkListForm(request.GET if opened is None else opened.query, user=user, handlers=handlers)
    day = today()
    size = page_size(request)
    page = work_list(user=user, wanted=form.wanted(), today=day, after=request.GET.get("after", ""), size=size)
    audit.record(
        action=AuditAction.SEARCH if form.wanted().text else AuditAction.LIST,
        actor=user,
        target_type="application",
        object_ids=[row.public_id for row in page.rows],
    )
    context = {
        "form": form,
        "rows": [{"case": row, "state": state_chip(row), "due": due_chip(row, day)} for row in page.rows],
        "next_url": _page_url(request, page.next_after),
        "sizes": size_links(request) if len(page.rows) > SIZES[0] or page.next_after else [],
        "size": size if size != SIZES[0] else None,
        "saved": saved,
        "opened": opened,
        "may_save": len(saved) < MAX_FILTERS,
        "save_form": FilterNameForm(auto_id="save_%s"),
        "query": _query(request.GET.dict() if opened is None else opened.query),
        "assign_form": AssignManyForm(handlers=handlers) if handlers else None,
        "here": request.get_full_path(),
    }
    return render(request, "applications/case_list.html", context)


@staff_only("applications.process_case")
@require_POST
def case_assign_many(request: HttpRequest) -> HttpResponse:
    """Give the ticked cases to a handler. Those somebody changed meanwhile are named, and stay as they are."""
    user = staff_of(request)
    form = AssignManyForm(request.POST, handlers=list(handlers_in_scope(user)))
    chosen = request.POST.getlist("case")
    if len(chosen) > MOST_ASSIGNED:
        too_many = _("一度に担当者を変えられる申請は%(most)s件までです。選ぶ申請を減らしてください。")
        messages.error(request, too_many % {"most": MOST_ASSIGNED})
        return redirect(way_back(request))
    cases = list(visible_cases(user).select_related("procedure", "department").filter(public_id__in=chosen))
    if not cases or not form.is_valid():
        messages.error(request, _("申請に印を付け、担当者を選んでから、もう一度押してください。"))
        return redirect(way_back(request))
    handler = form.cleaned_data["to"]
    result = desk.assign_many(cases=cases, seen=_seen(request.POST, chosen), handler=handler, by=user)
    if result.count:
        text = ngettext(
            "%(count)s件を%(name)sさんの担当にしました。", "%(count)s件を%(name)sさんの担当にしました。", result.count
        )
        messages.success(request, text % {"count": result.count, "name": handler})
    for case, reason in result.refused:
        messages.warning(request, _("%(number)s：%(reason)s") % {"number": case, "reason": reason})
    if not result.count and not result.refused:
        messages.info(request, _("選んだ申請は、すでに%(name)sさんの担当です。") % {"name": handler})
    return redirect(way_back(request))


@staff_only("applications.view_case")
@require_POST
def case_filter_save(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the page under a name; words somebody looked for a person with are not kept."""
    user, name = staff_of(request), FilterNameForm(request.POST)
    wanted = WorkListForm(QueryDict(request.POST.get("query", "")), user=user, handlers=list(handlers_in_scope(user)))
    try:
        kept = desk.save_filter(
            by=user,
            name=name.cleaned_data["name"] if name.is_valid() else "",
            query=wanted.kept(),
            opens_first="opens_first" in request.POST,
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(way_back(request))
    messages.success(request, _("絞り込み「%(name)s」を保存しました。") % {"name": kept.name})
    return redirect(f"{reverse('applications:case_list')}?{SAVED}={kept.public_id}")


@staff_only("applications.view_case")
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def case_filters(request: HttpRequest) -> HttpResponse:
    """The saved filters of the person: other names, which one opens first, deleting."""
    user = staff_of(request)
    if request.method == HTTPMethod.POST:
        try:
            messages.success(request, _change(request, request.POST.get("filter", "")))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("applications:case_filters")
    return render(request, "applications/case_filters.html", {"rows": _rows(filters_of(user))})


def _change(request: HttpRequest, public_id: str) -> str:
    """Do what the button says and tell it. Raises what the services raise."""
    user = staff_of(request)
    match request.POST.get("action"):
        case "delete":
            desk.delete_filter(by=user, public_id=public_id)
            return _("絞り込みを削除しました。")
        case "first":
            desk.open_first(by=user, public_id=public_id)
            return _("最初に開く絞り込みを変えました。")
        case "none":
            desk.open_first(by=user, public_id="")
            return _("最初に開く絞り込みをなくしました。")
    desk.rename_filter(by=user, public_id=public_id, name=request.POST.get("name", ""))
    return _("絞り込みの名前を変えました。")


def _rows(saved: Iterable[SavedFilter]) -> list[dict[str, Any]]:
    return [
        {"filter": one, "form": FilterNameForm(initial={"name": one.name}, auto_id=f"{one.public_id}_%s")}
        for one in saved
    ]


def _query(wanted: Mapping[str, Any]) -> str:
    """The filter as an address, without the words somebody looked for a person with."""
    return urlencode({key: value for key, value in wanted.items() if key in KEPT and value})


def _seen(data: QueryDict, public_ids: Iterable[str]) -> dict[str, int]:
    """The revision of each case as the list showed it."""
    texts = {public_id: data.get(f"revision-{public_id}", "") for public_id in public_ids}
    return {one: int(text) for one, text in texts.items() if text.isascii() and text.isdigit() and len(text) < 10}


def _page_url(request: HttpRequest, after: str) -> str:
    """The next page with the same filters, or nothing."""
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"
