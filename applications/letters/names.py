"""Every placeholder that the text of a decision letter may use, each with an example."""

from django.utils.translation import gettext as _

from applications.definition import Form
from applications.letters.answers import PREFIX, nameable, parts_of
from applications.letters.examples import example_of, part_label
from notices.texts import Placeholder


def usual() -> list[Placeholder]:
    """What every decision letter may name, whatever the form asks."""
    rows = [
        ("applicant_name", _("申請者の氏名"), "高橋　さくら"),
        ("recipient_name", _("宛名の氏名"), "高橋　さくら"),
        ("subject_name", _("対象の方の氏名"), "高橋　さくら"),
        ("application_number", _("受付番号"), "0000-0000-0000"),
        ("application_date", _("申請の日"), "令和8年11月20日"),
        ("procedure_name", _("手続の名称"), "児童手当 認定請求"),
        ("legal_basis", _("手続の根拠法令"), "児童手当法第7条"),
        ("decision", _("決定"), "承認"),
        ("decision_date", _("決定の日"), "令和8年12月1日"),
        ("reason", _("理由・決定の内容"), "月額10,000円を認定します。"),
        ("due_date", _("処理期限"), "令和8年12月25日"),
        ("fee_total", _("手数料の合計"), "300円"),
        ("correction_asked_date", _("最後に補正を依頼した日"), "令和8年11月25日"),
        ("correction_answered_date", _("最後に補正を受け付けた日"), "令和8年11月28日"),
        ("appeal_months", _("不服申立ての期間（月数）"), "3"),
        ("issued_date", _("通知書の日付"), "令和8年12月1日"),
        ("city_name", _("市の名称"), "緑野市"),
        ("mayor_title", _("市長の職名"), "緑野市長"),
        ("department_name", _("課の名称"), "子育て課"),
        ("department_phone", _("課の電話番号"), "0428-00-0000"),
        ("source_label", _("通知の元になった手続"), "児童手当 認定請求"),
    ]
    return [Placeholder(*row) for row in rows]


def of_form(form: Form) -> list[Placeholder]:
    """What a letter may name of the answers to a form."""
    found = []
    for field in nameable(form):
        name = f"{PREFIX}.{field.key}"
        found.append(Placeholder(name, field.label, example_of(field.type)))
        for part in parts_of(field):
            label = _("%(label)s（%(part)s）") % {"label": field.label, "part": part_label(part)}
            found.append(Placeholder(f"{name}.{part}", label, example_of(field.type, part)))
    return found
