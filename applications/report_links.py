"""The address and the code by which who reported opens a report again; derived, never stored (`guest_links`)."""

from django.conf import settings
from django.urls import reverse

from applications.models import Report
from cityhall.links import is_link_secret, link_secret

PURPOSE = "report"
"""What secrets are derived for, and what browsers remember reports by (`cityhall.guests`)."""


def secret_of(report: Report) -> str:
    """What opens a report beside its number (照会コード)."""
    return link_secret(PURPOSE, report.public_id, report.secret_version)


def is_secret_of(report: Report, secret: str) -> bool:
    """Whether a secret from outside is the one in force."""
    return is_link_secret(secret, PURPOSE, report.public_id, report.secret_version)


def page_url(report: Report) -> str:
    """The address for a mail. The secret stands in the path, never in a query string."""
    return f"{settings.SITE_URL}{reverse('applications:report_open', args=[report.public_id, secret_of(report)])}"
