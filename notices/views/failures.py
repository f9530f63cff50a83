"""Everything that failed or of which nobody knows whether it arrived: staff try again, or say how it ended."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.models import User
from notices.failures import (
    RETRIED_AT_ONCE,
    RETRY,
    VIEW,
    counts_by_kind,
    failures,
    failures_of,
    retry_failure,
    retry_failures,
    settle_failure,
)
from notices.services.token_login import resume_signing
from notices.signing.token import refusal


@staff_only(VIEW)
@require_safe
def failure_list(request: HttpRequest) -> HttpResponse:
    """Every alert, document, letter run and check that failed: age, reason, what may be done.

    The most urgent of all kinds together, or with `kind` all of one, page by page.
    """
    user = _staff(request)
    kinds = counts_by_kind(user)
    chosen = next((one for one in kinds if one.kind == request.GET.get("kind", "")), None)
    context: dict[str, Any] = {"kinds": kinds, "chosen": chosen, "token_refusal": refusal()}
    if chosen is None:
        context["failures"] = failures(user)
        context["is_cut"] = len(context["failures"]) < sum(one.count for one in kinds)
    else:
        page = failures_of(chosen.kind, user, after=request.GET.get("after", ""))
        context["failures"] = page.rows
        following = urlencode({"kind": chosen.kind, "after": page.next_cursor})
        context["next_url"] = f"?{following}" if page.next_cursor else ""
        context["at_once"] = min(RETRIED_AT_ONCE, chosen.count)
    return render(request, "notices/failures.html", context)


@staff_only(RETRY)
@require_POST
def token_resume(request: HttpRequest) -> HttpResponse:
    """Let the token that refused its PIN be tried again, once somebody has seen to it."""
    try:
        resume_signing(by=_staff(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(
            request, _("署名トークンへの接続をもう一度試します。1分ほど待ってから、この画面を確認してください。")
        )
    return redirect("notices:failures")


@staff_only(RETRY)
@require_POST
def failure_retry_all(request: HttpRequest, kind: str) -> HttpResponse:
    """Try what surely failed of one kind again now, so many at a time."""
    try:
        count = retry_failures(kind, by=_staff(request))
    except KeyError:
        raise Http404 from None
    if count:
        messages.success(request, _("%(count)d件をもう一度実行します。") % {"count": count})
    else:
        messages.info(request, _("再試行できるものはありません。「結果不明」は一件ずつ確かめてください。"))
    return _back(request)


@staff_only(RETRY)
@require_POST
def failure_retry(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Try one again now."""
    try:
        retry_failure(kind, pk, by=_staff(request))
    except DomainError as error:
        messages.warning(request, str(error))
    except (KeyError, ObjectDoesNotExist):
        raise Http404 from None
    else:
        messages.success(request, _("もう一度実行します。しばらくしてから一覧を確認してください。"))
    return _back(request)


@staff_only(RETRY)
@require_POST
def failure_settle(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take an uncertain one as arrived."""
    try:
        settle_failure(kind, pk, by=_staff(request))
    except DomainError as error:
        messages.warning(request, str(error))
    except (KeyError, ObjectDoesNotExist):
        raise Http404 from None
    else:
        messages.success(request, _("届いていたものとして記録しました。"))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was narrowed."""
    kind = request.POST.get("list", "")
    return redirect(f"{reverse('notices:failures')}?{urlencode({'kind': kind})}" if kind else "notices:failures")


def _staff(request: HttpRequest) -> User:
    # staff_only let nobody else through
    return request.user  # type: ignore[return-value]
