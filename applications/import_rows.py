"""What an import would do, as the page shows it procedure by procedure."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from applications.definition import document_of
from applications.designer.differences import FormChange, differences
from applications.display import Chip
from applications.services.catalogue import Change, ChangeKind
from applications.services.catalogue.planning import Plan
from applications.services.exchange import Outlook

_CHIPS = {
    ChangeKind.NEW: ("success", _("新規")),
    ChangeKind.CHANGED: ("warning", _("変更あり")),
    ChangeKind.UNCHANGED: ("neutral", _("変更なし")),
}


@dataclass(frozen=True)
class ImportRow:
    """One procedure of the file. `form_changes` are what the file's form changes in the city's."""

    change: Change
    chip: Chip
    form_changes: list[FormChange]
    has_own_form: bool
    question_count: int

    @property
    def can_be_taken(self) -> bool:
        """Whether taking it over does anything, at least when the city's own texts give way."""
        return self.is_suggested or bool(self.change.own)

    @property
    def is_suggested(self) -> bool:
        return self.change.kind != ChangeKind.UNCHANGED


def import_rows(outlook: Outlook) -> list[ImportRow]:
    """New ones first, then what changes, then the rest; each group in the order of the names' readings."""
    order = list(ChangeKind)
    rows = sorted(outlook.plans, key=lambda one: (order.index(one.change.kind), one.entry.texts["name_kana"]))
    return [_row(one) for one in rows]


def _row(one: Plan) -> ImportRow:
    tone, label = _CHIPS[one.change.kind]
    return ImportRow(
        one.change,
        Chip(str(label), tone),
        list(_form_changes(one)),
        one.has_own_form,
        sum(1 for _question in one.entry.form.questions) if one.entry.form else 0,
    )


def _form_changes(one: Plan) -> Iterator[FormChange]:
    """Also when the city keeps its own form: so that somebody can decide."""
    form = one.entry.form
    if one.row is None or form is None or not (one.form or one.has_own_form):
        return
    version = one.row.current_version
    yield from differences(version.definition if version else None, document_of(form))
