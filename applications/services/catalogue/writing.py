"""Procedures as files of the catalogue: what `read_catalogue` reads, and reading them back changes nothing.

No names of people and no counts leave the city: only what the public page and the form say. The same
procedures give the same bytes.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.definition import DefinitionError, document_of, form_of
from applications.enums import ProcedureMode
from applications.models import LifeEvent, Procedure
from applications.services.catalogue.memory import CITY_SETTINGS
from applications.services.catalogue.problems import CatalogueError, Problem
from applications.services.catalogue.reading import GUIDES, LIFE_EVENTS, PROCEDURES, read_procedure
from applications.services.catalogue.yaml_files import write_yaml

_TEXTS = (
    "name",
    "name_kana",
    "summary",
    "description",
    "eligibility",
    "deadline",
    "keywords",
    "mode",
    "result_kind",
    "legal_basis",
    "required_papers",
    "applicant_kinds",
    "identity_level",
    "my_number_at_desk",
    "issued_at_once",
    "needs_paper_form",
    "once_per_applicant",
    "once_ever",
    "allows_guests",
)
_NAMES = {"name_kana": "kana"}
_ORDERED_PAGE = ("key", "title", "intro", "visible_when", "fields")
_LOGIC = frozenset({"visible_when", "required_when", "value"})
# a fixed day: the bytes of a ZIP tell nothing of when it was made
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _FILE_MODE = 3, 0o100644 << 16


@dataclass(frozen=True)
class Export:
    """The files of some procedures by their path in a catalogue folder."""

    files: Mapping[str, bytes]

    @property
    def single(self) -> tuple[str, bytes] | None:
        """Name and content when one procedure is all there is to say."""
        paths = [path for path in self.files if path.startswith(PROCEDURES)]
        return (Path(paths[0]).name, self.files[paths[0]]) if len(self.files) == 1 and paths else None


def export(
    procedures: Iterable[Procedure],
    *,
    guides: Iterable[LifeEvent] = (),
    shared_life_events: frozenset[str] = frozenset(),
) -> Export:
    """The files of the procedures and guides, with the life events they point at but for those that every city has.

    Of a life event among `guides` the version in force goes out, whether the public sees it or not.

    Each is read back before it is handed out. Raises CatalogueError for those that cannot be read, such as
    a procedure without a form or without a reading of its name.
    """
    rows = sorted(procedures, key=lambda row: row.key)
    with_guide = sorted((event for event in guides if event.current_guide), key=lambda event: event.key)
    events = {event.key: event for row in rows for event in row.life_events.all()}
    events |= {event.key: event for event in with_guide}
    problems: list[Problem] = []
    files = {f"{PROCEDURES}/{row.key}.yaml": _text(row, frozenset(events), problems).encode() for row in rows}
    if problems:
        raise CatalogueError(problems)
    files |= {f"{GUIDES}/{event.key}.yaml": _guide(event).encode() for event in with_guide}
    if not events.keys() <= shared_life_events:
        ordered = sorted(events.values(), key=lambda event: (event.position, event.key))
        files = {LIFE_EVENTS: write_yaml([_life_event(event) for event in ordered]).encode(), **files}
    return Export(files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP, in the order of their paths."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, date_time=_ZIP_TIME)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _FILE_MODE
            archive.writestr(info, files[path])
    return target.getvalue()


def _text(row: Procedure, life_events: frozenset[str], problems: list[Problem]) -> str:
    """The file of one procedure; what would keep a city from reading it is noted."""
    texts, settings, pages = _texts_of(row), _settings_of(row), _pages_of(row, problems)
    read_procedure(f"{row.key}.yaml", {**texts, **settings, **pages}, life_events, problems)
    note = _("ここから市の設定です。この手続がすでにある市では、その市の設定がすべて残ります。")
    return "".join([write_yaml(texts), f"# {note}\n", write_yaml(settings), write_yaml(pages) if pages else ""])


def _texts_of(row: Procedure) -> dict[str, Any]:
    texts = {_NAMES.get(name, name): getattr(row, name) for name in _TEXTS}
    events = sorted(event.key for event in row.life_events.all())
    notices = {
        "approval_notice": row.approval_notice_type.key if row.approval_notice_type else "",
        "refusal_notice": row.refusal_notice_type.key if row.refusal_notice_type else "",
    }
    return {"key": row.key} | _said(texts | {"life_events": events} | notices)


def _settings_of(row: Procedure) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in CITY_SETTINGS} | {"department": row.department.code}
    said = {name: _moment(value) if isinstance(value, dt.datetime) else value for name, value in values.items()}
    return {"keep_settings": True} | _said(said)


def _pages_of(row: Procedure, problems: list[Problem]) -> dict[str, Any]:
    version = row.current_version
    if version is None or row.mode == ProcedureMode.GUIDE_ONLY:
        return {}
    try:
        document = document_of(form_of(version))
    except DefinitionError as error:
        problems += [Problem(f"{row.key}.yaml", f"pages ({one.where})", one.message) for one in error.problems]
        return {}
    note = {"change_note": version.change_note} if version.change_note else {}
    words = {language: _sorted(table) for language, table in sorted(document.get("translations", {}).items())}
    return note | {"pages": [_page(page) for page in document["pages"]]} | ({"translations": words} if words else {})


def _page(page: Mapping[str, Any]) -> dict[str, Any]:
    """A page with its questions last. A database may give a document back in another order."""
    return {name: _sorted_logic(name, page[name]) for name in _ORDERED_PAGE if name in page}


def _sorted_logic(name: str, value: Any) -> Any:
    if name == "fields":
        return [{key: _sorted_logic(key, part) for key, part in field.items()} for field in value]
    return _sorted(value) if name in _LOGIC else value


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(part) for part in value] if isinstance(value, list) else value


def _guide(event: LifeEvent) -> str:
    version = event.current_guide
    if version is None:
        return ""
    note = {"change_note": version.change_note} if version.change_note else {}
    return write_yaml({**note, **version.definition})


def _life_event(event: LifeEvent) -> dict[str, Any]:
    return {"key": event.key} | _said(
        {"name": event.name, "summary": event.summary, "position": event.position, "names": dict(event.names)}
    )


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is not empty: the rest says nothing."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, False)}


def _moment(value: dt.datetime) -> str:
    local = timezone.localtime(value)
    is_round = not (local.second or local.microsecond)
    return local.strftime("%Y-%m-%d %H:%M") if is_round else local.isoformat(sep=" ")
