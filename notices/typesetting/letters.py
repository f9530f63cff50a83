"""What stands on a letter: the notice's frozen text and the city's name, as data for the layouts."""

import base64
import io
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.crypto import decrypt
from cityhall.days import wareki
from cityhall.models import Municipality, StoredFile
from cityhall.qr import qr_svg
from cityhall.references import format_number
from cityhall.services.files import read_bytes
from notices.actions import action_url
from notices.barcode import NoBarcode, bars
from notices.links import verify_url
from notices.models import Notice, PostSettings
from notices.typesetting.compiler import set_pdf
from notices.typesetting.tree import GOTHIC, Node, blocks, lines, runs

_SEAL_DOTS = 200


@dataclass(frozen=True)
class Window:
    """Where the window of the city's envelopes lies on the folded sheet, in millimetres from the top left corner.

    No standard names it: measure the envelopes. These values suit 長形3号 with a 90 × 45 mm window.
    """

    left: float = 22
    top: float = 16
    width: float = 82
    height: float = 38

    @classmethod
    def of(cls, settings: PostSettings) -> "Window":
        """As the city measured its envelopes."""
        return cls(
            left=float(settings.window_left),
            top=float(settings.window_top),
            width=float(settings.window_width),
            height=float(settings.window_height),
        )


def decision_letter(notice: Notice, *, city: Municipality, window: Window | None = None) -> bytes:
    """The unsigned PDF of a notice. Raises GlyphMissing when no font has a character of it."""
    url = verify_url(notice.number)
    particulars = [*_subject_row(notice), *notice.particulars]
    data = {
        "meta": {"title": notice.title, "author": city.name, "keywords": [f"notice-number:{notice.number}"]},
        "window": asdict(window or Window()),
        "recipient": _recipient(notice),
        # across every page of a letter that nobody is to take for a real one
        "mark": _("見本") if notice.is_practice else "",
        "document_number": runs(notice.document_number),
        "issued_on": runs(wareki(notice.issued_on)),
        "sender": {
            "title": runs(city.mayor_title),
            "name": runs(_mayor_without_title(city)),
            "seal": _seal_svg(city),
            "seal_alt": _("公印"),
        },
        "title": runs(notice.title),
        "body": blocks(notice.body),
        "particulars": [{"label": runs(row["label"]), "text": lines(row["text"])} for row in particulars],
        "action": _action(notice),
        "appeal_heading": _("教示"),
        "appeal": blocks(notice.appeal_text),
        "contact_heading": _("お問い合わせ"),
        "contact": _contact(notice, city),
        "verify": {
            "url": url,
            "qr": qr_svg(url),
            "alt": _("真正性を確認するページのQRコード"),
            "number": format_number(notice.number),
            "number_label": runs(_("通知番号")),
            "text": runs(_("この通知書が本市のものであることは、次のページで確認できます。")),
        },
    }
    return set_pdf("letter.typ", data, moment=notice.created_at)


def cover_sheet(
    notice: Notice, *, city: Municipality, window: Window | None = None, shows_window: bool = False
) -> bytes:
    """The address sheet of a printed letter; `shows_window` draws the window's edge, for a trial with the envelopes.

    Its code is the check page's address: staff read it when the post brings the letter back. Raises GlyphMissing.
    """
    data = {
        "meta": {"title": _("通知書の送付"), "author": city.name},
        "window": asdict(window or Window()),
        "shows_window": shows_window,
        "recipient": _recipient(notice),
        "bars": _customer_barcode(notice),
        "sender": lines("\n".join(_sender_lines(notice, city))),
        "title": runs(_("通知書の送付について")),
        "body": blocks(_cover_text(notice)),
        "particulars": [
            {"label": runs(_("通知番号")), "text": lines(format_number(notice.number))},
            {"label": runs(_("発行日")), "text": lines(wareki(notice.issued_on))},
            *_code_row(notice),
            {"label": runs(_("お問い合わせ")), "text": _contact(notice, city)},
        ],
        "code": {
            "qr": qr_svg(verify_url(notice.number)),
            "alt": _("この通知の番号のQRコード"),
            "text": lines(_("この通知書が本市のものであることは、\nこのQRコードのページで確認できます。")),
        },
    }
    return set_pdf("cover.typ", data, moment=timezone.now())


