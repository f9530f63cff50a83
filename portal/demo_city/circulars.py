"""Two neighbourhood associations: their heads, their homes, what goes round, and a tablet on a wall."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.utils import timezone

from cityhall.days import today
from cityhall.enums import FileKind
from cityhall.html_pdf import html_pdf
from cityhall.models import Department, User
from cityhall.services.files import store_bytes
from notices.circular_pdf import STYLE
from notices.models import Circular, CircularHome, District, DistrictHead
from notices.services import circulars
from notices.services.circulars import CircularFields, HomeFields
from residents.models import Resident

_SINCE: Final = dt.date(2026, 4, 1)
_NAMES: Final = ("緑野第一自治会", "緑野第二自治会")
# of each district: name, section, whether they get the circular on paper
_WRITTEN_DOWN: Final = (
    (
        ("青木", "1班", True),
        ("井上", "1班", False),
        ("遠藤", "2班", True),
        ("岡田", "2班", False),
        ("加藤", "3班", True),
    ),
    (
        ("木村", "1班", True),
        ("工藤", "1班", False),
        ("小林", "2班", True),
        ("坂本", "2班", False),
        ("清水", "3班", True),
    ),
)
_TABLET: Final = 2
"""Whose wall the tablet hangs on: the second home of each district."""
_CLEANING: Final = """\
12月6日（日）に、公園と水路の一斉清掃を行います。

- 時間: 午前8時から9時30分まで（雨のときは13日に延期します）
- 集合場所: 中央公園の時計の下
- 持ち物: 軍手、飲み物

ごみ袋とほうきは自治会で用意します。お体の具合がすぐれない方は、無理をなさらないでください。
"""
_DRILL: Final = """\
12月13日（日）午前10時から、地区の防災訓練を行います。

1. 午前10時に、防災無線でサイレンを鳴らします。
2. ご家庭で、机の下などに身を寄せて頭を守ってください。
3. その後、緑野小学校の校庭にお集まりください。

水とアルファ米をお配りします。くわしい日程は添付の書類をご覧ください。
"""
_SCHEDULE: Final = (
    "<html lang='ja'><body><h1>地区防災訓練 日程</h1><table><tr><th>午前10時</th><td>シェイクアウト訓練</td></tr>"
    "<tr><th>10時20分</th><td>避難（緑野小学校）</td></tr><tr><th>10時40分</th><td>消火器とAEDの体験</td></tr>"
    "<tr><th>11時30分</th><td>炊き出し、解散</td></tr></table></body></html>"
)


def load_circulars(heads: list[Resident]) -> None:
    """Districts, homes and circulars; running it again changes nothing. `heads` are people with an account."""
    if District.objects.exists():
        return
    districts = [_district(name, town) for name, town in zip(_NAMES, _two_towns(heads), strict=True)]
    for number, district in enumerate(districts, start=1):
        leader = User.objects.get(email=f"head{number}@city.example.jp")
        DistrictHead.objects.create(district=district, user=leader, valid_from=_SINCE)
        _load_homes(district, _WRITTEN_DOWN[number - 1], heads, leader)
        _load_cleaning(district, leader, number)
    _load_drill(districts)


def _two_towns(heads: list[Resident]) -> list[str]:
    """Where the first family lives, and where the next of another town does: both can be tried out."""
    towns = list(dict.fromkeys(resident.town for resident in heads))
    return (towns * 2)[:2]


def _district(name: str, town: str) -> District:
    return District.objects.create(name=name, towns=[town])


def _load_homes(
    district: District, homes: Sequence[tuple[str, str, bool]], heads: list[Resident], leader: User
) -> None:
    for position, (name, section, wants_paper) in enumerate(homes, start=1):
        fields = HomeFields(name=name, section=section, wants_paper=wants_paper, position=position)
        home = circulars.add_home(district=district, fields=fields, by=leader, request_key=f"demo-{position}")
        if position == _TABLET:
            circulars.new_tablet_code(home, by=leader)
    # the first family has joined; who lives in the other district can try it out
    first = heads[0] if heads else None
    if first is not None and first.user is not None and first.town in district.towns:
        circulars.join(district=district, resident=first, name=first.family_name, by=first.user)


def _load_cleaning(district: District, leader: User, number: int) -> None:
    fields = CircularFields(
        title="公園と水路の一斉清掃のお知らせ", body=_CLEANING, districts=[district], ends_on=today() + dt.timedelta(20)
    )
    circular = circulars.save_draft(fields=fields, department=None, by=leader, request_key=f"demo-cleaning-{number}")
    circulars.publish(circular, by=leader, now=timezone.now() - dt.timedelta(days=3))
    for home in CircularHome.objects.filter(district=district, wants_paper=True).order_by("position")[:2]:
        circulars.mark_read_on_paper(circular, home=home, by=leader)


def _load_drill(districts: list[District]) -> None:
    """The city's own, with an attachment, in both districts: nobody has read it yet."""
    handler = User.objects.get(email="handler2@city.example.jp")
    fields = CircularFields(
        title="地区防災訓練のご案内", body=_DRILL, districts=districts, ends_on=today() + dt.timedelta(30)
    )
    department = Department.objects.get(code="kyodo")
    circular = circulars.save_draft(fields=fields, department=department, by=handler, request_key="demo-drill")
    schedule = store_bytes(
        content=html_pdf(_SCHEDULE, style=STYLE),
        name="防災訓練の日程.pdf",
        content_type="application/pdf",
        kind=FileKind.CIRCULAR,
        by=handler,
    )
    Circular.objects.filter(pk=circular.pk).update(file=schedule)
    circular.refresh_from_db()
    circulars.publish(circular, by=handler, now=timezone.now() - dt.timedelta(days=1))
