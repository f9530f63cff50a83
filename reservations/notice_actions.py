"""Booking a visit as what the button of a notice leads to."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notices.actions import NOTICE_PARAMETER, ActionKind, Choices, register_action
from notices.models import Notice
from reservations.queries.choices import bookable_services


def register_notice_actions() -> None:
    """Called once, from `AppConfig.ready`."""
    register_action(ActionKind("reservation", _("来庁の予約"), services, service_url), position=30)


def services() -> Choices:
    """What can be booked at some place."""
    return list(bookable_services().values_list("key", "name"))


def service_url(target: str, notice: Notice) -> str:
    """The first page of booking a service."""
    query = urlencode({NOTICE_PARAMETER: notice.public_id})
    return f"{reverse('reservations:booking_service', args=[target])}?{query}"