def _action(notice: Notice) -> dict[str, Any] | None:
    """What the button of the page opens: a code to scan and, without its values, an address to read."""
    path = action_url(notice)
    if not path:
        return None
    url = f"{settings.SITE_URL}{path}"
    return {
        "url": url,
        "qr": qr_svg(url),
        "alt": _("手続のページのQRコード"),
        "label": runs(notice.action_label, style=GOTHIC),
        "text": runs(_("スマートフォンのカメラでQRコードを読み取るか、次のページからお進みください。")),
        "shown": url.partition("?")[0],
    }


def _recipient(notice: Notice) -> dict[str, Any]:
    postal = notice.recipient_postal_code
    return {
        "postal": f"〒{postal[:3]}-{postal[3:]}" if postal else "",
        "address": runs(notice.recipient_address),
        "building": runs(notice.recipient_building),
        "name": runs(notice.recipient_name),
    }


def _subject_row(notice: Notice) -> list[dict[str, str]]:
    if notice.subject_id == notice.recipient_id:
        return []
    return [{"label": _("対象者"), "text": notice.subject_name}]


def _code_row(notice: Notice) -> list[dict[str, Any]]:
    """The one-time code, where the letter is the notice: nothing else brings it there. Raises CannotDecrypt."""
    if not (notice.paper_required and notice.one_time_code):
        return []
    return [{"label": runs(_("番号（コード）")), "text": lines(decrypt(notice.one_time_code))}]


def _mayor_without_title(city: Municipality) -> str:
    """The name alone, also where the city wrote its mayor as 「緑野市長 青木 陽一郎」."""
    return city.mayor_name.removeprefix(city.mayor_title).strip()


def _contact(notice: Notice, city: Municipality) -> list[list[Node]]:
    department = notice.department
    phone = _("電話 %(number)s") % {"number": department.phone or city.phone}
    return lines("\n".join(part for part in (f"{city.name} {department.name}", department.place, phone) if part))


def _sender_lines(notice: Notice, city: Municipality) -> list[str]:
    postal = city.postal_code
    return [
        f"〒{postal[:3]}-{postal[3:]}",
        f"{city.prefecture}{city.address}" if not city.address.startswith(city.prefecture) else city.address,
        f"{city.office_name}　{notice.department.name}",
    ]


def _cover_text(notice: Notice) -> str:
    if notice.paper_required:
        return _(
            "次の通知書を書面でお送りします。内容をご確認ください。\n\n"
            "電子での受け取りに同意いただくと、今後の通知はスマートフォンやパソコンですぐに受け取れます。"
        )
    return _(
        "電子でお届けした通知がまだ開かれていないため、同じ内容の通知書を書面でお送りします。内容をご確認ください。\n\n"
        "電子の通知は、引き続きマイページでご覧いただけます。"
    )


def _customer_barcode(notice: Notice) -> str | None:
    after_town = f"{notice.recipient_street} {notice.recipient_building}"
    try:
        return bars(notice.recipient_postal_code, after_town)
    except NoBarcode:
        return None


def _seal_svg(city: Municipality) -> str:
    """The seal as an SVG around the image: Typst takes it from memory, no file is written."""
    if city.seal_image is None:
        return ""
    return _seal_of(city.seal_image.pk)


@lru_cache(maxsize=4)
def _seal_of(stored_id: int) -> str:
    # a stored file never changes, so its number is a safe key
    from PIL import Image

    stored = StoredFile.objects.get(pk=stored_id)
    with Image.open(io.BytesIO(read_bytes(stored))) as stored_image:
        image = stored_image.convert("RGBA")
    # 18 mm at 280 dots an inch; every further dot costs time in every letter
    image.thumbnail((_SEAL_DOTS, _SEAL_DOTS))
    square = Image.new("RGBA", (_SEAL_DOTS, _SEAL_DOTS))
    square.paste(image, ((_SEAL_DOTS - image.width) // 2, (_SEAL_DOTS - image.height) // 2))
    target = io.BytesIO()
    square.save(target, "PNG")
    encoded = base64.b64encode(target.getvalue()).decode("ascii")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200">'
        f'<image width="200" height="200" xlink:href="data:image/png;base64,{encoded}"/></svg>'
    )
