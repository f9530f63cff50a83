"""A form with every kind of question, a procedure for it, and a draft of it that could be sent."""

import io
import itertools

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from applications import definition
from applications.models import FormVersion, Procedure
from applications.services import drafts, starting, uploads
from cityhall.enums import FileState
from cityhall.models import StoredFile
from tests import factories

_number = itertools.count(1)


def asked_on_yes(key, label, then, then_label):
    """Two questions: yes or no, and a text that is asked after a yes."""
    condition = {"eq": [{"answer": key}, "yes"]}
    return [
        {"key": key, "type": "yes_no", "label": label, "required": True},
        {"key": then, "type": "text", "label": then_label, "required": True, "visible_when": condition},
    ]


def all_types():
    """The document of a form of three pages with every field type."""
    return {
        "schema": 1,
        "pages": [
            {
                "key": "applicant",
                "title": "申請者",
                "intro": "**申請する方**について入力してください。",
                "fields": [
                    {
                        "key": "name",
                        "type": "text",
                        "label": "氏名",
                        "required": True,
                        "max_length": 60,
                        "concept": "applicant.name",
                    },
                    {"key": "kana", "type": "kana", "label": "フリガナ", "required": True, "concept": "applicant.kana"},
                    {
                        "key": "birth",
                        "type": "date",
                        "label": "生年月日",
                        "required": True,
                        "max": "today",
                        "concept": "applicant.birth_date",
                    },
                    {
                        "key": "address",
                        "type": "address",
                        "label": "住所",
                        "required": True,
                        "concept": "applicant.address",
                    },
                    {"key": "phone", "type": "phone", "label": "電話番号", "concept": "applicant.phone"},
                    {"key": "email", "type": "email", "label": "メールアドレス", "concept": "applicant.email"},
                    {"key": "registered", "type": "attribute", "label": "登録の住所", "concept": "applicant.address"},
                    {"key": "spouse", "type": "name", "label": "配偶者の氏名", "charset": "jis_x_0213"},
                    {"key": "spouse_home", "type": "resident_address", "label": "配偶者の住所"},
                ],
            },
            {
                "key": "request",
                "title": "申請の内容",
                "fields": [
                    {
                        "key": "income",
                        "type": "number",
                        "label": "収入",
                        "unit": "円",
                        "min": 0,
                        "max": 100000000,
                        "required": True,
                    },
                    {
                        "key": "kind",
                        "type": "choice",
                        "label": "区分",
                        "required": True,
                        "options": [{"value": "new", "label": "新規"}, {"value": "change", "label": "変更"}],
                    },
                    {
                        "key": "reasons",
                        "type": "checkboxes",
                        "label": "理由",
                        "options": [{"value": "work", "label": "就労"}, {"value": "care", "label": "介護"}],
                    },
                    {"key": "single", "type": "yes_no", "label": "ひとり親ですか", "required": True},
                    {"key": "note", "type": "long_text", "label": "備考", "max_length": 20000},
                    {
                        "key": "found_by",
                        "type": "checkboxes",
                        "label": "この手続を知った方法",
                        "options": [{"value": "paper", "label": "広報紙"}],
                        "other": True,
                    },
                    {"key": "costs", "type": "heading", "label": "費用と日時"},
                    {"key": "costs_text", "type": "explanation", "label": "費用", "text": "**領収書**のとおりに入力。"},
                    {"key": "rent", "type": "money", "label": "家賃", "max": 1000000},
                    {
                        "key": "total",
                        "type": "calculated",
                        "label": "収入と家賃の合計",
                        "unit": "円",
                        "value": {"sum": [{"answer": "income"}, {"answer": "rent"}]},
                    },
                    {"key": "call_at", "type": "time", "label": "電話の時刻", "min": "08:30", "max": "17:15"},
                    {"key": "visit", "type": "date_time", "label": "訪問の日時"},
                ],
            },
            {
                "key": "papers",
                "title": "添付と同意",
                "fields": [
                    {
                        "key": "proof",
                        "type": "file",
                        "label": "証明書類",
                        "required": True,
                        "accept": ["image", "pdf"],
                        "max_files": 2,
                    },
                    {
                        "key": "consent",
                        "type": "consent",
                        "label": "同意",
                        "required": True,
                        "consent_text": "課税状況を確認することに同意します。",
                        "consent_version": "2026-04",
                    },
                    {"key": "scene", "type": "photo", "label": "現場の写真", "max_files": 3},
                    {"key": "sign", "type": "signature", "label": "署名"},
                    {"key": "spot", "type": "place", "label": "場所"},
                    {"key": "account", "type": "bank_account", "label": "振込先", "concept": "applicant.bank_account"},
                    {
                        "key": "children",
                        "type": "rows",
                        "label": "子ども",
                        "row_title": "お子さま ((child))",
                        "max_rows": 5,
                        "fields": [
                            {"key": "child", "type": "text", "label": "名前", "concept": "children[].name"},
                            {
                                "key": "school",
                                "type": "choice",
                                "label": "通う所",
                                "options": [{"value": "nursery", "label": "保育所"}],
                                "other": True,
                            },
                            {"key": "paper", "type": "file", "label": "証明書", "accept": ["pdf"]},
                        ],
                    },
                    {"key": "invitation", "type": "hidden", "label": "案内の番号"},
                ],
            },
        ],
    }


