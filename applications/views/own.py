"""What the views of residents and guests share: who asks, and that a stranger's application does not exist."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from rest_framework.request import Request

from applications.guest_links import PURPOSE
from applications.models import Application
from applications.queries.mine import guest_applications, own_applications
from applications.services.drafts import NotEditable, TakenMeanwhile
from cityhall import guests
from cityhall.models import User


def person(request: HttpRequest) -> User | None:
    """The signed-in user; None is a guest, whom the view's access rule let in for what the browser has shown."""
    return cast("User", request.user) if request.user.is_authenticated else None


def own_or_404(request: HttpRequest | Request, public_id: str) -> Application:
    """The person's own application with what its pages need; a guest's through the session, never by number."""
    version = guests.held_version(request.session, PURPOSE, public_id)
    if version is not None:
        shown = guest_applications({public_id: version}).select_related(*_NEEDED).first()
        if shown is not None:
            return shown
    return get_object_or_404(own_applications(request.user).select_related(*_NEEDED), public_id=public_id)


_NEEDED = ("procedure", "department", "form_version")


def open_in_browser(request: HttpRequest, application: Application) -> None:
    """Let this browser open an application without an account: it was started here, or the secret was right."""
    guests.remember(request.session, PURPOSE, application.public_id, application.guest_secret_version)


def no_longer_editable(request: HttpRequest, application: Application) -> HttpResponse:
    """To the page that shows how things stand now, with a sentence. Changes that were not sent are shown there."""
    refusal = TakenMeanwhile if application.editing_since is not None else NotEditable
    messages.info(request, str(refusal.message))
    return redirect("applications:application_detail", public_id=application.public_id)
