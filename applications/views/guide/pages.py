"""From the list of guides through the questions to the summary. Nothing typed stands in an address."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import typed
from applications.answers import display_rows
from applications.form_pages import PageForm
from applications.queries.guide import public_guides
from applications.views.guide import answers as store
from applications.views.guide.walk import Walk, public_walk
from applications.views.visits import SEEN, seen_by
from cityhall.access import public

READ_OR_SEND = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


@public
@require_safe
def guide_list(request: HttpRequest) -> HttpResponse:
    """All public guides, by what happened."""
    return render(request, "applications/guide/list.html", {"events": public_guides()})


@public
@never_cache
@require_safe
def guide_start(request: HttpRequest, key: str) -> HttpResponse:
    """What the guide asks and what becomes of the answers."""
    return show_start(public_walk(request, key))


@public
@never_cache
@require_http_methods(READ_OR_SEND)
def guide_page(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One page of questions. Whatever button is pressed, everything typed is kept first, right or wrong."""
    return show_page(public_walk(request, key), number)


@public
@never_cache
@require_safe
def guide_check(request: HttpRequest, key: str) -> HttpResponse:
    """All answers with a way to change each; what is missing or wrong."""
    return show_check(public_walk(request, key))


@public
@require_POST
def guide_forget(request: HttpRequest, key: str) -> HttpResponse:
    """Take the answers out of this browser. What is kept under a code stays."""
    return forget(public_walk(request, key))


def show_start(walk: Walk) -> HttpResponse:
    context = {"walk": walk, "has_answers": bool(walk.values), "first": walk.shown[0] if walk.shown else 1}
    return render(walk.request, "applications/guide/start.html", context)


def show_page(walk: Walk, number: int) -> HttpResponse:
    """The page, or what the button of the page leads to."""
    pages = walk.guide.form.pages
    if not 1 <= number <= len(pages):
        return walk.to("start")
    page = pages[number - 1]
    if walk.request.method == HTTPMethod.POST:
        if not walk.receive(page, walk.request.POST):
            messages.warning(walk.request, _("回答が長すぎるため、保存できませんでした。入力し直してください。"))
            return walk.to("page", number)
        return _leave(walk, number)
    if number not in walk.shown:
        return walk.to("page", next((one for one in walk.shown if one > number), walk.shown[0]))
    # from the summary people come to see what is wrong
    data = typed.as_data(page.fields, walk.values) if "check" in walk.request.GET and walk.values else None
    return _show(walk, number, walk.page_form(page, data))


def _leave(walk: Walk, number: int) -> HttpResponse:
    """Where the button leads; this page again with its mistakes, or with questions nobody has seen yet."""
    request, page = walk.request, walk.guide.form.pages[number - 1]
    action = request.POST.get("action", "next")
    if action == "previous":
        before = [one for one in walk.shown if one < number]
        return walk.to("page", before[-1]) if before else walk.to("start")
    form = walk.page_form(page, request.POST)
    seen = set(request.POST.get(SEEN, "").split())
    fresh = [path for path in seen_by(form) if path not in seen] if SEEN in request.POST else []
    if fresh or action == "refresh":
        labels = [form.label_of(path) for path in fresh if path in form.fields]
        return _show(walk, number, walk.page_form(page), fresh=labels)
    if not form.is_valid():
        return _show(walk, number, form)
    onward = next((one for one in walk.shown if one > number), None)
    if onward is None or "check" in request.GET:
        return walk.to("check")
    return walk.to("page", onward)


def _show(walk: Walk, number: int, form: PageForm, *, fresh: list[str] | None = None) -> HttpResponse:
    page = walk.guide.form.pages[number - 1]
    context = {
        "walk": walk,
        "page": page,
        "number": number,
        "form": form,
        "problems": list(form.problems()) if form.is_bound else [],
        "steps": walk.steps(number),
        "logic": walk.logic(page),
        "seen": seen_by(form),
        "fresh": fresh or [],
        "comes_from_check": "check" in walk.request.GET,
    }
    return render(walk.request, "applications/guide/page.html", context)


def show_check(walk: Walk) -> HttpResponse:
    """The summary; without any answer the beginning."""
    if not walk.values:
        return walk.to("start")
    wrong: dict[str, list[str]] = {}
    for problem in walk.checked.problems:
        wrong.setdefault(problem.key, []).append(problem.message)
    sections = [
        (section, [(row, wrong.get(row.key, [])) for row in section.rows])
        for section in display_rows(walk.guide.form, walk.checked.answers)
    ]
    context = {
        "walk": walk,
        "sections": sections,
        "problems": walk.checked.problems,
        "steps": walk.steps(len(walk.guide.form.pages) + 1),
        "last_page": walk.shown[-1],
    }
    return render(walk.request, "applications/guide/check.html", context)


def forget(walk: Walk) -> HttpResponse:
    store.forget(walk.request.session, walk.slot)
    messages.success(walk.request, _("この端末に残っていた回答を消しました。"))
    return redirect("applications:guide_list") if not walk.is_trial else walk.to("start")
