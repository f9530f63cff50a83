"""What a load would do to each procedure, worked out before anything is written."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from applications.definition import DefinitionError, Form, document_of, fingerprint, form_of
from applications.enums import Channel, ProcedureMode, ProcedureState
from applications.models import LifeEvent, Procedure
from applications.search import search_text
from applications.services.catalogue import memory
from applications.services.catalogue.differences import Change, ChangeKind, column_label, column_lines, form_lines
from applications.services.catalogue.memory import CITY_SETTINGS
from applications.services.catalogue.problems import Problem
from applications.services.catalogue.reading import ProcedureEntry
from cityhall.models import Department
from notices.models import NoticeType
from residents.enums import IdentityLevel

_SEARCHED = ("name", "name_kana", "summary", "keywords")


@dataclass(frozen=True)
class Wishes:
    """What the person who loads asks for beside the files."""

    departments: Mapping[str, str] = field(default_factory=dict)
    """Code in the files → code of this city."""
    replace: Collection[str] = ()
    """Procedures whose own form and texts give way to the file's."""
    publishes: bool = True
    """Whether a new procedure gets the state of its file; otherwise it is in preparation."""


@dataclass(frozen=True)
class Plan:
    """What becomes of one procedure. `form` is published, `values` are written, `life_events` set."""

    entry: ProcedureEntry
    row: Procedure | None
    change: Change
    values: dict[str, Any]
    memory: dict[str, Any]
    form: Form | None = None
    life_events: tuple[LifeEvent, ...] | None = None
    has_own_form: bool = False


class Ground:
    """What the rows of all files need from the database, read once.

    `to_come` are life events and notice types that are made before the procedures are written.
    """

    def __init__(self, entries: Sequence[ProcedureEntry], *, to_come: Iterable[LifeEvent | NoticeType] = ()) -> None:
        keys = [entry.key for entry in entries]
        coming = list(to_come)
        self.departments = {row.code: row for row in Department.objects.all()}
        self.notice_types = {row.key: row for row in coming if isinstance(row, NoticeType)}
        self.notice_types |= {row.key: row for row in NoticeType.objects.all()}
        self.life_events = {row.key: row for row in coming if isinstance(row, LifeEvent)}
        self.life_events |= {row.key: row for row in LifeEvent.objects.all()}
        rows = Procedure.objects.filter(key__in=keys).select_related(
            "current_version", "department", "approval_notice_type", "refusal_notice_type"
        )
        self.procedures = {row.key: row for row in rows.prefetch_related("life_events")}

    def department(self, entry: ProcedureEntry, wishes: Wishes) -> Department | None:
        code = entry.settings["department"]
        return self.departments.get(wishes.departments.get(code, code))

    def problems(self, entry: ProcedureEntry, wishes: Wishes) -> Iterator[Problem]:
        """What the file names and the database does not have."""
        row = self.procedures.get(entry.key)
        if row is None and self.department(entry, wishes) is None:
            reason = _("課 %(code)s が登録されていません。先に課を登録してください。")
            yield Problem(entry.file, "department", reason % {"code": entry.settings["department"]})
        for name in ("approval_notice", "refusal_notice"):
            key = getattr(entry, name)
            if key and key not in self.notice_types:
                yield Problem(entry.file, name, _("通知の種類 %(key)s がありません。") % {"key": key})
        for key in entry.life_events:
            if key not in self.life_events:
                yield Problem(entry.file, "life_events", _("ライフイベント %(key)s がありません。") % {"key": key})
        if row is not None:
            yield from _too_few_seats(row, entry)

    def texts(self, entry: ProcedureEntry) -> dict[str, Any]:
        """The columns that follow the file until the city changes them."""
        texts = {name: value for name, value in entry.texts.items() if name != "search_text"}
        return texts | {
            "approval_notice_type": self.notice_types.get(entry.approval_notice),
            "refusal_notice_type": self.notice_types.get(entry.refusal_notice),
        }


def plan(entry: ProcedureEntry, ground: Ground, wishes: Wishes) -> Plan:
    """What becomes of the procedure. The ground has no problem with the file."""
    row = ground.procedures.get(entry.key)
    return _creation(entry, ground, wishes) if row is None else _update(row, entry, ground, wishes)


def _creation(entry: ProcedureEntry, ground: Ground, wishes: Wishes) -> Plan:
    settings = {**entry.settings, "department": ground.department(entry, wishes)}
    texts = ground.texts(entry)
    values = {**texts, **settings, "search_text": entry.texts["search_text"]}
    if not wishes.publishes:
        values["state"] = ProcedureState.DRAFT.value
    lines = form_lines(None, entry.form) if entry.form else []
    known = memory.remembered(
        {}, settings=settings, texts={**texts, "life_events": sorted(entry.life_events)}, form=_print(entry.form)
    )
    return Plan(
        entry,
        None,
        Change(entry.key, entry.texts["name"], ChangeKind.NEW, lines=lines),
        values,
        known,
        form=entry.form,
        life_events=tuple(ground.life_events[key] for key in entry.life_events),
    )


