"""The pages of questions of a draft. Whatever button is pressed, everything typed is kept first, right or wrong."""

from dataclasses import replace
from http import HTTPMethod

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications import definition, row_actions, typed
from applications.enums import FieldType
from applications.lookups import look_up
from applications.models import Application
from applications.services import drafts, uploads
from applications.views.own import AnswerSent, after_saving, fillable_or_404, no_longer_editable
from applications.views.page_files import receive_files
from applications.views.surveys.overtaken import take_up
from applications.views.visits import SEEN, Visit, seen_by
from cityhall.access import signed_in_or_guest

_SAVED = ["draft_answers", "draft_revision", "draft_saved_at", "page_states"]


@signed_in_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def draft_page(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One page of questions. Whatever button is pressed, everything typed is kept first, right or wrong."""
    try:
        application = fillable_or_404(request, public_id)
    except AnswerSent as overtaken:
        if request.method != HTTPMethod.POST:
            raise
        return _take_up(request, overtaken.answer, number)
    # what somebody sent who was just overtaken is kept first, for them to read
    is_overtaken = request.method == HTTPMethod.POST and application.editing_since is not None
    if not (application.is_editable or is_overtaken):
        return no_longer_editable(request, application)
    form = definition.form_of(application.form_version)
    visit = Visit(request, application, form, number)
    if not 1 <= number <= len(form.pages):
        return visit.to_page(1)
    if request.method == HTTPMethod.POST:
        return _receive(visit)
    if number not in visit.shown:
        return _past_hidden(visit)
    # from the check page people come to see what is wrong
    data = typed.as_data(visit.page.fields, visit.values) if visit.comes_from_check else None
    return visit.show(visit.page_form(data=data, opened=request.GET.getlist("open")))


def _receive(visit: Visit) -> HttpResponse:
    """Keep what was sent, then do what the button says."""
    request, application = visit.request, visit.application
    action, _colon, argument = request.POST.get("action", "next").partition(":")
    values = typed.read(visit.page.fields, request.POST)
    lookup = look_up(visit.page, values, argument) if action == "lookup" else None
    opened, anchor = (
        row_actions.apply(visit.page.fields, values, action, argument) if action in row_actions.ACTIONS else ([], "")
    )
    try:
        _save(visit, values)
        refusals = receive_files(visit, values)
        if action == "remove":
            uploads.detach(application=application, public_id=argument)
        application.refresh_from_db(fields=_SAVED)
        _drop_files_of_rows(visit, values)
    except drafts.DraftConflict:
        return _conflict(visit, values)
    except drafts.NotEditable as error:
        if application.is_survey_answer:
            application.refresh_from_db()
            return _take_up(request, application, visit.number)
        return no_longer_editable(request, application, error)
    if not refusals and not lookup and action not in ("upload", "remove", "lookup"):
        return visit.again(opened=opened, anchor=anchor) if anchor else _leave(visit, action, values)
    # files and look-ups in the middle of a page: no complaints about what is still blank
    page_form = visit.page_form(data=request.POST if action == "next" else None)
    page_form.show_refusals(refusals)
    if lookup:
        lookup.show_in(page_form)
    return visit.show(page_form)


def _take_up(request: HttpRequest, answer: Application, number: int) -> HttpResponse:
    """What was typed into an answer that a colleague has just sent goes into a new draft."""
    visit = take_up(request, answer, number)
    return _receive(visit) if isinstance(visit, Visit) else visit


def _drop_files_of_rows(visit: Visit, values: typed.Typed) -> None:
    """Rows that are gone from the page take their files with them; groups that were not on it keep theirs."""
    groups = [field for field in visit.page.fields if field.type == FieldType.ROWS]
    if groups:
        # of its own: what is read here is read again once the files are gone
        locked = replace(visit).locked
        on_page = [group for group in groups if group.key not in locked]
        uploads.detach_rows(application=visit.application, fields=on_page, values=values)


def _save(visit: Visit, values: typed.Typed) -> None:
    drafts.save_page(
        application=visit.application,
        page=visit.page,
        values=values,
        expected_revision=None,
        expected_mark=visit.request.POST.get("mark", ""),
    )


def _conflict(visit: Visit, values: typed.Typed) -> HttpResponse:
    """Another window saved this page meanwhile: nothing is overwritten until the person has seen both.

    What they typed stands in the page; sending it once more is their choice.
    """
    visit.application.refresh_from_db(fields=_SAVED)
    others = visit.values
    mine = others | dict.fromkeys((field.key for field in visit.page.fields), None)
    mine |= typed.with_closed_rows(visit.page.fields, values, others)
    differing = [field.label for field in visit.page.fields if mine.get(field.key) != others.get(field.key)]
    return visit.show(visit.page_form(values=mine), conflict=differing)


def _leave(visit: Visit, action: str, values: typed.Typed) -> HttpResponse:
    """Where the button leads. Pages with mistakes are left by every button but 次へ."""
    page_form = visit.page_form(data=visit.request.POST)
    state = drafts.DONE if page_form.is_valid() else drafts.PROBLEM
    fresh = _newly_seen(visit, seen_by(page_form)) if action in ("next", "refresh") else []
    drafts.note_page(application=visit.application, page=visit.page, state=drafts.PROBLEM if fresh else state)
    if action == "refresh" or (action == "next" and fresh):
        labels = [page_form.label_of(path) for path in fresh if path in page_form.fields]
        return visit.show(visit.page_form(), fresh=labels, is_refreshed=True)
    if action == "next" and state == drafts.PROBLEM:
        return visit.show(page_form)
    if action == "save":
        return after_saving(visit.request, visit.application)
    if action == "previous":
        return visit.to_page(visit.previous_page() or visit.number)
    onward = visit.next_page()
    if onward is None or visit.comes_from_check:
        return redirect("applications:draft_check", public_id=visit.application.public_id)
    return visit.to_page(onward)


def _newly_seen(visit: Visit, shown: list[str]) -> list[str]:
    """Questions that an answer on this very page has brought up and that nobody could have seen yet."""
    if SEEN not in visit.request.POST:
        return []
    seen = set(visit.request.POST[SEEN].split())
    return [path for path in shown if path not in seen]


def _past_hidden(visit: Visit) -> HttpResponse:
    """A page that an answer has hidden: on to the next one, or to the check page."""
    onward = visit.next_page()
    if onward is None:
        return redirect("applications:draft_check", public_id=visit.application.public_id)
    return visit.to_page(onward)
