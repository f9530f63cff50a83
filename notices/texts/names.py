"""Names that every text may use without anybody's help, and what stands for them in a preview."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Placeholder:
    """`name` is written ((name)) in the text."""

    name: str
    label: str | Promise
    example: str

    @property
    def written(self) -> str:
        return f"(({self.name}))"


USUAL = (
    Placeholder("recipient_name", _("宛名の氏名"), "高橋　さくら"),
    Placeholder("subject_name", _("対象の方の氏名"), "高橋　一葉"),
    Placeholder("issued_date", _("通知書の日付"), "令和8年12月1日"),
    Placeholder("city_name", _("市の名称"), "緑野市"),
    Placeholder("mayor_title", _("市長の職名"), "緑野市長"),
    Placeholder("department_name", _("課の名称"), "子育て課"),
    Placeholder("department_phone", _("課の電話番号"), "0428-00-0000"),
    Placeholder("source_label", _("通知の元になったもの"), "一斉通知"),
)
"""`notices.services.issuing` gives these to every notice."""

USUAL_NAMES = frozenset(one.name for one in USUAL)
