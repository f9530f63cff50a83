"""Reports from the street: some open, some answered, some twice, some public, with drawn pictures for photos."""

import datetime as dt
import io
import random
from typing import Final

from django.utils import timezone

from applications.models import Report, ReportKind
from applications.reports.positions import Position, position
from applications.services import reports
from applications.services.reports import NewReport
from cityhall.enums import FileKind
from cityhall.models import StoredFile, User
from cityhall.queries.staff import scope_of
from cityhall.references import format_number
from cityhall.services.files import store_bytes

_CENTRE: Final = (35.7880, 139.2758)
"""Where the invented towns lie."""
_HANDLER: Final = {
    "doro": "handler2@city.example.jp",
    "kankyo": "handler2@city.example.jp",
    "kyodo": "handler2@city.example.jp",
    "bosai": "handler@city.example.jp",
}
# kind, words, place, what becomes of it, days ago, how many photos
_SCENES: Final = (
    (
        "road",
        "車道に直径30センチほどの穴があり、自転車が避けて車道の中ほどを走っています。",
        "東緑野一丁目の交差点の南",
        "public",
        3,
        2,
    ),
    ("road", "道路に穴があいています。", "東緑野一丁目の交差点", "merged", 2, 1),
    ("road", "バイクで通ったら大きな穴がありました。あぶないです。", "", "same", 2, 0),
    ("road", "アスファルトがひび割れて、めくれています。", "緑野駅の西口を出て左", "started", 9, 1),
    ("road", "歩道の段差で母がつまずきました。", "緑野小学校の正門の前", "done", 25, 1),
    ("road", "国道の路肩がくずれかけています。", "国道の橋のたもと", "not_ours", 18, 1),
    ("gutter", "側溝のふたが割れています。", "郵便局の裏の通り", "public_done", 30, 2),
    ("gutter", "雨のたびに側溝があふれます。", "南緑野二丁目の坂の下", "new", 1, 0),
    ("gutter", "マンホールのふたがガタガタ鳴ります。", "", "started", 20, 0),
    ("street-light", "街灯が3日前から消えています。", "中央公園の東側の道", "public_started", 5, 1),
    ("street-light", "街灯が消えていて、夜に真っ暗です。", "中央公園の東", "same", 4, 0),
    ("street-light", "電灯がちかちかしています。", "北緑野の踏切のそば", "new", 0, 0),
    ("mirror", "カーブミラーが横を向いています。", "消防署の前の丁字路", "public_done", 40, 1),
    ("mirror", "カーブミラーが割れています。", "緑野橋の北", "new", 2, 1),
    ("sign", "「止まれ」の白線が消えています。", "緑野保育園の角", "started", 16, 1),
    ("fallen-tree", "枝が歩道に垂れ下がって、傘が当たります。", "図書館の前の並木", "done", 12, 1),
    ("fallen-tree", "台風で木が倒れ、道をふさいでいます。", "緑野神社の参道", "public_done", 55, 2),
    ("park", "ブランコの鎖がさびて、切れそうです。", "ひばり公園", "public_started", 6, 1),
    ("park", "すべり台に割れ目があります。", "ひばり公園の砂場の横", "new", 1, 1),
    ("park", "水道の水が止まりません。", "中央公園のトイレの横", "done", 22, 0),
    ("dumping", "冷蔵庫とタイヤが捨てられています。", "緑野川の堤防の下", "public", 4, 2),
    ("dumping", "トンネルの壁に落書きがあります。", "歩行者用のトンネル", "started", 15, 1),
    ("flood", "大雨のとき、道路に水がたまって通れません。", "立体交差の下", "answered", 8, 0),
    ("other", "公衆電話の箱のガラスが割れています。", "市民ホールの前", "not_ours", 11, 1),
    ("other", "猫が側溝に落ちて鳴いています。", "東緑野三丁目", "new", 0, 0),
)
_TWINS: Final = ("same", "merged")
_DONE: Final = "現地を確認し、直しました。お知らせいただき、ありがとうございました。"
_ELSEWHERE: Final = (
    "市が管理しているものではないため、管理者に連絡しました。お急ぎのときは、管理者の窓口へご連絡ください。"
)
_COLOURS: Final = ("#7d8590", "#5b6f4f", "#8a7a5c", "#6a7d95")


