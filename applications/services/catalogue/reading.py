"""From the files of a catalogue to checked values; the database is not asked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from applications.conditions import check
from applications.definition import DefinitionError, Form, parse
from applications.enums import ApplicantKind, Channel, ProcedureMode, ProcedureState, ResultKind, usual_channels
from applications.search import search_text
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.reader import Reader
from applications.services.catalogue.yaml_files import read_yaml
from residents.enums import IdentityLevel

LIFE_EVENTS = "life_events.yaml"
PROCEDURES = "procedures"
_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_KANA = re.compile(r"[ぁ-ゖー・0-9]+")


@dataclass(frozen=True)
class LifeEventEntry:
    """One life event of the catalogue."""

    key: str
    name: str
    summary: str
    position: int


@dataclass(frozen=True)
class ProcedureEntry:
    """One file. `texts` are columns the catalogue owns, `settings` columns a city may change and keep."""

    file: str
    key: str
    texts: dict[str, Any]
    settings: dict[str, Any]
    life_events: tuple[str, ...]
    approval_notice: str
    refusal_notice: str
    form: Form | None
    change_note: str


@dataclass(frozen=True)
class Catalogue:
    """All files of a folder."""

    life_events: tuple[LifeEventEntry, ...]
    procedures: tuple[ProcedureEntry, ...]


def read_catalogue(folder: Path) -> Catalogue:
    """Read and check every file of the folder. Raises CatalogueError with all problems of all files."""
    problems: list[Problem] = []
    life_events = _life_events(folder / LIFE_EVENTS, problems)
    known = {event.key for event in life_events}
    files = sorted((folder / PROCEDURES).glob("*.yaml"))
    procedures = [entry for path in files if (entry := _procedure(path, known, problems))]
    if problems:
        raise CatalogueError(problems)
    return Catalogue(tuple(life_events), tuple(procedures))


def _document(path: Path, problems: list[Problem]) -> Any:
    """The file's content; None when it cannot be read, which is noted."""
    try:
        return read_yaml(path)
    except CatalogueError as error:
        problems.extend(error.problems)
        return None


def _life_events(path: Path, problems: list[Problem]) -> list[LifeEventEntry]:
    rows = _document(path, problems)
    if rows is None:
        return []
    if not isinstance(rows, list):
        problems.append(Problem(path.name, "", _("一覧にしてください。")))
        return []
    entries = []
    for index, row in enumerate(rows):
        reader = Reader(row, file=path.name, path=f"[{index}]", problems=problems)
        entries.append(
            LifeEventEntry(
                key=_key(reader, most=40),
                name=reader.text("name", needed=True, most=60),
                summary=reader.text("summary", most=120),
                position=reader.count("position") or 0,
            )
        )
        reader.refuse_rest()
    twice = _repeats(entry.key for entry in entries)
    problems.extend(Problem(path.name, "", _("キー %(key)s が二度あります。") % {"key": key}) for key in twice)
    return entries


def _procedure(path: Path, life_events: set[str], problems: list[Problem]) -> ProcedureEntry | None:
    document = _document(path, problems)
    if document is None:
        return None
    reader = Reader(document, file=path.name, path="", problems=problems)
    key = _key(reader, most=60)
    if key != path.stem:
        reader.note("key", _("キーはファイル名（%(name)s）と同じにしてください。") % {"name": path.stem})
    events = reader.texts("life_events")
    for unknown in sorted(set(events) - life_events):
        reader.note("life_events", _("%(key)s は life_events.yaml にありません。") % {"key": unknown})
    settings = _settings(reader)
    entry = ProcedureEntry(
        file=path.name,
        key=key,
        texts=_texts(reader),
        settings=settings,
        life_events=tuple(events),
        approval_notice=reader.text("approval_notice", most=60),
        refusal_notice=reader.text("refusal_notice", most=60),
        form=_form(reader),
        change_note=reader.text("change_note", most=200),
    )
    _check_whole(reader, entry)
    reader.refuse_rest()
    return entry


