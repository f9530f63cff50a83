"""What a prefill leaves for the desk: papers to bring, what is signed there, what is still asked."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import FILE_TYPES, FieldType
from counter.home import Home

IDENTITY: Final[Promise] = gettext_lazy("本人確認書類（マイナンバーカード、運転免許証など）")


@dataclass(frozen=True)
class Paper:
    """One thing to bring, and the procedures it is for; none: for all of them."""

    name: str
    procedures: tuple[str, ...] = ()


@dataclass(frozen=True)
class AtDesk:
    """What is not typed at home."""

    papers: tuple[Paper, ...]
    signed: tuple[str, ...]
    """Procedures that are signed at the desk; the others too are only received once the person has looked."""


def at_desk(home: Home) -> AtDesk:
    """Every paper once, with what it is for; asks no database."""
    names = {one.procedure.key: one.procedure.name for one in home.chosen}
    papers: dict[str, dict[str, None]] = {}
    for one in home.chosen:
        for paper in one.procedure.required_papers:
            papers.setdefault(str(paper), {})[one.procedure.name] = None
        if one.procedure.my_number_at_desk:
            papers.setdefault(_("個人番号（マイナンバー）が分かるもの"), {})[one.procedure.name] = None
    signed: dict[str, None] = {}
    for left in home.filling.combined.left_out:
        if left.field.type in FILE_TYPES and not _is_named(left.field.label, names[left.part], papers):
            is_sure = left.field.required and left.field.visible_when is None
            paper = left.field.label if is_sure else _("%(paper)s（あてはまる方）") % {"paper": left.field.label}
            papers.setdefault(paper, {})[names[left.part]] = None
        elif left.field.type == FieldType.SIGNATURE:
            signed[names[left.part]] = None
    found = [Paper(str(IDENTITY)), *(Paper(name, tuple(of)) for name, of in papers.items())]
    return AtDesk(tuple(found), tuple(signed))


def _is_named(label: str, procedure: str, papers: dict[str, dict[str, None]]) -> bool:
    """Whether the procedure's own list of papers says it already, in the same words or in more."""
    return any(procedure in of and label in name for name, of in papers.items())
