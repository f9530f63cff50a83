"""Made-up answers that stand in a preview while no real case is chosen."""

from django.utils.translation import gettext as _

from applications.enums import FieldType

_BY_TYPE: dict[FieldType, str] = {
    FieldType.NAME: "高橋　一葉（タカハシ　カズハ）",
    FieldType.KANA: "タカハシ",
    FieldType.NUMBER: "3",
    FieldType.MONEY: "10,000円",
    FieldType.DATE: "令和8年10月1日",
    FieldType.TIME: "13時30分",
    FieldType.DATE_TIME: "令和8年12月1日（2026年） 13時30分",
    FieldType.ADDRESS: "〒198-0001 東京都緑野市中央1-2-3",
    FieldType.RESIDENT_ADDRESS: "〒198-0001 東京都緑野市中央1-2-3",
    FieldType.EMAIL: "sakura@example.jp",
    FieldType.PHONE: "090-0000-0000",
    FieldType.YES_NO: "はい",
}
_BY_PART = {
    "family": "高橋",
    "given": "一葉",
    "family_kana": "タカハシ",
    "given_kana": "カズハ",
    "postal_code": "1980001",
    "prefecture": "東京都",
    "city": "緑野市",
    "town": "中央",
    "street": "1-2-3",
    "building": "緑野ハイツ101",
}


def example_of(kind: FieldType, part: str = "") -> str:
    """A made-up answer of this kind, or of one part of it."""
    return _BY_PART.get(part, "") if part else _BY_TYPE.get(kind, _("（回答）"))


def part_label(part: str) -> str:
    """What a part of an answer is called on screen."""
    labels = {
        "family": _("姓"),
        "given": _("名"),
        "family_kana": _("姓のフリガナ"),
        "given_kana": _("名のフリガナ"),
        "postal_code": _("郵便番号"),
        "prefecture": _("都道府県"),
        "city": _("市区町村"),
        "town": _("町名"),
        "street": _("番地"),
        "building": _("建物名"),
    }
    return labels.get(part, part)
