"""Surveys that wait for an answer of the person's, and those that their departments send."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.enums import SurveyState
from applications.permissions import FILE_AS_STAFF, MANAGE_SURVEYS
from applications.queries import surveys
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.pages import keyset_page

PAGE_SIZE = 30


@staff_only(FILE_AS_STAFF)
@never_cache
@require_safe
def survey_list(request: HttpRequest) -> HttpResponse:
    """What is asked of the person: what waits first, then what was answered or closed."""
    user = staff_of(request)
    after = request.GET.get("after", "")
    done = keyset_page(surveys.addressed_list(user, is_waiting=False), order=("-id",), after=after, size=PAGE_SIZE)
    context = {
        "waiting": [] if after else list(surveys.addressed_list(user, is_waiting=True)),
        "done": done.rows,
        "next_url": f"?after={done.next_cursor}" if done.next_cursor else "",
        "is_first": not after,
        "today": today(),
        "may_ask": user.has_perm(MANAGE_SURVEYS),
    }
    return render(request, "applications/surveys/list.html", context)


@staff_only(MANAGE_SURVEYS)
@never_cache
@require_safe
def survey_own_list(request: HttpRequest) -> HttpResponse:
    """The surveys of the person's departments, newest first, with how many have answered."""
    user = staff_of(request)
    state = request.GET.get("state", "")
    state = state if state in SurveyState.values else ""
    after = request.GET.get("after", "")
    page = keyset_page(surveys.owned_list(user, state), order=("-id",), after=after, size=PAGE_SIZE)
    query = request.GET.copy()
    query["after"] = page.next_cursor
    context = {
        "rows": page.rows,
        "state": state,
        "states": SurveyState.choices,
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
        "today": today(),
        "may_ask": True,
    }
    return render(request, "applications/surveys/own_list.html", context)
