"""What the page of certificates answers by itself, and what a filed form says of copies. Pure.

Forms of certificates name these questions alike (docs/certificates.md): `copies`, `certificate_copies`,
`certificate_year`, `domicile`, and where it is picked up, which nobody is asked who stands at the desk.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from applications.definition import Field
from applications.enums import FieldType
from applications.form_pages import with_first_rows
from applications.typed import Typed
from counter.combined import Combined
from counter.entries import is_filled

PICKUP: Final = "pickup_"
"""Questions whose keys begin so are about the way to the person, who stands here."""
_PICKED_UP: Final[Mapping[str, tuple[str, ...]]] = {"pickup_way": ("now", "visit"), "pickup_place": ("now",)}
_COPIES: Final = frozenset({"copies", "certificate_copies"})
MOST_COPIES: Final = 32_767
"""What the column of a certificate holds: a form may set no bound, and what was answered stands in its filing."""
_DOMICILE: Final = "domicile"
"""本籍: asked for by forms of 戸籍 certificates alone."""
_YEAR: Final = "certificate_year"
# certificates of a new fiscal year are issued from June on; 令和1 is 2019
_FIRST_MONTH, _BEFORE_REIWA = 6, 2018


def name_in_form(combined: Combined, path: str) -> str:
    """The key a question has in the form it comes from; its path in the combined form when it comes from none."""
    owners = combined.owners.get(path, ())
    return owners[0][1].rpartition(".")[2] if owners else path


def is_of_family_register(combined: Combined) -> bool:
    """Whether a 戸籍 certificate is among the procedures."""
    return any(name_in_form(combined, field.key) == _DOMICILE for field in combined.form.fields)


def is_about_pickup(combined: Combined, key: str) -> bool:
    return name_in_form(combined, key).startswith(PICKUP)


def with_presets(combined: Combined, values: Typed, *, today: dt.date) -> Typed:
    """The values with what goes without saying at a desk where nothing is said yet: here, now, one copy, this year."""
    found = dict(values)
    for field in combined.form.fields:
        if is_filled(found.get(field.key)):
            continue
        value = _rows(combined, field, today) if field.type == FieldType.ROWS else _preset(combined, field, "", today)
        if value:
            found[field.key] = value
    return found


def _preset(combined: Combined, field: Field, group: str, today: dt.date) -> str:
    name = name_in_form(combined, f"{group}.{field.key}" if group else field.key)
    if field.type == FieldType.CHOICE:
        offered = {option.value for option in field.options}
        return next((one for one in _PICKED_UP.get(name, ()) if one in offered), "")
    if field.type != FieldType.NUMBER:
        return ""
    if name in _COPIES:
        return "1"
    return str(_newest_year(today)) if name == _YEAR else ""


def _rows(combined: Combined, group: Field, today: dt.date) -> list[dict[str, Any]]:
    """The first rows of a group, as far as anything of them goes without saying."""
    known = {field.key: _preset(combined, field, group.key, today) for field in group.fields}
    known = {key: value for key, value in known.items() if value}
    if not known:
        return []
    rows = with_first_rows([group], {}).get(group.key) or []
    return [{"id": row["id"], "values": dict(known)} for row in rows]


def _newest_year(today: dt.date) -> int:
    """The fiscal year in 令和 whose certificates are issued now."""
    return (today.year if today.month >= _FIRST_MONTH else today.year - 1) - _BEFORE_REIWA


def copies_in(answers: Mapping[str, Any]) -> int | None:
    """How many sheets one filing asks for, rows together; None where its form does not ask. `MOST_COPIES` at most."""
    counted = list(_copies(answers.items()))
    return min(sum(counted), MOST_COPIES) if counted else None


def _copies(answers: Iterable[tuple[str, Any]]) -> Iterator[int]:
    for key, answer in answers:
        if isinstance(answer, list):
            for row in answer:
                if isinstance(row, Mapping):
                    yield from _copies(row.items())
        elif key in _COPIES and str(answer).isdecimal():
            yield int(answer)
