"""Applications without an account: the address of the guest, the link that opens them, and taking them over."""

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import ApplicationState
from applications.guest_links import is_secret_of, page_url, secret_of
from applications.models import Application
from applications.services.applicants import Applicant
from applications.services.drafts import refuse_second
from applications.services.starting import refuse_one_more
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.queries.city import municipality
from cityhall.rate_limits import is_within_limit_of
from cityhall.references import format_number, normalize_number
from cityhall.services import audit
from notices.services.mail import queue_mail
from residents.models import Resident
from residents.names import fold_name

MAILS_PER_HOUR = 5
"""Links to one application: nobody's mailbox is filled by a stranger who knows its number."""
MAILS_PER_MAILBOX = 10
"""Links to one mailbox in an hour, whatever the application: drafts cost nothing."""


class NotAGuests(DomainError):
    """The application belongs to an account already."""

    code = "not_a_guests"
    message = gettext_lazy("この申請は、すでに利用者登録のある方の申請になっています。ログインしてご確認ください。")


def fold_email(text: str) -> str:
    """An address as it is stored and compared: people write capital letters by habit."""
    return text.strip().lower()


def set_email(*, application: Application, email: str, now: dt.datetime | None = None) -> Application:
    """Keep where the guest is reached, and mail the link there. A link sent to another address opens nothing more.

    Another address is told to the one before: a thief with the link must not move the case unseen. The same
    address again only mails the link again. Raises NotAGuests, and AlreadyFiled where an address may have one
    application and has it: now rather than after the whole form; `submit` looks once more under its lock.
    """
    folded = fold_email(email)
    with transaction.atomic():
        row = _lock(application)
        if row.guest_email != folded:
            refuse_second(row.procedure, Applicant(guest_email=folded), besides=row)
            if row.guest_email:
                row.guest_secret_version += 1
                _mail_move(row, now)
            row.guest_email = folded
            row.save(update_fields=["guest_email", "guest_secret_version"])
            _record(row, by=None, detail="guest address", fields=["guest_email"])
        mail_link(row, now=now)
    return row


def renew_link(*, application: Application, now: dt.datetime | None = None) -> Application:
    """Revoke every link and every browser that opened the application, and mail a new link. Raises NotAGuests."""
    with transaction.atomic():
        row = _lock(application)
        row.guest_secret_version += 1
        row.save(update_fields=["guest_secret_version"])
        _record(row, by=None, detail="guest link renewed", fields=["guest_secret_version"])
        mail_link(row, now=now)
    return row


def may_mail(application: Application, email: str) -> bool:
    """Count one mail with a link, and say whether it may be sent: few an application, few a mailbox."""
    if not is_within_limit_of(application.public_id, "guest-mail", times=MAILS_PER_HOUR, seconds=3600):
        return False
    return is_within_limit_of(fold_email(email), "guest-mailbox", times=MAILS_PER_MAILBOX, seconds=3600)


def mail_link(application: Application, *, now: dt.datetime | None = None) -> None:
    """Queue the mail with the link in the caller's transaction; its body is wiped once it was sent."""
    if not application.guest_email or not application.is_guests:
        return
    city = municipality()
    is_draft = application.state == ApplicationState.DRAFT
    body = render_to_string(
        "applications/mail/guest_link.txt",
        {
            "city": city,
            "department": application.department,
            "procedure_name": application.procedure.name,
            "number": format_number(application.number) if application.number else "",
            "is_draft": is_draft,
            "secret": secret_of(application),
            "url": page_url(application),
        },
    )
    subject = _("【%(city)s】入力の続きを開くリンク") if is_draft else _("【%(city)s】申請の状況を開くリンク")
    queue_mail(to=application.guest_email, subject=subject % {"city": city.name}, body=body, sensitive=True, now=now)


def _mail_move(application: Application, now: dt.datetime | None) -> None:
    """Tell the address that is given up. It may be a stranger's, mistyped: no name of a procedure, and no link."""
    city = municipality()
    body = render_to_string(
        "applications/mail/guest_moved.txt",
        {
            "city": city,
            "department": application.department,
            "number": format_number(application.number) if application.number else "",
        },
    )
    subject = _("【%(city)s】連絡先のメールアドレスが変更されました") % {"city": city.name}
    queue_mail(to=application.guest_email, subject=subject, body=body, now=now)


def id_by_email(number: str, email: str) -> int:
    """The row of a sent application of a guest by what they know of it, or 0. One query, found or not.

    What comes of it must not show to who asks, neither in words nor in time.
    """
    rows = _sent(number).filter(guest_email=fold_email(email)).exclude(guest_email="")
    return rows.values_list("pk", flat=True).first() or 0


def find_by_secret(number: str, secret: str) -> Application | None:
    """A sent application of a guest whose secret somebody shows. The same work for a number that is nobody's."""
    return _opened_by(_sent(number).first(), secret)


def find_by_link(public_id: str, secret: str) -> Application | None:
    """An application of a guest, sent or not, by the id and the secret in a link."""
    return _opened_by(Application.objects.filter(public_id=public_id).first(), secret)


def _opened_by(application: Application | None, secret: str) -> Application | None:
    # compared with something even where there is nothing: the time of the answer must not tell
    is_right = is_secret_of(application or Application(), secret)
    return application if application is not None and is_right else None


def take_over(*, application: Application, by: User, resident: Resident | None) -> Application:
    """Make an application whose secret somebody has shown one of their account. Its links open nothing more.

    It becomes theirs as the applicant when it is not sent yet, or was sent in their name; otherwise they are who
    filed it. Twice changes nothing. Locks the person, then the application. Raises NotAGuests, and TooManyDrafts for
    a draft more than one may have.
    """
    with transaction.atomic():
        if resident is not None:
            Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
        row = Application.objects.select_for_update(of=("self",), no_key=True).get(pk=application.pk)
        if row.filed_by_id == by.pk:
            return row
        _refuse_accounts(row)
        if row.state == ApplicationState.DRAFT:
            refuse_one_more(by)
        is_theirs = resident is not None and (not row.number or row.applicant_search == fold_name(resident.full_name))
        Application.objects.filter(pk=row.pk).update(
            filed_by=by,
            resident=resident if is_theirs else None,
            guest_email="",
            guest_secret_version=F("guest_secret_version") + 1,
        )
        _record(row, by=by, detail="taken into the account", fields=["filed_by", "guest_email"])
    row.refresh_from_db()
    return row


def _sent(number: str) -> QuerySet[Application]:
    rows = Application.objects.filter(number=normalize_number(number)[:20], filed_by=None)
    return rows.select_related("procedure", "department")


def _lock(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("procedure", "department")
    row = rows.get(pk=application.pk)
    _refuse_accounts(row)
    return row


def _refuse_accounts(application: Application) -> None:
    if not application.is_guests:
        raise NotAGuests


def _record(application: Application, *, by: User | None, detail: str, fields: list[str]) -> None:
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=application.number or "",
        detail=detail,
        changed_fields=fields,
    )
