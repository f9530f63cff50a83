"""From the files of a catalogue to checked values; the database is not asked."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from applications.definition import LANGUAGES, DefinitionError, Form, parse, unknown_places, with_words
from applications.definition import Problem as DefinitionProblem
from applications.enums import ApplicantKind, Channel, FeeDue, ProcedureMode, ProcedureState, ResultKind, usual_channels
from applications.fees import fee_problems
from applications.publishable import publishing_problems
from applications.search import READING, search_text
from applications.services.catalogue.glossaries import Words, glossaries
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.reader import Reader
from applications.services.catalogue.yaml_files import read_yaml
from residents.enums import IdentityLevel

LIFE_EVENTS = "life_events.yaml"
PROCEDURES = "procedures"
GUIDES = "guides"
"""The folder of the guides, one file a life event; they are read by `catalogue.guides`."""
_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class LifeEventEntry:
    """One life event of the catalogue."""

    key: str
    name: str
    summary: str
    position: int
    names: Mapping[str, str] = field(default_factory=dict)
    """Language → name."""


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
    # the file comes from another city: a procedure that stands here already keeps all its settings
    keeps_settings: bool = False


@dataclass(frozen=True)
class CatalogueFiles:
    """The files of a catalogue as bytes, wherever they come from. Procedures by the name of their file."""

    procedures: Mapping[str, bytes]
    life_events: bytes | None = None
    is_single: bool = False
    """One file that a person sent: browsers rename what they save twice."""
    guides: Mapping[str, bytes] = field(default_factory=dict)
    allows_references: bool = False
    """Files of a folder on the server may name a part of themselves again; uploaded files may not."""


@dataclass(frozen=True)
class Catalogue:
    """All files of a folder or package, and what is wrong in them. A file with a mistake gives no entry."""

    life_events: tuple[LifeEventEntry, ...]
    procedures: tuple[ProcedureEntry, ...]
    problems: tuple[Problem, ...] = field(default=())


def read_catalogue(folder: Path) -> Catalogue:
    """Read and check every file of the folder. Raises CatalogueError with all problems of all files."""
    try:
        paths = sorted((folder / PROCEDURES).glob("*.yaml"))
        files = CatalogueFiles(
            {path.name: path.read_bytes() for path in paths},
            (folder / LIFE_EVENTS).read_bytes(),
            allows_references=True,
        )
    except OSError as error:
        name = Path(str(error.filename)).name
        raise CatalogueError([Problem(name, "", error.strerror or str(error))]) from None
    catalogue = read_files(files)
    problems = list(catalogue.problems)
    words = glossaries(folder, problems)
    if problems:
        raise CatalogueError(problems)
    return replace(
        catalogue,
        procedures=tuple(_translated(entry, words) for entry in catalogue.procedures),
        life_events=tuple(with_names(event, words) for event in catalogue.life_events),
    )


def with_names(event: LifeEventEntry, words: Words) -> LifeEventEntry:
    """The life event with its names in the languages of the glossaries, where its file has none."""
    said = {language: table[event.name] for language, table in words.items() if event.name in table}
    return replace(event, names=said | dict(event.names))


def _translated(entry: ProcedureEntry, words: Words) -> ProcedureEntry:
    return entry if entry.form is None else replace(entry, form=with_words(entry.form, words, name=entry.texts["name"]))


def read_files(files: CatalogueFiles, *, known_life_events: Collection[str] = ()) -> Catalogue:
    """Read and check every file; `problems` names the mistakes. `known_life_events` need not be among the files."""
    problems: list[Problem] = []
    rows = [] if files.life_events is None else _document(files, LIFE_EVENTS, files.life_events, problems)
    life_events = _life_events(rows, problems)
    known = {event.key for event in life_events} | set(known_life_events)
    procedures = [
        read_procedure(name, document, known, problems, may_be_named_anyhow=files.is_single)
        for name, data in files.procedures.items()
        if (document := _document(files, name, data, problems)) is not None
    ]
    wrong = {problem.file for problem in problems}
    good = tuple(entry for entry in procedures if entry and entry.file not in wrong)
    return Catalogue(tuple(life_events), good, tuple(problems))


def _document(files: CatalogueFiles, name: str, data: bytes, problems: list[Problem]) -> Any:
    """The file's content; None when it cannot be read, which is noted."""
    try:
        return read_yaml(name, data, allows_references=files.allows_references)
    except CatalogueError as error:
        problems.extend(error.problems)
        return None


