"""The mail that says what was received, and nothing of what it says."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application
from applications.services.casework.mails import address_of_applicant
from cityhall.queries.city import municipality
from cityhall.references import format_number
from notices.services.mail import queue_mail


def mail_receipt(application: Application, *, is_first: bool) -> None:
    """Queue the receipt in the caller's transaction. Nobody without an address is mailed: the page shows the number."""
    address = address_of_applicant(application)
    if not address:
        return
    city = municipality()
    path = reverse("applications:application_detail", args=[application.public_id])
    body = render_to_string(
        "applications/mail/application_received.txt",
        {
            "city": city,
            "department": application.department,
            "procedure_name": application.procedure.name,
            "number": format_number(application.number or ""),
            "url": f"{settings.SITE_URL}{path}",
            "is_first": is_first,
        },
    )
    # a subject is read over shoulders and on locked telephones: it does not name the procedure
    subject = _("【%(city)s】申請を受け付けました") if is_first else _("【%(city)s】補正した内容を受け付けました")
    queue_mail(to=address, subject=subject % {"city": city.name}, body=body)
