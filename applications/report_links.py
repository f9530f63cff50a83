"""The address and the code by which who reported opens a report again; derived, never stored (`guest_links`)."""

import hmac

from django.conf import settings
from django.urls import reverse

from applications.models import Report
from cityhall.links import is_link_secret, link_secret
from cityhall.spoken_codes import derived_code, read_code, written

PURPOSE = "report"
"""What secrets are derived for, and what browsers remember reports by (`cityhall.guests`)."""


def secret_of(report: Report) -> str:
    """What stands in the link of a mail."""
    return link_secret(PURPOSE, report.public_id, report.secret_version)


def is_secret_of(report: Report, secret: str) -> bool:
    """Whether a secret from outside is the one in force."""
    return is_link_secret(secret, PURPOSE, report.public_id, report.secret_version)


def code_of(report: Report) -> str:
    """What opens a report beside its number, as people read it (照会コード): abcd-efgh-jkmn."""
    return written(_code(report))


def is_code_of(report: Report, typed: str) -> bool:
    """Whether this is the code, however it was typed; compared in constant time."""
    return hmac.compare_digest(read_code(typed), _code(report))


def page_url(report: Report) -> str:
    """The address for a mail. The secret stands in the path, never in a query string."""
    return f"{settings.SITE_URL}{reverse('applications:report_open', args=[report.public_id, secret_of(report)])}"


def _code(report: Report) -> str:
    # of a purpose of its own: the code that is read aloud says nothing about the link
    return derived_code(link_secret(f"{PURPOSE} code", report.public_id, report.secret_version))
