"""The postal code look-up of a page without JavaScript: a button sends the page and it comes back filled."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.definition import Page
from applications.enums import FieldType
from applications.form_pages import PageForm
from applications.row_paths import find
from applications.typed import Row, Typed
from applications.widgets import AddressWidget
from residents.addresses import PostalAddress, lookup

_ADDRESSES = frozenset({FieldType.ADDRESS, FieldType.RESIDENT_ADDRESS})
_MOST_DIGITS = 3
"""No postal code has a thousand towns; `int` refuses texts of thousands of digits."""
_FOUND_PARTS = ("prefecture", "city", "town")


@dataclass(frozen=True)
class Lookup:
    """What a look-up has to tell: towns to choose from, or a sentence."""

    key: str
    towns: Sequence[PostalAddress] = ()
    note: str = ""

    def show_in(self, form: PageForm) -> None:
        """Show it under the question's postal code."""
        field = form.fields.get(self.key)
        if field is not None and isinstance(field.widget, AddressWidget):
            field.widget.towns = self.towns
            field.widget.note = self.note


def look_up(page: Page, values: Typed, argument: str) -> Lookup | None:
    """Fill the address of a question (`key`, or `key:2` for the third town offered) in the typed values.

    Blank parts are filled when the code has one town. Typed text is overwritten only by a town that
    the person chose. A question in a row is named by its path. None when the page has no such question.
    """
    path, _colon, choice = argument.partition(":")
    question = find(page.fields, path)
    if question is None or question.type not in _ADDRESSES:
        return None
    place, key = _around(values, path), path.rpartition(".")[2]
    parts = dict(place.get(key) or {})
    towns = lookup(parts.get("postal_code", ""))
    if not towns:
        return Lookup(
            path, note=_("この郵便番号の住所は見つかりませんでした。番号を確認して、住所を入力してください。")
        )
    is_number = choice.isascii() and choice.isdigit() and len(choice) <= _MOST_DIGITS
    if is_number and int(choice) < len(towns):
        _fill(parts, towns[int(choice)])
    elif len(towns) == 1 and not any(parts.get(name, "").strip() for name in _FOUND_PARTS):
        _fill(parts, towns[0])
    else:
        return Lookup(path, towns=towns)
    place[key] = parts
    return None


def _around(values: Typed, path: str) -> Typed:
    """The typed values the question stands among: those of its row, or of the page."""
    group, *rest = path.split(".")
    if not rest:
        return values
    row: Row | None = next((one for one in values.get(group) or () if one["id"] == rest[0]), None)
    found: Typed = row.get("values", {}) if row else {}
    return found


def _fill(parts: dict[str, str], town: PostalAddress) -> None:
    parts.update({name: getattr(town, name) for name in _FOUND_PARTS})
    for name in ("street", "building"):
        if getattr(town, name) and not parts.get(name):
            parts[name] = getattr(town, name)
