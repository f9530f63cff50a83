"""A form's words in all languages as one CSV: out to a translator, and back in with what would change.

The first columns are the place and the Japanese words it was translated from, then one a language. A blank cell leaves
what there is. Nothing here writes.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import LANGUAGES
from applications.definition.translating import reason_against
from cityhall.errors import DomainError
from cityhall.spreadsheets import BOM, safe_cell

MOST_BYTES: Final = 1_000_000
MOST_ROWS: Final = 5_000
KEY: Final = "key"
JAPANESE: Final = "日本語"
HEADINGS: Final[Mapping[str, str]] = dict(LANGUAGES) | {"ja-easy": "やさしい日本語"}
IN_JAPANESE: Final = {
    "ja-easy": gettext_lazy("やさしい日本語"),
    "en": gettext_lazy("英語"),
    "zh-hans": gettext_lazy("中国語 簡体字"),
    "zh-hant": gettext_lazy("中国語 繁体字"),
    "ko": gettext_lazy("韓国語・朝鮮語"),
    "vi": gettext_lazy("ベトナム語"),
    "pt": gettext_lazy("ポルトガル語"),
    "tl": gettext_lazy("フィリピノ語"),
    "ne": gettext_lazy("ネパール語"),
}
"""For staff, who cannot read every script; their computers may have no letters of it."""
_SEPARATORS: Final = ",;\t"
_GUARD: Final = "'"
Tables = Mapping[str, Mapping[str, str]]
"""Language → place → words."""
Said = Sequence[tuple[str, str]]
"""Place and Japanese words, in the order of the form."""


class WordsFileRefused(DomainError):
    """The file cannot be read; `problems` says where."""

    code = "words_file_refused"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Row:
    """A line of the file: a place, the Japanese it was translated from, words by language."""

    line: int
    place: str
    japanese: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A file read. `ignored` are headings that name no language."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Words that would be written, and what stood there ("" for none)."""

    line: int
    place: str
    japanese: str
    language: str
    before: str
    after: str

    @property
    def language_name(self) -> str:
        return str(IN_JAPANESE[self.language])

    @property
    def written(self) -> str:
        """For `lang`."""
        return "ja" if self.language == "ja-easy" else self.language


@dataclass(frozen=True)
class Left:
    """A line, or words of one, that is not taken, and why."""

    line: int
    japanese: str
    reason: str


@dataclass
class Comparison:
    """What a file would do to the form in work."""

    changes: list[Change] = field(default_factory=list)
    wrong: list[Left] = field(default_factory=list)
    unknown: list[Left] = field(default_factory=list)
    stale: list[Left] = field(default_factory=list)
    same: int = 0

    def tables(self, kept: Tables) -> dict[str, dict[str, str]]:
        """All words of the languages that change."""
        found: dict[str, dict[str, str]] = {}
        for one in self.changes:
            found.setdefault(one.language, dict(kept.get(one.language, {})))[one.place] = one.after
        return found


def header() -> list[str]:
    return [KEY, JAPANESE, *HEADINGS.values()]


def rows(said: Said, kept: Tables) -> Iterator[list[str]]:
    """The lines of the file; nothing in them is a formula."""
    for place, japanese in said:
        yield [_guarded(text) for text in (place, japanese, *(kept.get(code, {}).get(place, "") for code in LANGUAGES))]


def read_table(data: bytes) -> Table:
    """Raises WordsFileRefused with the line of each mistake."""
    if len(data) > MOST_BYTES:
        raise WordsFileRefused([_("ファイルが大きすぎます（1MBまで）。")])
    return table_of(_decoded(data))