def _update(row: Procedure, entry: ProcedureEntry, ground: Ground, wishes: Wishes) -> Plan:
    change = Change(entry.key, entry.texts["name"])
    is_asked = entry.key in wishes.replace
    settings = _settings(row, entry, ground, wishes, change)
    texts = _texts(row, {**ground.texts(entry), "life_events": sorted(entry.life_events)}, change, is_asked=is_asked)
    _settle(row, settings, texts, change)
    has_own_form = memory.is_own_form(row) and _differs(row, entry.form)
    takes_form = entry.form is not None and (is_asked or not memory.is_own_form(row))
    if has_own_form and not takes_form:
        change.own.insert(0, _("様式"))
    form = entry.form if takes_form and _differs(row, entry.form) else None
    if form is not None:
        change.lines += form_lines(_form_of(row), form)
    known = memory.remembered(
        row.catalogue_settings, settings=settings, texts=texts, form=_print(entry.form) if takes_form else ""
    )
    events = texts.pop("life_events", None)
    values = {**texts, **settings, "search_text": _search_text(row, texts)}
    change.lines += column_lines(row, values)
    change.lines += _life_event_lines(row, events)
    change.kind = ChangeKind.CHANGED if change.lines else ChangeKind.UNCHANGED
    return Plan(
        entry,
        row,
        change,
        {name: value for name, value in values.items() if getattr(row, name) != value},
        known,
        form=form,
        life_events=None if events is None else tuple(ground.life_events[key] for key in events),
        has_own_form=has_own_form,
    )


def _settings(row: Procedure, entry: ProcedureEntry, ground: Ground, wishes: Wishes, change: Change) -> dict[str, Any]:
    """The settings that follow the file; of the others those that differ are noted as kept."""
    taken = {}
    for name in CITY_SETTINGS:
        value = ground.department(entry, wishes) if name == "department" else entry.settings[name]
        is_unknown = name == "department" and value is None
        if entry.keeps_settings or is_unknown or memory.is_own_setting(row, name):
            if memory.plain(value) != memory.setting_of(row, name):
                change.kept.append(column_label(Procedure, name))
        else:
            taken[name] = value
    return taken


def _texts(row: Procedure, new: Mapping[str, Any], change: Change, *, is_asked: bool) -> dict[str, Any]:
    """The texts that follow the file; of the others those that differ are noted as the city's own."""
    taken = {}
    for name, value in new.items():
        if is_asked or not memory.is_own_text(row, name):
            taken[name] = value
        elif memory.plain_text(value) != memory.text_of(row, name):
            change.own.append(column_label(Procedure, name))
    return taken


def _settle(row: Procedure, settings: dict[str, Any], texts: dict[str, Any], change: Change) -> None:
    """Where the city's value and the file's cannot stand together, all columns of that rule stay the city's."""

    def value(name: str) -> Any:
        return texts.get(name, settings.get(name, getattr(row, name)))

    opens, closes = value("opens_at"), value("closes_at")
    is_guide = value("mode") == ProcedureMode.GUIDE_ONLY
    for names, is_wrong in (
        (("opens_at", "closes_at"), bool(opens and closes and closes <= opens)),
        (("allows_guests", "identity_level"), value("allows_guests") and value("identity_level") != IdentityLevel.NONE),
        (("mode", "channels"), is_guide == (Channel.ONLINE in value("channels"))),
        (("capacity", "has_waiting_list"), value("has_waiting_list") and value("capacity") is None),
    ):
        if not is_wrong:
            continue
        for name in names:
            for part in (settings, texts):
                if part.pop(name, None) is not None:
                    change.kept.append(column_label(Procedure, name))


def _too_few_seats(row: Procedure, entry: ProcedureEntry) -> Iterator[Problem]:
    """More places are taken than the file offers, where its number would be taken over."""
    capacity = entry.settings["capacity"]
    is_kept = entry.keeps_settings or memory.is_own_setting(row, "capacity")
    if not is_kept and capacity is not None and capacity < row.taken_seats:
        reason = _("すでに%(taken)s人を受け付けているため、定員を%(capacity)s人にできません。")
        yield Problem(entry.file, "capacity", reason % {"taken": row.taken_seats, "capacity": capacity})


def _differs(row: Procedure, form: Form | None) -> bool:
    if form is None:
        return False
    return row.current_version is None or row.current_version.sha256 != _print(form)


def _print(form: Form | None) -> str:
    return "" if form is None else fingerprint(document_of(form))


def _form_of(row: Procedure) -> Form | None:
    if row.current_version is None:
        return None
    try:
        return form_of(row.current_version)
    except DefinitionError:
        # a version of an older schema: every question shows as new
        return None


def _search_text(row: Procedure, texts: Mapping[str, Any]) -> str:
    name, kana, summary, keywords = (texts.get(column, getattr(row, column)) for column in _SEARCHED)
    return search_text([name, kana, summary, *keywords])


def _life_event_lines(row: Procedure, events: Sequence[str] | None) -> list[str]:
    old = memory.text_of(row, "life_events")
    if events is None or old == events:
        return []
    label = column_label(Procedure, "life_events")
    none = _("（なし）")
    words = {"label": label, "old": "、".join(old) or none, "new": "、".join(events) or none}
    return [_("%(label)s: %(old)s → %(new)s") % words]
