"""What questions and answers of a document are called in sentences."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.definition import OTHER
from applications.designer.places import Document, FieldDocument, kind_of, places
from applications.enums import FieldType

PART_WORDS: dict[str, str | Promise] = {
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
    "municipality_code": _("市区町村の番号"),
    "town_code": _("町の番号"),
    "bank_code": _("金融機関の番号"),
    "bank_name": _("金融機関の名称"),
    "branch_code": _("支店の番号"),
    "branch_name": _("支店の名称"),
    "account_type": _("預金の種類"),
    "number": _("口座番号"),
    "holder": _("口座名義"),
    "latitude": _("緯度"),
    "longitude": _("経度"),
    "note": _("説明"),
    "typed": _("入力した氏名"),
    "file": _("署名の画像"),
}


def options_of(one: FieldDocument) -> list[tuple[str, str]]:
    """What can be chosen, as (value, label); nothing for other questions."""
    kind = kind_of(one)
    if kind == FieldType.YES_NO:
        return [("yes", str(_("はい"))), ("no", str(_("いいえ")))]
    if kind not in (FieldType.CHOICE, FieldType.CHECKBOXES):
        return []
    found = [(str(option.get("value", "")), str(option.get("label", ""))) for option in one.get("options") or ()]
    return [*found, (OTHER, str(_("その他")))] if one.get("other") else found


@dataclass(frozen=True)
class Labels:
    """The questions of a document by path."""

    fields: dict[str, FieldDocument] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> "Labels":
        return cls({place.path: place.field for place in places(document)})

    def question(self, reference: str, *, group: str = "") -> str:
        """「質問文」 of `key` or `key.part`; the key itself when there is no such question."""
        key, _dot, part = reference.partition(".")
        is_other = key.endswith(f"__{OTHER}")
        found = self.find(key.removesuffix(f"__{OTHER}"), group=group)
        label = str(found.get("label") or key) if found else key
        if is_other:
            label = str(_("%(label)s（その他の内容）") % {"label": label})
        return f"「{label}」" + (str(_("の%(part)s") % {"part": PART_WORDS.get(part, part)}) if part else "")

    def find(self, key: str, *, group: str = "") -> FieldDocument | None:
        return self.fields.get(f"{group}.{key}" if group else key)

    def option(self, reference: str, value: object, *, group: str = "") -> str:
        """「選択肢」 as people read it; any other value as it stands."""
        found = self.find(reference.partition(".")[0], group=group)
        labels = dict(options_of(found)) if found else {}
        return f"「{labels.get(str(value), value)}」"
