"""Mails of casework: they say that there is something to read, never what."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application
from cityhall.queries.city import municipality
from cityhall.references import format_number
from notices.services.mail import queue_mail
from residents.queries import mail_address_of


def mail_correction_request(application: Application) -> None:
    """Queue the mail that asks the applicant to look at the page, in the caller's transaction."""
    address = address_of_applicant(application)
    if not address:
        # filed at the counter by somebody without a mailbox: the handler calls, the page shows the phone number
        return
    path = reverse("applications:application_detail", args=[application.public_id])
    body = render_to_string(
        "applications/mail/correction_requested.txt",
        {
            "city": municipality(),
            "department": application.department,
            "number": format_number(application.number or ""),
            "url": f"{settings.SITE_URL}{path}",
        },
    )
    queue_mail(to=address, subject=_("【ご確認ください】申請についてお知らせがあります"), body=body)


def address_of_applicant(application: Application) -> str:
    """Where mail reaches the applicant (`residents.queries.mail_address_of`), or the person who filed for them."""
    if application.resident is not None and (address := mail_address_of(application.resident)):
        return address
    filer = application.filed_by
    # what staff typed in at the counter is not answered to the member of staff
    is_reached = not filer.is_staff and filer.email_verified_at is not None
    return filer.email or "" if is_reached else ""
