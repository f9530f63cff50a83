"""What the resident's views share: who asks, and that a stranger's application does not exist."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from applications.models import Application
from applications.queries.mine import own_applications
from applications.services.drafts import NotEditable
from cityhall.models import User


def person(request: HttpRequest) -> User:
    """The signed-in user; the view's access rule has let nobody else in."""
    return cast("User", request.user)


def own_or_404(request: HttpRequest, public_id: str) -> Application:
    """The person's own application with what its pages need."""
    mine = own_applications(person(request)).select_related("procedure", "department", "form_version")
    return get_object_or_404(mine, public_id=public_id)


def no_longer_editable(request: HttpRequest, application: Application) -> HttpResponse:
    """To the page that shows how things stand now, with a sentence."""
    messages.info(request, str(NotEditable.message))
    return redirect("applications:application_detail", public_id=application.public_id)