def _life_events(rows: Any, problems: list[Problem]) -> list[LifeEventEntry]:
    if rows is None:
        return []
    if not isinstance(rows, list):
        problems.append(Problem(LIFE_EVENTS, "", _("一覧にしてください。")))
        return []
    entries = []
    for index, row in enumerate(rows):
        reader = Reader(row, file=LIFE_EVENTS, path=f"[{index}]", problems=problems)
        entries.append(
            LifeEventEntry(
                key=_key(reader, most=40),
                name=reader.text("name", needed=True, most=60),
                summary=reader.text("summary", most=120),
                position=reader.count("position") or 0,
                names=_names(reader),
            )
        )
        reader.refuse_rest()
    twice = _repeats(entry.key for entry in entries)
    problems.extend(Problem(LIFE_EVENTS, "", _("キー %(key)s が二度あります。") % {"key": key}) for key in twice)
    return entries


def _names(reader: Reader) -> Mapping[str, str]:
    """Names in other languages; mistakes are noted."""
    found = reader.take("names")
    if found is None:
        return {}
    is_table = isinstance(found, dict) and all(
        code in LANGUAGES and isinstance(text, str) and 0 < len(text.strip()) <= 60 for code, text in found.items()
    )
    if not is_table:
        reader.note("names", _("言語と名称（60文字まで）の組にしてください。"))
        return {}
    return dict(found)


def read_procedure(
    name: str,
    document: object,
    life_events: Collection[str],
    problems: list[Problem],
    *,
    may_be_named_anyhow: bool = False,
) -> ProcedureEntry:
    """The entry of a file's document; mistakes are noted."""
    reader = Reader(document, file=name, path="", problems=problems)
    key = _key(reader, most=60)
    if key != Path(name).stem and not may_be_named_anyhow:
        reader.note("key", _("キーはファイル名（%(name)s）と同じにしてください。") % {"name": Path(name).stem})
    events = reader.texts("life_events")
    for unknown in sorted(set(events) - set(life_events)):
        reader.note("life_events", _("%(key)s は life_events.yaml にありません。") % {"key": unknown})
    settings = _settings(reader)
    entry = ProcedureEntry(
        file=name,
        key=key,
        texts=_texts(reader),
        settings=settings,
        life_events=tuple(events),
        approval_notice=reader.text("approval_notice", most=60),
        refusal_notice=reader.text("refusal_notice", most=60),
        form=_form(reader),
        change_note=reader.text("change_note", most=200),
        keeps_settings=reader.flag("keep_settings"),
    )
    _check_whole(reader, entry)
    reader.refuse_rest()
    return entry


def _texts(reader: Reader) -> dict[str, Any]:
    name = reader.text("name", needed=True, most=100)
    kana = reader.text("kana", needed=True, most=200)
    if kana and not READING.fullmatch(kana):
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
        "issued_at_once": reader.flag("issued_at_once"),
        "needs_paper_form": reader.flag("needs_paper_form"),
        "once_per_applicant": reader.flag("once_per_applicant"),
        "once_ever": reader.flag("once_ever"),
        "allows_guests": reader.flag("allows_guests"),
    }


def _settings(reader: Reader) -> dict[str, Any]:
    retention = reader.count("retention_years", least=1, most=100)
    return {
        "department": reader.text("department", needed=True, most=30),
        "state": reader.one_of("state", ProcedureState, ProcedureState.DRAFT),
        "channels": _channels(reader),
        "fee": reader.text("fee", most=100),
        "fees": reader.take("fees") or [],
        "fee_due": reader.one_of("fee_due", FeeDue, FeeDue.BEFORE_DECISION),
        "standard_days": reader.count("standard_days", least=1, most=1000),
        "needs_approval": reader.flag("needs_approval"),
        "retention_years": 5 if retention is None else retention,
        "opens_at": reader.moment("opens_at"),
        "closes_at": reader.moment("closes_at"),
        "capacity": reader.count("capacity", least=1, most=1_000_000),
        "has_waiting_list": reader.flag("has_waiting_list"),
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
        words = reader.take("translations")
        form = parse({"schema": 1, "pages": pages, "translations": words})
        problems = tuple(publishing_problems(form))
        problems += tuple(
            DefinitionProblem("translations", _("様式にない項目です: %(place)s") % {"place": place})
            for place in unknown_places(words, form)
        )
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
    if entry.texts["allows_guests"] and entry.texts["identity_level"] != IdentityLevel.NONE:
        reader.note("allows_guests", _("true にできるのは、identity_level が none の手続だけです。"))
    for problem in fee_problems(entry.settings["fees"], entry.form) if entry.form or is_guide else ():
        reader.note(problem.where, problem.message)
    if entry.settings["has_waiting_list"] and entry.settings["capacity"] is None:
        reader.note("has_waiting_list", _("キャンセル待ちには定員（capacity）が必要です。"))


def _key(reader: Reader, *, most: int) -> str:
    key = reader.text("key", needed=True, most=most)
    if key and not _KEY.fullmatch(key):
        reader.note("key", _("キーは英小文字・数字・ハイフンで書いてください。"))
    return key


def _repeats(keys: Iterable[str]) -> list[str]:
    counted = list(keys)
    return sorted({key for key in counted if key and counted.count(key) > 1})
