"""Subscribing to city news: by mail with a confirmation, in this browser, and the ways out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.links import is_link_secret
from cityhall.rate_limits import is_within_limit
from notices import vapid
from notices.forms_channels import PushForm, TopicMailForm
from notices.models import Topic, TopicSubscription
from notices.queries.topics import published_news
from notices.services.line import is_configured
from notices.services.push import NotAPushService
from notices.services.topics import ask_by_mail, confirm_address, end_subscription, set_browser_topics
from notices.services.topics.subscribing import CONFIRM_PURPOSE, STOP_PURPOSE, is_confirmable, names_to_confirm
from notices.views.channels.browsers import take_browser

_ASKED_PER_HOUR = 60
_LATEST = 5
_TOO_OFTEN = gettext_lazy("短い間に何度も登録されました。しばらく待ってから、もう一度お試しください。")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def topic_list(request: HttpRequest) -> HttpResponse:
    """The topics, and a form for an address. The answer is the same whoever owns the address."""
    form = TopicMailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not is_within_limit(request, "topic-ask", times=_ASKED_PER_HOUR, seconds=3600):
            form.add_error(None, _TOO_OFTEN)
        else:
            try:
                ask_by_mail(email=form.cleaned_data["email"], topics=list(form.cleaned_data["topics"]))
            except DomainError as error:
                form.add_error("email", str(error))
            else:
                return render(request, "notices/topics/asked.html", {"email": form.cleaned_data["email"]})
    return _list(request, form)


@public
@require_POST
def topic_push(request: HttpRequest) -> HttpResponse:
    """Make the topics of this browser those that were ticked; a script has filled in what it said."""
    if not is_within_limit(request, "topic-push", times=_ASKED_PER_HOUR, seconds=3600):
        messages.warning(request, _TOO_OFTEN)
        return redirect("notices:topic_list")
    try:
        browser = take_browser(request, user=None)
    except NotAPushService as error:
        messages.warning(request, str(error))
        return redirect("notices:topic_list")
    names = "、".join(topic.name for topic in set_browser_topics(browser, keys=request.POST.getlist("topics")))
    if names:
        messages.success(request, _("この端末で、次の話題を受け取ります：%(names)s") % {"names": names})
    else:
        messages.success(request, _("この端末での話題の配信を停止しました。"))
    return redirect("notices:topic_list")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def topic_confirm(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The link of the confirmation mail. Opening it changes nothing: programs open links too."""
    row = _row_or_404(public_id, secret, CONFIRM_PURPOSE)
    is_over = not is_confirmable(row)
    is_done = row.confirmed_at is not None
    if request.method == "POST" and not is_over:
        confirm_address(row)
        is_done = True
    context = {
        "row": row,
        "names": names_to_confirm(row),
        "is_over": is_over and not is_done,
        "is_done": is_done,
    }
    return render(request, "notices/topics/confirm.html", context)


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def topic_stop(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The way out that stands in every message: a page with a button, and one POST for mail programs (RFC 8058).

    Exempt from the CSRF check because a mail program has no page of ours; the secret in the address is the right.
    """
    row = _row_or_404(public_id, secret, STOP_PURPOSE)
    if request.method == "POST":
        end_subscription(row)
    is_done = request.method == "POST" or row.ended_at is not None
    return render(request, "notices/topics/stop.html", {"row": row, "is_done": is_done})


@public
@require_safe
def news_read(request: HttpRequest, public_id: str) -> HttpResponse:
    """One piece of news for everybody: a push has room for its beginning only."""
    news = get_object_or_404(published_news(), public_id=public_id)
    return render(request, "notices/topics/news_read.html", {"news": news})


def _row_or_404(public_id: str, secret: str, purpose: str) -> TopicSubscription:
    row = TopicSubscription.objects.select_related("topic").filter(public_id=public_id).first()
    if row is None or not is_link_secret(secret, purpose, row.public_id, row.secret_version):
        raise Http404
    return row


def _list(request: HttpRequest, form: TopicMailForm) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "latest": published_news()[:_LATEST],
        "topics": Topic.objects.filter(is_active=True),
        "push_key": vapid.public_key(),
        "push_form": PushForm(),
        "has_line": is_configured(),
        "line_id": settings.LINE_BASIC_ID,
    }
    return render(request, "notices/topics/list.html", context)
