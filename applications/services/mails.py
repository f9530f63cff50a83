"""Mails to applicants. They say that something happened and where to read it, never what it says."""

from enum import StrEnum, auto

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.guest_links import page_url
from applications.models import Application
from cityhall.queries.city import municipality
from cityhall.references import format_number
from notices.services.mail import queue_mail
from residents.queries import mail_address_of


class Occasion(StrEnum):
    """What the applicant is told of."""

    RECEIVED = auto()
    WAITING = auto()
    SEATED = auto()
    EDITED = auto()
    CORRECTION = auto()
    CORRECTED = auto()
    WITHDRAWN = auto()
    DECIDED = auto()
    COMPLETED = auto()
    MESSAGE = auto()
    FEE_DUE = auto()
    DRAFT_EXPIRES = auto()


# a subject is read over shoulders and on locked telephones: it names neither procedure nor result
_WORDS: dict[Occasion, tuple[Promise, Promise]] = {
    Occasion.RECEIVED: (gettext_lazy("申請を受け付けました"), gettext_lazy("次の申請を受け付けました。")),
    Occasion.WAITING: (
        gettext_lazy("申請を受け付けました"),
        gettext_lazy("次の申請を、キャンセル待ちとして受け付けました。空きが出たときに、メールでお知らせします。"),
    ),
    Occasion.SEATED: (
        gettext_lazy("申請についてお知らせがあります"),
        gettext_lazy("空きが出たため、キャンセル待ちから繰り上がりました。"),
    ),
    Occasion.EDITED: (gettext_lazy("変更した内容を受け付けました"), gettext_lazy("次の申請の変更を受け付けました。")),
    Occasion.CORRECTION: (
        gettext_lazy("申請について確認のお願いがあります"),
        gettext_lazy("次の申請について、確認していただきたいことがあります。"),
    ),
    Occasion.CORRECTED: (
        gettext_lazy("補正した内容を受け付けました"),
        gettext_lazy("補正していただいた内容を受け付けました。"),
    ),
    Occasion.WITHDRAWN: (gettext_lazy("申請の取下げを受け付けました"), gettext_lazy("次の申請を取り下げました。")),
    Occasion.DECIDED: (gettext_lazy("審査が終わりました"), gettext_lazy("次の申請の審査が終わりました。")),
    Occasion.COMPLETED: (gettext_lazy("手続が完了しました"), gettext_lazy("次の手続が完了しました。")),
    Occasion.MESSAGE: (
        gettext_lazy("申請についてメッセージがあります"),
        gettext_lazy("次の申請について、市からメッセージが届いています。"),
    ),
    Occasion.FEE_DUE: (
        gettext_lazy("申請についてお知らせがあります"),
        gettext_lazy(
            "次の申請について、お支払いがまだ確認できていません。お支払い済みのときは、行き違いをお許しください。"
        ),
    ),
    Occasion.DRAFT_EXPIRES: (
        gettext_lazy("保存された下書きについてお知らせがあります"),
        gettext_lazy(
            "次の手続の下書きは、変更がないまま14日たつと削除されます。申請を続けるときは、次のページを開いて保存してください。"
        ),
    ),
}


def tell_applicant(application: Application, occasion: Occasion) -> None:
    """Queue the mail of one occasion, in the caller's transaction.

    A guest's mail carries the link that opens the application: they have nothing to sign in with (`guest_links`).
    It goes to the address of now and is derived of the version of now, whatever the caller read. Nobody without an
    address is mailed: filed at the counter, they are called, and the page shows how things stand.
    """
    if application.filed_by_id is None:
        application.refresh_from_db(fields=["filed_by", "resident", "guest_email", "guest_secret_version"])
    addresses = addresses_of(application)
    if not addresses:
        return
    city = municipality()
    subject, sentence = _WORDS[occasion]
    is_guest = bool(application.guest_email)
    body = render_to_string(
        "applications/mail/news.txt",
        {
            "city": city,
            "department": application.department,
            "procedure_name": application.procedure.name,
            "number": format_number(application.number or ""),
            "sentence": sentence,
            "is_guest": is_guest,
            "url": page_url(application),
        },
    )
    for address in addresses:
        queue_mail(
            to=address,
            subject=_("【%(city)s】%(subject)s") % {"city": city.name, "subject": subject},
            body=body,
            # the link of a guest opens the application
            sensitive=is_guest,
        )


def addresses_of(application: Application) -> list[str]:
    """Where mail reaches the applicant: a guest's address, the resident's own, and of the person who files for them.

    What staff typed in at the counter is not answered to the member of staff; what they file themselves is.
    """
    if application.is_staffs:
        return [application.filed_by.email] if application.filed_by and application.filed_by.email else []
    if application.guest_email:
        return [application.guest_email]
    own = mail_address_of(application.resident) if application.resident else ""
    filer = application.filed_by
    is_reached = filer is not None and not filer.is_staff and filer.email_verified_at is not None
    filers = (filer.email or "") if filer is not None and is_reached else ""
    # a resident who files for themselves has one mailbox; somebody with a mandate must hear of questions too
    wanted = [own, filers] if application.mandate_id else [own or filers]
    return list(dict.fromkeys(address for address in wanted if address))
