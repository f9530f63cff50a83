"""The address by which a guest opens an application. It carries a secret that is derived, never stored.

Raising `guest_secret_version` revokes the address. Secrets stand in the path, which the proxy keeps out of its
log (deploy/nginx.conf), never in a query string.

Every mail to a guest carries it, although mails to others carry no right (`services.mails`): a guest has nothing to
sign in with, and number and code would have to be kept on paper. What limits it: the mail goes to the address in
force, the body is wiped once it was sent, a changed address revokes what went to the one before, and the guest may
make the link anew.
"""

from django.conf import settings
from django.urls import reverse

from applications.models import Application
from cityhall.links import is_link_secret, link_secret

PURPOSE = "application"
"""What secrets are derived for, and what browsers remember applications by (`cityhall.guests`)."""


def secret_of(application: Application) -> str:
    """What opens an application without an account, beside its number (照会コード)."""
    return link_secret(PURPOSE, application.public_id, application.guest_secret_version)


def is_secret_of(application: Application, secret: str) -> bool:
    """Whether a secret from outside is the one in force; an application of an account has none."""
    right = is_link_secret(secret, PURPOSE, application.public_id, application.guest_secret_version)
    return right and application.is_guests


def page_url(application: Application) -> str:
    """The address for a mail: a guest's opens by its secret, everybody else signs in first."""
    if application.is_guests and application.guest_email:
        path = reverse("applications:guest_open", args=[application.public_id, secret_of(application)])
    else:
        path = reverse("applications:application_detail", args=[application.public_id])
    return f"{settings.SITE_URL}{path}"
