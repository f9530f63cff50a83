"""Results kept under a code: made, opened in another browser, deleted."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.guide_forms import CodeForm
from applications.queries.guide import public_guides
from applications.services import guide_shares
from applications.views.guide import answers as store
from applications.views.guide.pages import READ_OR_SEND
from applications.views.guide.walk import Walk, public_walk
from cityhall.access import public
from cityhall.days import local_date
from cityhall.rate_limits import is_within_limit

MADE = {"times": 60, "seconds": 3600}
OPENED = {"times": 40, "seconds": 600}
"""By address, which many share on mobile lines; a code has 54 bits and is not found by trying."""


@public
@require_POST
def guide_share(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the answers under a new code. Pressed twice, the code stays."""
    walk = public_walk(request, key)
    if not walk.values or walk.checked.problems:
        return walk.to("check")
    if walk.kept.open_code:
        return _to_code(walk)
    if not is_within_limit(request, "guide-share", **MADE):
        messages.warning(request, _("保存が続いています。しばらくおいてから、もう一度お試しください。"))
        return walk.to("result")
    code, expires_at = guide_shares.keep(version=walk.version, values=walk.values, done=walk.kept.done)
    walk.kept.share(code, local_date(expires_at).isoformat())
    walk.save()
    return _to_code(walk)


@public
@require_POST
def guide_unshare(request: HttpRequest, key: str) -> HttpResponse:
    """Delete what is kept under the code; the answers stay in this browser."""
    walk = public_walk(request, key)
    if walk.kept.open_code:
        guide_shares.delete(walk.kept.open_code)
        walk.kept.unshare()
        walk.save()
    messages.success(request, _("保存した結果を削除しました。このコードでは、もう開けません。"))
    return walk.to("result")


@public
@never_cache
@require_http_methods(READ_OR_SEND)
def guide_open(request: HttpRequest) -> HttpResponse:
    """Open a result by its code. The code comes in a POST: it stands in no address and no log."""
    form = CodeForm(request.POST if request.method == HTTPMethod.POST else None)
    if request.method == HTTPMethod.POST and form.is_valid():
        if not is_within_limit(request, "guide-open", **OPENED):
            form.add_error(None, _("入力が続いています。10分ほどおいてから、もう一度お試しください。"))
        else:
            try:
                return _opened(request, form.cleaned_data["code"])
            except guide_shares.NoSuchCode as error:
                form.add_error("code", str(error))
    return render(request, "applications/guide/open.html", {"form": form, "kept_days": guide_shares.KEPT.days})


def _opened(request: HttpRequest, code: str) -> HttpResponse:
    """Raises NoSuchCode, for a guide that is not public any more too."""
    found = guide_shares.open_code(code)
    event = public_guides().filter(pk=found.version.life_event_id).first()
    if event is None:
        raise guide_shares.NoSuchCode
    kept = store.Kept(values=found.values, done=found.done)
    kept.share(code, local_date(found.expires_at).isoformat())
    store.keep(request.session, event.key, kept)
    if event.current_guide_id != found.version.pk:
        messages.info(
            request,
            _(
                "保存した後に、ガイドの内容が新しくなりました。新しい内容でご案内します。回答をもう一度お確かめください。"
            ),
        )
    return redirect("applications:guide_result", key=event.key)


def _to_code(walk: Walk) -> HttpResponse:
    return redirect(f"{walk.url('result')}#code")
