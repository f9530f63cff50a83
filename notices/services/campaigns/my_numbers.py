"""My Numbers (個人番号) have no place in a list: a column of them refuses it, a single one its row.

Source: 番号法 第19条 — nobody hands them on for another purpose.
"""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from cityhall.codes import is_my_number
from cityhall.text import has_my_number
from notices.services.campaigns.columns import Layout
from notices.services.campaigns.entries import Entry
from notices.services.campaigns.errors import MyNumbersFound

_DIGITS = 12
_ENOUGH, _FEW = 10, 3
"""One in ten other 12-digit numbers passes the check too: of many cells more than half, of a few all."""


def refuse_my_numbers(entries: Sequence[Entry], layout: Layout) -> None:
    """Refuse a list with a column of My Numbers, and make a problem of every row that has one in what it brings.

    Such a row forgets its values and its code. Raises MyNumbersFound.
    """
    for name, cells in _columns(entries, layout):
        filled = [cell for cell in cells if cell]
        # most cells are too short for one; looking closer costs more than anything else here
        found = sum(is_my_number(cell) for cell in filled if len(cell) >= _DIGITS)
        if (len(filled) >= _ENOUGH and found * 2 > len(filled)) or (len(filled) >= _FEW and found == len(filled)):
            raise MyNumbersFound(
                _("「%(name)s」の列に個人番号（マイナンバー）が入っています。名簿から消して、もう一度選んでください。")
                % {"name": name}
            )
    for entry in entries:
        told = "\n".join((*entry.values.values(), entry.code))
        # parted by a line end, which stands in no number
        if len(told) >= _DIGITS and has_my_number(told):
            entry.problem = _("個人番号（マイナンバー）と思われる12桁の番号があります。名簿から消してください。")
            entry.values, entry.code = {}, ""


def _columns(entries: Sequence[Entry], layout: Layout) -> Iterator[tuple[str, list[str]]]:
    yield _("受取人の宛名番号"), [entry.recipient.number for entry in entries]
    yield _("対象の方の宛名番号"), [entry.subject.number for entry in entries if entry.subject]
    yield _("開封後に表示する番号"), [entry.code for entry in entries]
    for name, _place in layout.values:
        yield name, [entry.values.get(name, "") for entry in entries]
