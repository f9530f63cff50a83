"""The city itself: its particulars, seal, departments, and the days it is closed."""

import datetime as dt
import io
import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from cityhall.enums import FileKind
from cityhall.errors import DomainError
from cityhall.fonts import font_files
from cityhall.models import ClosedDay, Department, Municipality
from cityhall.services.files import store_bytes
from portal.demo_city.places import CITY, CODE, PREFECTURE

_MUNICIPALITY: Final = {
    "code": CODE,
    "name": CITY,
    "name_kana": "ミドリノシ",
    "name_en": "Midorino City",
    "prefecture": PREFECTURE,
    "postal_code": "1980042",
    "address": "東京都緑野市東緑野一丁目1番地の1",
    "phone": "0428-00-1111",
    "email": "info@city.example.jp",
    "office_name": "緑野市役所",
    "mayor_title": "緑野市長",
    "mayor_name": "青木 陽一郎",
    "document_symbol": "緑",
    "opening_hours": "平日 8時30分〜17時15分",
}
DEPARTMENTS: Final = (
    ("shimin", "市民課", "シミンカ", "本庁舎1階 1番窓口"),
    ("hoken", "保険年金課", "ホケンネンキンカ", "本庁舎1階 4番窓口"),
    ("kosodate", "子育て支援課", "コソダテシエンカ", "本庁舎2階 21番窓口"),
    ("hoiku", "保育課", "ホイクカ", "本庁舎2階 23番窓口"),
    ("gakudo", "放課後児童課", "ホウカゴジドウカ", "本庁舎2階 24番窓口"),
    ("kaigo", "介護保険課", "カイゴホケンカ", "本庁舎1階 8番窓口"),
    ("kenko", "健康推進課", "ケンコウスイシンカ", "保健センター1階"),
    ("kankyo", "環境課", "カンキョウカ", "本庁舎3階 31番窓口"),
    ("suido", "水道課", "スイドウカ", "水道庁舎1階"),
    ("bosai", "危機管理課", "キキカンリカ", "本庁舎4階 41番窓口"),
    ("somu", "総務課", "ソウムカ", "本庁舎4階"),
    ("digital", "デジタル推進課", "デジタルスイシンカ", "本庁舎5階"),
    ("zei", "市民税課", "シミンゼイカ", "本庁舎2階 26番窓口"),
    ("shogai", "障害福祉課", "ショウガイフクシカ", "本庁舎1階 7番窓口"),
    ("doro", "道路課", "ドウロカ", "本庁舎3階 34番窓口"),
    ("kyodo", "市民協働課", "シミンキョウドウカ", "本庁舎4階 43番窓口"),
    ("kikaku", "企画課", "キカクカ", "本庁舎4階"),
    ("jinji", "人事課", "ジンジカ", "本庁舎4階"),
    ("gakumu", "教育委員会 学務課", "キョウイクイインカイ ガクムカ", "本庁舎5階 51番窓口"),
    ("shogaku", "教育委員会 生涯学習課", "キョウイクイインカイ ショウガイガクシュウカ", "市民ホール2階"),
    ("senkyo", "選挙管理委員会事務局", "センキョカンリイインカイジムキョク", "本庁舎4階 45番窓口"),
    ("shobo", "消防本部 予防課", "ショウボウホンブ ヨボウカ", "消防庁舎2階"),
)
"""Code, name, kana, place. The board of education, the election commission and the fire service are here too: their
procedures stand in the same catalogue."""
DEPARTMENT_NAMES: Final = {
    "shimin": ("Citizens’ Affairs Division", "市民課（しみんか）"),
    "hoken": ("Health Insurance and Pension Division", "けんこうほけんと ねんきんの 課"),
    "kosodate": ("Childcare Support Division", "子育ての 課"),
    "hoiku": ("Nursery Division", "ほいくえんの 課"),
    "gakudo": ("After-School Care Division", "がくどうの 課"),
    "kaigo": ("Long-Term Care Insurance Division", "かいごほけんの 課"),
    "kenko": ("Health Promotion Division", "けんこうの 課"),
    "kankyo": ("Environment Division", "ごみと かんきょうの 課"),
    "suido": ("Water Division", "水道の 課"),
    "bosai": ("Disaster Preparedness Division", "ぼうさいの 課"),
    "somu": ("General Affairs Division", "そうむの 課"),
    "digital": ("Digital Division", "デジタルの 課"),
    "zei": ("Municipal Tax Division", "ぜいきんの 課"),
    "shogai": ("Disability Welfare Division", "しょうがいの ある 人の 課"),
    "doro": ("Roads Division", "道の 課"),
    "kyodo": ("Community Division", "市民と いっしょに する 課"),
    "kikaku": ("Planning Division", "けいかくの 課"),
    "jinji": ("Personnel Division", "しょくいんの 課"),
    "gakumu": ("Board of Education, School Affairs", "学校の 課"),
    "shogaku": ("Board of Education, Lifelong Learning", "べんきょうと ぶんかの 課"),
    "senkyo": ("Election Commission Office", "せんきょの ところ"),
    "shobo": ("Fire Service, Prevention Division", "しょうぼうの 課"),
}
"""English, and easy Japanese."""
_BUILDINGS: Final = {
    "本庁舎": ("Main building", "本庁舎"),
    "保健センター": ("Health center", "ほけんセンター"),
    "水道庁舎": ("Water building", "水道の たてもの"),
    "消防庁舎": ("Fire service building", "しょうぼうの たてもの"),
    "市民ホール": ("Citizens’ hall", "市民ホール"),
}
_RED: Final = (200, 32, 32, 255)
_SIDE, _FRAME = 480, 22