def _texts(reader: Reader) -> dict[str, Any]:
    name = reader.text("name", needed=True, most=100)
    kana = reader.text("kana", needed=True, most=200)
    if kana and not _KANA.fullmatch(kana):
        reader.note("kana", _("ひらがなで、空白を入れずに書いてください。"))
    summary = reader.text("summary", needed=True, most=300)
    keywords = reader.texts("keywords", most=40)
    return {
        "name": name,
        "name_kana": kana,
        "summary": summary,
        "description": reader.text("description", most=5000),
        "eligibility": reader.text("eligibility", most=2000),
        "deadline": reader.text("deadline", most=200),
        "keywords": keywords,
        "search_text": search_text([name, kana, summary, *keywords]),
        "mode": reader.one_of("mode", ProcedureMode, ProcedureMode.ONLINE),
        "result_kind": reader.one_of("result_kind", ResultKind, ResultKind.NOTICE),
        "legal_basis": reader.text("legal_basis", most=200),
        "required_papers": reader.texts("required_papers"),
        "applicant_kinds": reader.some_of("applicant_kinds", ApplicantKind),
        "identity_level": reader.one_of("identity_level", IdentityLevel, IdentityLevel.EMAIL),
        "my_number_at_desk": reader.flag("my_number_at_desk"),
        "once_per_applicant": reader.flag("once_per_applicant"),
    }


def _settings(reader: Reader) -> dict[str, Any]:
    retention = reader.count("retention_years", least=1, most=100)
    return {
        "department": reader.text("department", needed=True, most=30),
        "state": reader.one_of("state", ProcedureState, ProcedureState.DRAFT),
        "channels": _channels(reader),
        "fee": reader.text("fee", needed=True, most=100),
        "standard_days": reader.count("standard_days", least=1, most=1000),
        "needs_approval": reader.flag("needs_approval"),
        "retention_years": 5 if retention is None else retention,
        "opens_at": reader.moment("opens_at"),
        "closes_at": reader.moment("closes_at"),
        "position": reader.count("position") or 0,
    }


def _channels(reader: Reader) -> list[str]:
    """In the order of the enumeration, as the admin stores them; left out: what goes with the mode."""
    named = set(reader.some_of("channels", Channel))
    if not named:
        is_guide = reader.data.get("mode") == ProcedureMode.GUIDE_ONLY
        named = {Channel.COUNTER.value} if is_guide else set(usual_channels())
    return [channel for channel in Channel.values if channel in named]


def _form(reader: Reader) -> Form | None:
    pages = reader.take("pages")
    if pages is None:
        return None
    form: Form | None = None
    try:
        form = parse({"schema": 1, "pages": pages})
        problems = tuple(check(form))
    except DefinitionError as error:
        problems = error.problems
    for problem in problems:
        reader.note(f"pages ({problem.where})", problem.message)
    return form


def _check_whole(reader: Reader, entry: ProcedureEntry) -> None:
    """Rules between the settings of one file."""
    is_guide = entry.texts["mode"] == ProcedureMode.GUIDE_ONLY
    if is_guide and reader.data.get("pages") is not None:
        reader.note("pages", _("案内のみの手続に質問は書けません。"))
    if not is_guide and reader.data.get("pages") is None:
        reader.note("pages", _("質問がありません。案内だけの手続は mode を guide_only にしてください。"))
    if is_guide == (Channel.ONLINE in entry.settings["channels"]):
        reader.note("channels", _("online は、案内のみの手続では書けず、ほかの手続では必要です。"))
    opens, closes = entry.settings["opens_at"], entry.settings["closes_at"]
    if opens and closes and closes <= opens:
        reader.note("closes_at", _("受付終了は受付開始より後にしてください。"))


def _key(reader: Reader, *, most: int) -> str:
    key = reader.text("key", needed=True, most=most)
    if key and not _KEY.fullmatch(key):
        reader.note("key", _("キーは英小文字・数字・ハイフンで書いてください。"))
    return key


def _repeats(keys: Iterable[str]) -> list[str]:
    counted = list(keys)
    return sorted({key for key in counted if key and counted.count(key) > 1})
