"""A city that takes in notices of moving in, and the portal's file of it."""

import csv
import datetime as dt
import io

from counter.models import MoveInItem, MoveInSettings
from counter.services import move_ins
from counter.tasks import apply_move_ins
from counter.token_seal import MAIL, unsealed
from notices.models import OutgoingMail
from tests.counter.homekit import publish
from tests.counter.kit import make_procedures
from tests.reservations import kit

HEADINGS = [
    "受付番号", "状態", "更新日時", "来庁予定日", "来庁予定時間", "異動日", "氏名", "フリガナ", "生年月日", "続柄",
    "電話番号", "メールアドレス", "旧住所", "新住所郵便番号", "新住所都道府県", "新住所市区町村", "新住所町名",
    "新住所番地", "異動者1氏名", "異動者1フリガナ", "異動者1生年月日", "異動者1続柄",
]  # fmt: skip
FORM = {
    "schema": 1,
    "pages": [
        {
            "key": "who",
            "title": "届け出る方",
            "fields": [
                {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
                {"key": "born", "type": "date", "label": "生年月日", "concept": "applicant.birth_date"},
                {"key": "phone", "type": "phone", "label": "電話番号", "concept": "applicant.phone"},
                {"key": "old", "type": "address", "label": "前の住所", "concept": "applicant.previous_address"},
                {"key": "new", "type": "address", "label": "新しい住所", "concept": "applicant.new_address"},
                {"key": "on", "type": "date", "label": "引っ越しの日", "concept": "applicant.moving_on"},
                {
                    "key": "kind",
                    "type": "choice",
                    "label": "引っ越しの種類",
                    "options": [{"value": "in", "label": "転入"}, {"value": "within", "label": "転居"}],
                },
                {
                    "key": "movers",
                    "type": "rows",
                    "label": "一緒に引っ越す方",
                    "max_rows": 10,
                    "fields": [
                        {"key": "name", "type": "name", "label": "氏名", "concept": "household[].name"},
                        {"key": "born", "type": "date", "label": "生年月日", "concept": "household[].birth_date"},
                        {"key": "tie", "type": "text", "label": "続柄", "concept": "household[].relationship"},
                    ],
                },
                {"key": "school", "type": "text", "label": "転校する学校", "required": True},
            ],
        }
    ],
}


def row(number="MP2026-00012345", **given):
    """What the portal says of a family of two that comes next week at ten."""
    values = {
        "受付番号": number,
        "更新日時": "2026-11-20 09:00",
        "来庁予定日": kit.next_week().isoformat(),
        "来庁予定時間": "10:00〜11:00",
        "異動日": "2026-11-21",
        "氏名": "新居　葵",
        "フリガナ": "ニイ　アオイ",
        "生年月日": "平成2年3月4日",
        "続柄": "世帯主",
        "電話番号": "090-1234-5678",
        "メールアドレス": "aoi@example.jp",
        "旧住所": "千葉県千葉市中央区市場町1-1",
        "新住所郵便番号": "198-0042",
        "新住所都道府県": "東京都",
        "新住所市区町村": "青梅市",
        "新住所町名": "東青梅",
        "新住所番地": "1-2-3",
        "異動者1氏名": "新居　陸",
        "異動者1フリガナ": "ニイ　リク",
        "異動者1生年月日": "2020/05/06",
        "異動者1続柄": "子",
    }
    return values | given


def csv_of(*rows, headings=HEADINGS, encoding="utf-8-sig"):
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def make_city(*, department=None, **fields):
    """The settings, a procedure to fill in, and a counter with places of the city's own next week at ten."""
    procedure = make_procedures(1)[0]
    procedure.name = "住民異動届"
    procedure.save()
    publish(procedure, FORM)
    place = kit.make_place("hall", name="緑野市役所")
    service = kit.make_service(kit.make_group(department), place, name="転入の届出")
    values = {
        "procedures": [procedure.key],
        "fixed_answers": {procedure.key: {"kind": "in"}},
        "service": service,
        "place": place,
    }
    return MoveInSettings.objects.create(pk=1, **values | fields)


def make_slot(settings, hour=10, day=None, **fields):
    """Two places, of which the public has none."""
    values = {"capacity": 2, "public_capacity": 0} | fields
    return kit.make_slot(settings.service.group, settings.place, kit.at(day or kit.next_week(), hour), **values)


def upload(by, *rows, key="first", **fields):
    return move_ins.upload(csv_of(*rows), by=by, request_key=key, **fields)


def take_in(by, *rows, key="first"):
    """Uploaded, applied and carried out; the rows of the file."""
    batch = upload(by, *rows, key=key)
    assert batch.problems == []
    move_ins.apply(batch, by=by)
    apply_move_ins()
    return list(MoveInItem.objects.filter(batch=batch).select_related("move_in__prefill__reservation"))


def mails(to="aoi@example.jp"):
    """The mails with a link, unpacked."""
    from cityhall.crypto import decrypt

    rows = OutgoingMail.objects.filter(to=to, is_encrypted=True).order_by("pk")
    return [text for text in (decrypt(one.body) for one in rows) if "/prefill/open/" in text]


def link_in(text):
    return f"/prefill/open/{text.split('/prefill/open/')[1].split('/')[0]}/"


def token_in(text):
    return unsealed(link_in(text).split("/")[3], MAIL)


TODAY = dt.date(2026, 11, 23)