def load_reports() -> int:
    """Make the reports that are missing, as people and staff would; the number of new ones."""
    now, kinds = timezone.now(), {kind.key: kind for kind in ReportKind.objects.select_related("department")}
    made, draw = 0, random.Random(4)  # noqa: S311 - places of a fictional city
    original: Report | None = None
    for number, (key, words, where, fate, days, photos) in enumerate(_SCENES, start=1):
        place = _place(draw, original if fate in _TWINS else None)
        request_key = f"demo-report-{number}"
        if key not in kinds or Report.objects.filter(request_key=request_key).exists():
            continue
        moment = now - dt.timedelta(days=days, hours=number)
        new = NewReport(
            kind=kinds[key],
            request_key=request_key,
            body=words,
            position=place if where or number % 2 else None,
            place_note=where or "緑野川の遊歩道",
            name="緑野 花子" if number % 6 == 0 else "",
            email=f"reporter{number}@example.jp" if number % 3 == 0 else "",
            photos=[_photo(draw, number, count).public_id for count in range(photos)],
        )
        report = reports.send(new, now=moment)
        _go_on(report, fate, original, moment)
        original = original if fate in _TWINS else report
        made += 1
    return made


def _place(draw: random.Random, beside: Report | None) -> Position | None:
    """Somewhere in the city; a second report of the same thing within a few metres of the first."""
    if beside is not None and beside.latitude is not None and beside.longitude is not None:
        return position(
            float(beside.latitude) + draw.uniform(-1e-4, 1e-4), float(beside.longitude) + draw.uniform(-1e-4, 1e-4)
        )
    return position(_CENTRE[0] + draw.uniform(-0.018, 0.018), _CENTRE[1] + draw.uniform(-0.025, 0.025))


def _go_on(report: Report, fate: str, original: Report | None, moment: dt.datetime) -> None:
    """What the department did with it."""
    by = User.objects.get(email=_HANDLER[report.department.code])
    if not scope_of(by).roles_in.get(report.department_id):
        return
    later = moment + dt.timedelta(hours=20)
    if fate == "merged" and original is not None:
        reports.merge(report=report, number=format_number(original.number), by=by, now=later)
    if fate in ("new", *_TWINS):
        return
    if fate.startswith("public"):
        shown = [photo.public_id for photo in report.photos.all()]
        reports.publish(
            report=report,
            is_public=True,
            text=f"{report.place_note}：{report.kind.name}の通報",
            photos=shown,
            by=by,
            now=later,
        )
    if fate in ("public", "answered"):
        if fate == "answered":
            reports.answer(report=report, text="来週、現地を確認します。", by=by, now=later)
        return
    reports.start(report=report, by=by, now=later)
    if fate.endswith("done"):
        reports.finish(report=report, text=_DONE, by=by, now=later + dt.timedelta(days=2))
    if fate == "not_ours":
        reports.refuse_as_not_ours(report=report, text=_ELSEWHERE, by=by, now=later + dt.timedelta(days=1))


def _photo(draw: random.Random, number: int, count: int) -> StoredFile:
    """A drawn street with something wrong in it: no photo of a real place."""
    # only here: the web server draws nothing
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (960, 720), "#bcd3e6")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 300, 960, 720), fill=_COLOURS[(number + count) % len(_COLOURS)])
    pen.polygon([(420, 300), (540, 300), (900, 720), (60, 720)], fill="#555b62")
    for top in range(330, 720, 90):
        pen.rectangle((474, top, 486, top + 45), fill="#e8e8e0")
    x, y = draw.randint(300, 600), draw.randint(430, 620)
    pen.ellipse((x - 90, y - 35, x + 90, y + 35), fill="#24272b", outline="#8d949c", width=6)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return store_bytes(
        content=out.getvalue(), name=f"photo{number}-{count + 1}.jpg", content_type="image/jpeg", kind=FileKind.REPORT
    )
