"""What a browser says of its subscription, for an account or for topics alone."""

from django.http import HttpRequest

from cityhall.models import User
from notices.forms_channels import PushForm
from notices.models import PushSubscription
from notices.services.push import NotAPushService, subscribe


def take_browser(request: HttpRequest, *, user: User | None) -> PushSubscription:
    """Take in the browser of this request. Raises NotAPushService."""
    form = PushForm(request.POST)
    if not form.is_valid():
        raise NotAPushService
    return subscribe(**form.cleaned_data, user=user)