def form():
    return definition.parse(all_types())


def make_procedure(*, department=None, document=None, **fields):
    """A published procedure with a form."""
    number = next(_number)
    department = department or factories.make_department()
    values = {
        "key": f"procedure-{number}",
        "name": f"手続{number}",
        "summary": "概要",
        "department": department,
        "standard_days": 10,
    }
    procedure = Procedure.objects.create(**values | fields)
    document = document or all_types()
    version = FormVersion.objects.create(procedure=procedure, number=1, definition=document, sha256=f"{number:064d}")
    procedure.current_version = version
    procedure.state = "published"
    procedure.save(update_fields=["current_version", "state"])
    return procedure


def start(procedure, resident, key="first"):
    return starting.start(procedure=procedure, resident=resident, by=resident.user, request_key=key)


def png(color="red", size=(40, 30)):
    data = io.BytesIO()
    Image.new("RGB", size, color).save(data, "PNG")
    return SimpleUploadedFile("証明書.png", data.getvalue(), content_type="image/png")


def good_page(number):
    """What a browser sends for one page in order."""
    return {
        1: {
            "q-name": "高橋　さくら",
            "q-kana": "たかはし　さくら",
            "q-birth.era": "heisei",
            "q-birth.year": "2",
            "q-birth.month": "4",
            "q-birth.day": "12",
            "q-address.postal_code": "１００－００１３",
            "q-address.prefecture": "東京都",
            "q-address.city": "緑野市",
            "q-address.town": "緑町",
            "q-address.street": "3-30-8",
            "q-address.building": "",
            "q-phone": "０９０−１２３４−５６７８",
            "q-email": "sakura@example.jp",
        },
        2: {"q-income": "１，２３４，５６７円", "q-kind": "new", "q-reasons": ["care", "work"], "q-single": "no"},
        3: {"q-consent": "given"},
    }[number]


def fill(application, by):
    """Save every page of a draft in order, with one clean file."""
    from django.http import QueryDict

    from applications import typed

    for number, page in enumerate(form().pages, start=1):
        data = QueryDict(mutable=True)
        for name, value in good_page(number).items():
            data.setlist(name, value if isinstance(value, list) else [value])
        drafts.save_page(
            application=application, page=page, values=typed.read(page.fields, data), expected_revision=None
        )
    uploads.attach(application=application, field=form().by_key["proof"], upload=png(), by=by)
    StoredFile.objects.update(state=FileState.CLEAN)
    application.refresh_from_db()
    return application
