"""The rich menu of the city's LINE account: its areas, and its picture, which is drawn here so that both agree."""

import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.fonts import FAMILIES, font_files
from notices.links import MY_NOTICES_PATH

WIDTH, HEIGHT = 2500, 1686
_COLUMNS, _ROWS = 3, 2
_GREEN, _WHITE, _LINE = "#115a36", "#ffffff", "#7fa58f"
_TEXT_HEIGHT = 104


@dataclass(frozen=True)
class _Entry:
    """One field of the menu: it opens a page, or says a word to the account."""

    label: str | Promise
    path: str = ""
    word: str = ""


_ENTRIES = (
    _Entry(gettext_lazy("手続を探す"), path="/procedures/"),
    _Entry(gettext_lazy("窓口を予約"), path="/reserve/"),
    _Entry(gettext_lazy("通報する"), path="/reports/new/"),
    _Entry(gettext_lazy("市からの通知"), path=MY_NOTICES_PATH),
    _Entry(gettext_lazy("お知らせ登録"), word="お知らせ"),
    _Entry(gettext_lazy("アカウント連携"), word="連携"),
)


def menu_definition() -> dict[str, Any]:
    """The menu as the Messaging API takes it."""
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": "frontyard",
        "chatBarText": _("メニュー"),
        "areas": [
            {"bounds": dict(zip(("x", "y", "width", "height"), _bounds(place), strict=True)), "action": _action(entry)}
            for place, entry in enumerate(_ENTRIES)
        ],
    }


def menu_picture() -> bytes:
    """The picture below the areas (PNG, under the megabyte that LINE takes)."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (WIDTH, HEIGHT), _GREEN)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(font_files()[FAMILIES["gothic"][0]]), _TEXT_HEIGHT)
    for place, entry in enumerate(_ENTRIES):
        left, top, width, height = _bounds(place)
        pen.rectangle((left, top, left + width, top + height), outline=_LINE, width=4)
        pen.text((left + width // 2, top + height // 2), str(entry.label), font=font, fill=_WHITE, anchor="mm")
    content = io.BytesIO()
    picture.quantize(16).save(content, format="PNG", optimize=True)
    return content.getvalue()


def _bounds(place: int) -> tuple[int, int, int, int]:
    """x, y, width and height; the last column takes what the division leaves."""
    column, row = place % _COLUMNS, place // _COLUMNS
    width, height = WIDTH // _COLUMNS, HEIGHT // _ROWS
    is_last = column == _COLUMNS - 1
    return column * width, row * height, WIDTH - column * width if is_last else width, height


def _action(entry: _Entry) -> dict[str, str]:
    label = str(entry.label)
    if entry.path:
        return {"type": "uri", "label": label, "uri": f"{settings.SITE_URL}{entry.path}"}
    return {"type": "message", "label": label, "text": entry.word}
