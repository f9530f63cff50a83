"""Procedures made, copied, set, opened and closed by the staff."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.definition import fingerprint
from applications.designer.keys import highest_number
from applications.designer.places import new_document
from applications.enums import ApplicantKind, Channel, ProcedureMode, ProcedureState, ResultKind
from applications.models import FormDesign, LifeEvent, Procedure
from applications.queries.designing import design_of, may_set_guards
from applications.search import search_text
from applications.services.finding import procedures_changed
from applications.services.seats import BelowTaken, set_capacity
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.ids import short_code
from cityhall.models import Department, User
from cityhall.services import audit
from residents.enums import IdentityLevel

_OWN = frozenset(
    {"id", "key", "name", "department", "state", "current_version", "taken_seats", "short_code", "created_at"}
    | {"catalogue_settings", "search_text", "opens_at", "closes_at"}
)
"""Columns that a copy does not take over."""
GUARDS = ("needs_approval", "identity_level", "retention_years", "allows_guests")
"""Settings that keep the examination honest: whoever examines does not loosen them alone."""
_CONSTRAINTS = {
    "procedure_closes_after_opening": _("受付終了は受付開始より後にしてください。"),
    "procedure_seats_within_capacity": _("定員は、受付済みの人数より少なくできません。"),
    "procedure_published_has_form": _("公開するには様式が必要です。先に、下書きを新しい版にしてください。"),
}


class KeyTaken(DomainError):
    """Another procedure has this key."""

    code = "key_taken"
    message = _("このキーは、ほかの手続で使われています。別のキーを入力してください。")


class SettingsRefused(DomainError):
    """The database knows a rule that the settings break."""

    code = "settings_refused"


class GuardsRefused(DomainError):
    """Somebody who examines wants to change how strictly is examined."""

    code = "guards_refused"
    message = _(
        "決裁、本人確認、保存年数、利用者登録なしの申請の設定は、所管課の決裁者か管理者だけが変えられます。"
        "変更が必要なときは、決裁者に依頼してください。"
    )


class SettingsChanged(StaleState):
    """Somebody else saved the settings first."""

    code = "settings_changed"
    message = _(
        "別の画面で、この手続の設定が先に変更されました。入力した内容はまだ保存されていません。"
        "最新の設定を確認してから、もう一度保存してください。"
    )


def new_procedure_key() -> str:
    """A key for those who do not want to think of one."""
    return f"tetsuzuki-{short_code()}"


def create_procedure(
    *, key: str, name: str, name_kana: str, summary: str, department: Department, by: User
) -> Procedure:
    """A procedure in preparation with an empty form, decided by two. Audited. Raises KeyTaken."""
    values: dict[str, Any] = {
        "name_kana": name_kana,
        "summary": summary,
        "applicant_kinds": [ApplicantKind.PERSON.value],
        # what comes of a new procedure is a letter of decision (the column's default): two people answer for it
        "needs_approval": True,
    }
    return _create(key, name, department, values, document=new_document(), events=[], by=by)


def create_survey_form(
    *, key: str, name: str, department: Department, document: dict[str, Any] | None, by: User
) -> Procedure:
    """The procedure that holds the questions of an internal survey, with an empty form or this one. Audited.

    It stays in preparation: the survey says who answers when, and no list shows it. Raises KeyTaken.
    """
    values: dict[str, Any] = {
        "summary": name,
        "applicant_kinds": [ApplicantKind.STAFF.value],
        "identity_level": IdentityLevel.NONE,
        "channels": [Channel.ONLINE.value],
        "result_kind": ResultKind.NONE,
    }
    form = document or new_document(title=str(_("回答")))
    return _create(key, name, department, values, document=form, events=[], by=by)


def rename_survey_form(pk: int, name: str) -> None:
    """The form of a survey is called as the survey is: those who answer read it above the questions."""
    Procedure.objects.filter(pk=pk).update(name=name, summary=name, search_text=search_text([name]))


def retire_survey_form(procedure: Procedure) -> None:
    """What is left of a deleted survey: frozen versions, which nobody can file."""
    name = _("（削除した照会）%(name)s") % {"name": procedure.name}
    Procedure.objects.filter(pk=procedure.pk).update(name=name[:100], state=ProcedureState.CLOSED)


def copy_procedure(*, source: Procedure, key: str, name: str, department: Department, by: User) -> Procedure:
    """A procedure in preparation with the settings and the form in work of another. Audited. Raises KeyTaken.

    Versions, places taken, opening period and the catalogue's memory stay with the original.
    """
    columns = [column for column in Procedure._meta.concrete_fields if column.name not in _OWN]
    values = {column.name: getattr(source, column.name) for column in columns}
    events = list(source.life_events.all())
    return _create(key, name, department, values, document=design_of(source).document, events=events, by=by)


def _create(
    key: str,
    name: str,
    department: Department,
    values: dict[str, Any],
    *,
    document: dict[str, Any],
    events: Sequence[LifeEvent],
    by: User,
) -> Procedure:
    texts = [name, values.get("name_kana", ""), values["summary"], *values.get("keywords", [])]
    try:
        with transaction.atomic():
            row = Procedure.objects.create(
                key=key, name=name, department=department, search_text=search_text(texts), **values
            )
            row.life_events.set(events)
            FormDesign.objects.create(
                procedure=row, document=document, key_count=highest_number(document), changed_by=by
            )
            _record(row, by, AuditAction.CREATE)
    except IntegrityError as error:
        if violated(error) == "applications_procedure_key_key":
            raise KeyTaken from None
        raise
    return row


def settings_seen(procedure: Procedure, names: Sequence[str]) -> str:
    """A mark of the settings as a page shows them: a save names it, and is refused when they are others by then."""
    # a foreign key by its number: its row is not needed
    columns = {column.name: column.attname for column in Procedure._meta.concrete_fields}
    values = {name: str(getattr(procedure, columns[name])) for name in names}
    values["life_events"] = ",".join(sorted(str(event.pk) for event in procedure.life_events.all()))
    return fingerprint(values)


def change_settings(
    *, procedure: Procedure, values: Mapping[str, Any], life_events: Sequence[LifeEvent], seen: str, by: User
) -> list[str]:
    """Write the settings that differ; their names. Audited by name.

    Locks the procedure's row. Raises SettingsChanged when the settings are not those of `seen`,
    GuardsRefused when a handler changes one of `GUARDS`, SettingsRefused for what a constraint of the
    database refuses.
    """
    try:
        with transaction.atomic():
            row = Procedure.objects.select_for_update().get(pk=procedure.pk)
            if settings_seen(row, list(values)) != seen:
                raise SettingsChanged
            changed = {name: value for name, value in values.items() if getattr(row, name) != value}
            if changed.keys() & set(GUARDS) and not may_set_guards(by, row):
                raise GuardsRefused
            names = list(changed)
            if {"name", "name_kana", "summary", "keywords"} & changed.keys():
                changed["search_text"] = search_text(
                    [values["name"], values["name_kana"], values["summary"], *values["keywords"]]
                )
            if "capacity" in changed:
                set_capacity(row, changed.pop("capacity"), now=timezone.now())
            if changed:
                Procedure.objects.filter(pk=row.pk).update(**changed)
            if {event.pk for event in row.life_events.all()} != {event.pk for event in life_events}:
                row.life_events.set(life_events)
                names.append("life_events")
            if names:
                _record(row, by, AuditAction.CHANGE, changed_fields=names)
                procedures_changed()
    except BelowTaken as error:
        raise SettingsRefused(str(error)) from None
    except IntegrityError as error:
        raise _refusal(error) from None
    return names


def set_state(*, procedure: Procedure, expected: str, state: ProcedureState, by: User) -> None:
    """Open or close a procedure, by conditional update. Audited. Raises StaleState, SettingsRefused."""
    if procedure.is_survey:
        raise SettingsRefused(_("庁内照会の様式です。受付は、照会のページで始めたり締め切ったりしてください。"))
    is_guide = procedure.mode == ProcedureMode.GUIDE_ONLY
    if state == ProcedureState.PUBLISHED and not is_guide and procedure.current_version_id is None:
        raise SettingsRefused(_CONSTRAINTS["procedure_published_has_form"])
    try:
        with transaction.atomic():
            if not Procedure.objects.filter(pk=procedure.pk, state=expected).update(state=state):
                raise StaleState
            _record(procedure, by, AuditAction.STATE, detail=str(state.label))
            procedures_changed()
    except IntegrityError as error:
        raise _refusal(error) from None
    procedure.state = state


def _refusal(error: IntegrityError) -> Exception:
    name = violated(error)
    return SettingsRefused(_CONSTRAINTS[name]) if name in _CONSTRAINTS else error


def _record(
    row: Procedure, by: User, action: AuditAction, *, changed_fields: Sequence[str] = (), detail: str = ""
) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="applications.procedure",
        target_id=row.key,
        target_label=row.name,
        department_code=row.department.code,
        changed_fields=changed_fields,
        detail=detail,
    )