class SealFontMissing(DomainError):
    """The seal is drawn with the fonts of the notices, which `script/setup` installs."""

    code = "seal_font_missing"
    message = _("BIZ UDMincho フォントがありません。script/setup を実行してください。")


def load_city_hall() -> Municipality:
    """Make or renew the city, its departments, its seal and its closed days. Running it again changes nothing."""
    city, _is_new = Municipality.objects.update_or_create(pk=Municipality.ONLY_PK, defaults=_MUNICIPALITY)
    if city.seal_image is None:
        city.seal_image = store_bytes(
            content=draw_seal("緑野市長之印"), name="koin.png", content_type="image/png", kind=FileKind.SEAL
        )
        city.save(update_fields=["seal_image"])
    for position, (code, name, kana, place) in enumerate(DEPARTMENTS, start=1):
        Department.objects.update_or_create(
            code=code,
            defaults={
                "name": name,
                "name_kana": kana,
                "names": dict(zip(("en", "ja-easy"), DEPARTMENT_NAMES[code], strict=True)),
                "place": place,
                "place_names": place_names(place),
                "phone": f"0428-00-{2000 + position}",
                "email": f"{code}@city.example.jp",
                "position": position,
            },
        )
    _close_year_ends()
    return city


def place_names(place: str) -> dict[str, str]:
    """本庁舎1階 3番窓口 as it is read in English and in easy Japanese."""
    found = re.fullmatch(r"(\D+)(\d+)階(?: (\d+)番窓口)?", place)
    if found is None:
        return {}
    building, floor, desk = found.groups()
    english, easy = _BUILDINGS[building]
    return {
        "en": f"{english}, floor {floor}" + (f", counter {desk}" if desk else ""),
        "ja-easy": f"{easy} {floor}かい" + (f" {desk}番" if desk else ""),
    }


def draw_seal(text: str) -> bytes:
    """A square red seal as PNG on a clear ground: three columns, read from the right, two characters each."""
    # only here: the web server never draws a seal
    from PIL import Image, ImageDraw, ImageFont

    path = font_files().get("BIZ UDMincho")
    if path is None:
        raise SealFontMissing
    image = Image.new("RGBA", (_SIDE, _SIDE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((4, 4, _SIDE - 4, _SIDE - 4), radius=18, outline=_RED, width=_FRAME)
    rows = 2
    columns = -(-len(text) // rows)
    inner = _SIDE - 2 * (_FRAME + 12)
    width, height = inner / columns, inner / rows
    for place, character in enumerate(text):
        column, line = divmod(place, rows)
        cell = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
        ImageDraw.Draw(cell).text(
            (100, 100), character, font=ImageFont.truetype(str(path), 190), fill=_RED, anchor="mm", stroke_width=4
        )
        # seal script fills its cell: the character is stretched to it
        stretched = cell.resize((int(width) - 6, int(height) - 6))
        left = _SIDE - _FRAME - 12 - (column + 1) * width + 3
        image.alpha_composite(stretched, (int(left), int(_FRAME + 12 + line * height + 3)))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _close_year_ends() -> None:
    """年末年始 of the coming years (地方公共団体の休日: 29 December to 3 January)."""
    for year in range(2025, 2031):
        first = dt.date(year, 12, 29)
        for number in range(6):
            ClosedDay.objects.get_or_create(date=first + dt.timedelta(days=number), defaults={"name": "年末年始"})
