"""Staff write news of a topic, look at it once more, and send it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.pages import keyset_page
from notices.enums import TopicState
from notices.forms_topics import NewsForm
from notices.models import TopicMessage
from notices.queries.topics import audience_of, news_for, outcome_of, topics_for
from notices.services.topics import send_news, write_news

_PAGE_SIZE = 30
_TONES = {TopicState.DRAFT: "neutral", TopicState.SENDING: "warning", TopicState.SENT: "success"}


@staff_only("notices.view_topicmessage")
@require_safe
def news_list(request: HttpRequest) -> HttpResponse:
    """News of one's departments, newest first."""
    page = keyset_page(news_for(_staff(request)), order=("-id",), after=request.GET.get("after", ""), size=_PAGE_SIZE)
    context = {
        "rows": [{"news": news, "chip": _chip(news)} for news in page.rows],
        "next_url": f"?after={page.next_cursor}" if page.next_cursor else "",
    }
    return render(request, "notices/topics/news_list.html", context)


@staff_only("notices.add_topicmessage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def news_new(request: HttpRequest) -> HttpResponse:
    """Write a piece of news; it is sent from its own page only."""
    user = _staff(request)
    form = NewsForm(
        request.POST if request.method == "POST" else None,
        topics=topics_for(user),
        initial={"request_key": new_key()},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        key = f"{user.pk}:{given['request_key']}"[:80]
        try:
            news = write_news(**given | {"request_key": key}, by=user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("notices:news_detail", public_id=news.public_id)
    return render(request, "notices/topics/news_form.html", {"form": form})


@staff_only("notices.add_topicmessage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def news_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a draft."""
    user, news = _staff(request), _visible_or_404(request, public_id)
    texts = {"topic": news.topic_id, "title": news.title, "body": news.body, "url": news.url}
    form = NewsForm(
        request.POST if request.method == "POST" else None,
        topics=topics_for(user),
        initial={**texts, "request_key": news.request_key},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            write_news(**given, by=user, message=news)
        except DomainError as error:
            messages.warning(request, str(error))
        return redirect("notices:news_detail", public_id=public_id)
    return render(request, "notices/topics/news_form.html", {"form": form, "news": news})


@staff_only("notices.view_topicmessage")
@require_safe
def news_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One piece of news as it will be read, with how many it goes to; or what became of it."""
    news = _visible_or_404(request, public_id)
    is_draft = news.topic_state == TopicState.DRAFT
    audience = audience_of(news.topic) if is_draft else {}
    context = {
        "news": news,
        "chip": _chip(news),
        "is_draft": is_draft,
        "audience": audience,
        "is_heard": any(audience.values()),
        "outcome": None if is_draft else outcome_of(news),
    }
    return render(request, "notices/topics/news_detail.html", context)


@staff_only("notices.add_topicmessage")
@require_POST
def news_send(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand the draft to the worker."""
    news = _visible_or_404(request, public_id)
    try:
        send_news(news, by=_staff(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("配信を始めました。"))
    return redirect("notices:news_detail", public_id=public_id)


def _chip(news: TopicMessage) -> dict[str, str]:
    state = TopicState(news.topic_state)
    return {"label": str(state.label), "tone": _TONES[state]}


def _visible_or_404(request: HttpRequest, public_id: str) -> TopicMessage:
    news = news_for(_staff(request)).filter(public_id=public_id).first()
    if news is None:
        raise Http404
    return news


def _staff(request: HttpRequest) -> User:
    # staff_only let nobody else through
    return request.user  # type: ignore[return-value]
