"""Moving fields: up and down, to another section, into a repeating group and out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.definition.kinds import IN_ROWS_REFUSED
from applications.designer.keys import keys_beside, relevelled
from applications.designer.operations import DOWN, Design, DesignRefused, next_key, swap
from applications.designer.places import Document, FieldDocument, NotThere, Place, kind_of, page_of, place_of, places
from applications.enums import FieldType

SECTION, GROUP = "section:", "group:"
_LOGIC = ("visible_when", "required_when", "value")


@dataclass(frozen=True)
class Destination:
    """A place that fields can be moved to: `section:page_1` or `group:q3`."""

    name: str
    label: str


def destinations(document: Document) -> list[Destination]:
    """The sections, each before the groups that stand in it."""
    found = []
    for number, page in enumerate(document["pages"], start=1):
        title = page.get("title") or _("（名前のないセクション）")
        found.append(Destination(f"{SECTION}{page['key']}", f"{number}. {title}"))
        for one in page["fields"]:
            if kind_of(one) == FieldType.ROWS:
                label = _("　くり返し「%(label)s」の中") % {"label": one.get("label") or one["key"]}
                found.append(Destination(f"{GROUP}{one['key']}", label))
    return found


def place_name(place: Place) -> str:
    """The destination where a field stands already."""
    return f"{GROUP}{place.group['key']}" if place.group else f"{SECTION}{place.page['key']}"


def move_field(design: Design, path: str, step: int) -> Design:
    """One place up or down; over the end of a section into the next one. Raises NotThere."""
    design = design.copied()
    place = place_of(design.document, path)
    if 0 <= place.index + step < len(place.fields):
        swap(place.fields, place.index, step)
    elif place.group is None:
        _cross(design.document, place, step)
    return design


def _cross(document: Document, place: Place, step: int) -> None:
    pages = document["pages"]
    number = pages.index(place.page) + step
    if 0 <= number < len(pages):
        moved = place.fields.pop(place.index)
        pages[number]["fields"].insert(0 if step == DOWN else len(pages[number]["fields"]), moved)


def move_before(design: Design, path: str, target: str) -> tuple[Design, str]:
    """Put a field where another stands (dragging); its path there. Raises NotThere, DesignRefused as `move_to`."""
    design = design.copied()
    place, goal = place_of(design.document, path), place_of(design.document, target)
    if path == target:
        return design, path
    changed, paths = _put(design, [place], goal.fields, goal.group, before=goal.field)
    return changed, paths[0]


def move_to(design: Design, paths: Sequence[str], target: str) -> tuple[Design, list[str]]:
    """Fields to the end of a section or group, in the order they had; their paths there.

    Conditions beside them go on finding them where the language can say it; the others are listed as mistakes.
    What goes with its group does not go a second time. Raises NotThere, DesignRefused for a kind that cannot
    stand in a group: then nothing is moved.
    """
    design = design.copied()
    fields, group = _spot(design.document, target)
    chosen = [
        place
        for place in places(design.document)
        if place.path in paths and not (place.group and place.group["key"] in paths)
    ]
    if not chosen:
        raise NotThere
    return _put(design, chosen, fields, group)


def _spot(document: Document, target: str) -> tuple[list[FieldDocument], FieldDocument | None]:
    """The list of a destination, and its group if it is one. Raises NotThere."""
    if not target.startswith(GROUP):
        return page_of(document, target.removeprefix(SECTION))["fields"], None
    group = place_of(document, target.removeprefix(GROUP)).field
    if kind_of(group) != FieldType.ROWS:
        raise NotThere
    return group.setdefault("fields", []), group


def _put(
    design: Design,
    chosen: Sequence[Place],
    fields: list[FieldDocument],
    group: FieldDocument | None,
    *,
    before: FieldDocument | None = None,
) -> tuple[Design, list[str]]:
    if group is not None:
        _refuse_kinds([place.field for place in chosen])
    # a place knows its field by number: read all before anything moves
    moved = [(place.group, place.fields, place.field) for place in chosen]
    for _group, source, one in moved:
        source.remove(one)
    at = len(fields) if before is None else fields.index(before)
    told: list[tuple[FieldDocument | None, str, FieldDocument]] = []
    for number, (old_group, _source, one) in enumerate(moved):
        old_key = one["key"]
        if old_group is not group and old_key in keys_beside(design.document, group["key"] if group else ""):
            design, one["key"] = next_key(design)
        fields.insert(at + number, one)
        told.append((old_group, old_key, one))
    for old_group, old_key, one in told:
        if old_group is not group:
            _tell(old_group, group, old_key, one["key"], [field for _old, _key, field in told])
    return design, [f"{group['key']}.{one['key']}" if group else one["key"] for _old, _key, one in told]


def _refuse_kinds(fields: Sequence[FieldDocument]) -> None:
    """Raises DesignRefused naming every field that cannot stand in a group."""
    refused = [one for one in fields if kind_of(one) in IN_ROWS_REFUSED]
    if refused:
        names = "、".join(f"「{one.get('label') or one['key']}」（{kind_of(one).label}）" for one in refused)
        raise DesignRefused(
            _("%(names)sは、くり返しの中に置けません。この項目の選択を外してから、もう一度移動してください。")
            % {"names": names}
        )


def _tell(
    old: FieldDocument | None, new: FieldDocument | None, old_key: str, new_key: str, moved: Sequence[FieldDocument]
) -> None:
    """What stood in a row with a question goes on seeing it as an answer, and the other way round."""
    if old is None and new is not None:
        _rewrite(new["fields"], old_key, new_key, was="answer", now="row")
    elif old is not None and new is None:
        _rewrite([*old["fields"], *moved], old_key, new_key, was="row", now="answer")


def _rewrite(fields: Sequence[FieldDocument], old_key: str, new_key: str, **names: Any) -> None:
    for one in fields:
        for setting in _LOGIC:
            if setting in one:
                one[setting] = relevelled(one[setting], old_key, new_key, **names)
