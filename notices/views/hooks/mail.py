"""What the mail provider tells afterwards: anymail reads and authenticates it, we keep what matters."""

from functools import lru_cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cityhall.access import public
from notices.services.bounces import take_mail_event


@public
@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_hook(request: HttpRequest) -> HttpResponseBase:
    """Hand the call to anymail's view of MAIL_WEBHOOK_PROVIDER; without WEBHOOK_SECRET nobody is believed.

    Some providers ask by HEAD whether the address is there.
    """
    if not settings.MAIL_WEBHOOK_PROVIDER or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    return _view(settings.MAIL_WEBHOOK_PROVIDER)(request)  # type: ignore[no-any-return]


@lru_cache(maxsize=4)
def _view(provider: str) -> Any:
    # most cities send over SMTP and never import the package
    module = import_module(f"anymail.webhooks.{provider}")
    # one provider tells everything at one address
    wanted = ("TrackingWebhookView", "CombinedWebhookView")
    view = next(
        value for name, value in vars(module).items() if name.endswith(wanted) and value.__module__ == module.__name__
    )
    view.signal.connect(_take, dispatch_uid="notices.mail_hook")
    return view.as_view()


def _take(sender: Any, event: Any, esp_name: str, **_more: Any) -> None:
    take_mail_event(event)
