"""Which settings each kind of question takes. The parser refuses the others; the designer offers these only."""

from applications.enums import FieldType

T = FieldType

TEXT_LENGTHS: dict[FieldType, int] = {T.TEXT: 100, T.LONG_TEXT: 2000, T.KANA: 100, T.EMAIL: 254, T.PHONE: 30}
"""The longest text where the definition names no limit."""
CHARSETS = ("jis_x_0208", "jis_x_0213", "katakana", "hiragana", "ascii", "digits")
"""Rules on characters. Width and script are converted for the person; only what cannot be converted is refused."""
ACCEPTABLE_FILES = frozenset({"image", "pdf"})
IN_ROWS_REFUSED = frozenset({T.ROWS, T.HEADING, T.ATTRIBUTE, T.HIDDEN})
"""Kinds that cannot stand inside a repeating group."""
MOST_FILES = 20
MOST_ROWS = 200
DEFAULT_ROWS = 20

_EVERYWHERE = frozenset({"key", "type", "label", "visible_when"})
_ASKED = _EVERYWHERE | {"required", "required_when", "help", "example", "concept"}
_LIMITS = frozenset({"min", "max"})
_LENGTHS = frozenset({"min_length", "max_length"})
_FILES = frozenset({"max_files"})

SETTINGS: dict[FieldType, frozenset[str]] = {
    T.TEXT: _ASKED | _LENGTHS | {"charset"},
    T.LONG_TEXT: _ASKED | _LENGTHS | {"charset"},
    T.NAME: _ASKED | {"charset"},
    T.KANA: _ASKED | _LENGTHS,
    T.NUMBER: _ASKED | _LIMITS | {"unit", "decimals"},
    T.MONEY: _ASKED | _LIMITS,
    T.DATE: _ASKED | _LIMITS,
    T.TIME: _ASKED | _LIMITS,
    T.DATE_TIME: _ASKED | _LIMITS,
    T.ADDRESS: _ASKED,
    T.RESIDENT_ADDRESS: _ASKED,
    T.EMAIL: _ASKED | _LENGTHS,
    T.PHONE: _ASKED | _LENGTHS,
    T.CHOICE: _ASKED | {"options", "other"},
    T.CHECKBOXES: _ASKED | {"options", "other"},
    T.YES_NO: _ASKED,
    T.CONSENT: _ASKED | {"consent_text", "consent_version"},
    T.FILE: _ASKED | _FILES | {"accept"},
    T.PHOTO: _ASKED | _FILES,
    T.SIGNATURE: _ASKED,
    T.PLACE: _ASKED,
    T.BANK_ACCOUNT: _ASKED,
    T.ROWS: _EVERYWHERE | {"help", "fields", "min_rows", "max_rows", "row_title"},
    T.ATTRIBUTE: _EVERYWHERE | {"help", "concept"},
    T.CALCULATED: _EVERYWHERE | {"help", "value", "unit"},
    T.HEADING: _EVERYWHERE,
    T.EXPLANATION: _EVERYWHERE | {"text"},
    T.HIDDEN: _EVERYWHERE,
}
