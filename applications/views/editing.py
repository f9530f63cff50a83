"""Changing what was sent while nobody has taken it. The pages are those of a draft."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications.services.drafts import NotEditable
from applications.services.editing import start_editing, stop_editing
from applications.views.own import no_longer_editable, own_or_404
from cityhall.access import signed_in_or_guest


@signed_in_or_guest
@require_POST
def application_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open what was sent, and show it with the links to change it."""
    application = own_or_404(request, public_id)
    try:
        start_editing(application=application)
    except NotEditable:
        return no_longer_editable(request, application)
    return redirect("applications:draft_check", public_id=public_id)


@signed_in_or_guest
@require_POST
def application_edit_stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw the changes away; what was sent stands."""
    application = own_or_404(request, public_id)
    stop_editing(application=application)
    messages.success(request, _("変更を取りやめました。はじめに送信した内容のままです。"))
    return redirect("applications:application_detail", public_id=public_id)
