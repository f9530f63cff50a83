"""What the answers call for: on the screen, on paper, with ticks for what is done."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.guide import codes
from applications.guide_pdf import guide_pdf as made_pdf
from applications.guide_words import headings
from applications.queries.guide import Advice, Left, assess_for, grouped, left_of, papers_of
from applications.services import guide_shares
from applications.views.guide.walk import Walk, public_walk
from cityhall.access import public
from cityhall.days import today
from cityhall.rate_limits import is_within_limit
from cityhall.registry import guide_panels, shown_panels

PDFS = {"times": 60, "seconds": 600}
"""Setting a page takes a fifth of a second of the processor."""


@public
@never_cache
@require_safe
def guide_result(request: HttpRequest, key: str) -> HttpResponse:
    """The results by how soon; with something missing or wrong, the summary says what."""
    return show_result(public_walk(request, key))


@public
@never_cache
@require_safe
def guide_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """The same on paper. Made in the request: nothing of it is stored."""
    walk = public_walk(request, key)
    if not walk.values or walk.checked.problems:
        return walk.to("check")
    if not is_within_limit(request, "guide-pdf", **PDFS):
        return render(
            request,
            "applications/guide/slow_down.html",
            {"walk": walk, "what": _("PDFの作成が続いています。10分ほどおいてから、もう一度お試しください。")},
            status=HTTPStatus.TOO_MANY_REQUESTS,
        )
    content = made_pdf(title=walk.guide.title, made_on=today(), event_day=walk.event_day, **result_of(walk))
    response = HttpResponse(content, content_type="application/pdf")
    name = _("%(title)s.pdf") % {"title": walk.guide.title}
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@public
@require_POST
def guide_tick(request: HttpRequest, key: str) -> HttpResponse:
    """Note that a result is done, or not yet; also under the code, when there is one."""
    return tick(public_walk(request, key))


def show_result(walk: Walk) -> HttpResponse:
    if not walk.values or walk.checked.problems:
        return walk.to("check")
    code = walk.kept.open_code
    context = {
        "walk": walk,
        **result_of(walk),
        "code": codes.written(code) if code else "",
        "expires_on": walk.kept.last_day,
        "kept_days": guide_shares.KEPT.days,
    }
    return render(walk.request, "applications/guide/result.html", context)


def result_of(walk: Walk) -> dict[str, object]:
    """What screen and paper show."""
    advice: list[Advice] = assess_for(walk.guide, walk.checked.answers)
    return {
        "groups": [
            (when, headings(when), [(one, one.key in walk.kept.done) for one in found])
            for when, found in grouped(advice)
        ],
        "papers": papers_of(one for one in advice if one.key not in walk.kept.done),
        "done": walk.kept.done,
        "count": len(advice),
        "left": sum(one.key not in walk.kept.done for one in advice),
        "panels": shown_panels(guide_panels, walk.request, _left(walk, advice)),
    }


def _left(walk: Walk, advice: list[Advice]) -> Left:
    """What is not done yet; nothing when staff try a guide out."""
    event = walk.version.life_event.key
    return Left(event) if walk.is_trial else left_of(event, advice, walk.kept.done)


def tick(walk: Walk) -> HttpResponse:
    """Only what is a result of this guide is noted."""
    task, is_done = walk.request.POST.get("task", ""), walk.request.POST.get("is") == "done"
    known = {one.key for one in walk.guide.results}
    done = [one for one in walk.kept.done if one != task and one in known]
    walk.kept.done = [*done, task] if is_done and task in known else done
    walk.save()
    anchor = f"#task-{task}" if task in known else ""
    return redirect(f"{walk.url('result')}{anchor}")