def table_of(text: str) -> Table:
    """As `read_table`, for what is text already."""
    lines = _lines(text.removeprefix(BOM))
    first = next(lines, None)
    if first is None:
        raise WordsFileRefused([_("ファイルが空です。")])
    languages, ignored = _columns(first[1])
    found, problems, seen = [], [], dict[str, int]()
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        place = _plain(cells[0])
        if len(cells) != len(first[1]):
            problems.append(
                _("%(line)s行目: 列の数が見出しと違います（見出しは%(most)s列、この行は%(count)s列）。")
                % {"line": number, "most": len(first[1]), "count": len(cells)}
            )
        elif place in seen:
            problems.append(
                _("%(line)s行目: 「%(place)s」は%(first)s行目にもあります。")
                % {"line": number, "place": place, "first": seen[place]}
            )
        else:
            seen[place] = number
            words = {code: _plain(cells[index]) for index, code in languages.items()}
            found.append(Row(number, place, _plain(cells[1]), words))
        if len(found) > MOST_ROWS:
            raise WordsFileRefused([_("行が多すぎます（%(most)s行まで）。") % {"most": MOST_ROWS}])
    if problems:
        raise WordsFileRefused(problems)
    return Table(tuple(found), ignored)


def compare(table: Table, said: Said, kept: Tables, *, most: int | None = None) -> Comparison:
    """What each line would do to the words that are kept."""
    found, japanese = Comparison(), dict(said)
    for row in table.rows:
        words = {code: text for code, text in row.words.items() if text}
        if row.place not in japanese:
            if words:
                found.unknown.append(Left(row.line, row.japanese, row.place))
            continue
        new = {code: text for code, text in words.items() if text != kept.get(code, {}).get(row.place, "")}
        found.same += len(words) - len(new)
        if new and _flat(row.japanese) != _flat(japanese[row.place]):
            found.stale.append(Left(row.line, row.japanese, japanese[row.place]))
        else:
            _sort_in(found, row, japanese[row.place], new, kept, most=most)
    return found


def _sort_in(
    found: Comparison, row: Row, japanese: str, new: Mapping[str, str], kept: Tables, *, most: int | None
) -> None:
    for code, text in new.items():
        if reason := reason_against(row.place, text, japanese, most=most):
            found.wrong.append(Left(row.line, japanese, f"{IN_JAPANESE[code]}：{reason}"))
        else:
            before = kept.get(code, {}).get(row.place, "")
            found.changes.append(Change(row.line, row.place, japanese, code, before, text))


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = _("%(line)s行目: UTF-8の文字として読めません。表計算ソフトでは「CSV UTF-8」で保存してください。")
        raise WordsFileRefused([reason % {"line": line}]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise WordsFileRefused([_("%(line)s行目: 使えない文字があります。CSVで保存してください。") % {"line": line}])
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number as a spreadsheet counts."""
    heading = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error:
        reason = _('%(line)s行目: CSVとして読めません。引用符（"）が閉じているか確かめてください。')
        raise WordsFileRefused([reason % {"line": number + 1}]) from None


def _columns(cells: Sequence[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Index → language, and the headings that name none."""
    names = [_plain(cell) for cell in cells]
    if [name.casefold() for name in names[:2]] != [KEY, JAPANESE]:
        reason = _("1行目: 見出しの1列目は「%(key)s」、2列目は「%(japanese)s」にしてください。")
        raise WordsFileRefused([reason % {"key": KEY, "japanese": JAPANESE}])
    found: dict[int, str] = {}
    ignored = []
    for index, name in enumerate(names[2:], start=2):
        code = _language(name)
        if code in found.values():
            raise WordsFileRefused([_("1行目: 「%(name)s」の列が二つあります。") % {"name": name}])
        if code:
            found[index] = code
        elif name:
            ignored.append(name)
    if not found:
        names_of = "、".join(HEADINGS.values())
        raise WordsFileRefused([_("1行目: 言語の列がありません（%(names)s）。") % {"names": names_of}])
    return found, tuple(ignored)


def _language(name: str) -> str:
    """The code of the language a heading names, "" for none."""
    sought = _flat(name)
    pairs: Iterable[tuple[str, tuple[str, ...]]] = (
        (code, (code, own, HEADINGS[code])) for code, own in LANGUAGES.items()
    )
    return next((code for code, names in pairs if sought in map(_flat, names)), "")


def _flat(text: str) -> str:
    """For comparing: blanks and capitals do not count."""
    return "".join(text.split()).casefold()


def _guarded(text: str) -> str:
    return _GUARD + text if text.startswith(_GUARD) else safe_cell(text)


def _plain(cell: str) -> str:
    """A cell as it was before it was made harmless."""
    text = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.startswith(_GUARD) and _guarded(text[1:]) != text[1:]:
        return text[1:].strip()
    return text
