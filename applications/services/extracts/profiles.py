"""Kinds of extracts: made, changed, and their columns put in order."""

from collections.abc import Collection
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from applications.extracts.facts import USUAL
from applications.extracts.writing import Writing
from applications.models import ExtractProfile, Procedure
from applications.queries.extracts import may_extract, offer_of
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit

UP, DOWN, TOP, DROP = "up", "down", "top", "drop"
MOVES: Final = frozenset({UP, DOWN, TOP, DROP})


class NotYourProcedure(DomainError):
    """The person does not process the cases of this procedure."""

    code = "not_your_procedure"
    message = _("この手続の申請を書き出す権限がありません。所属と役割を管理者に確認してください。")


class NameTaken(DomainError):
    """Two profiles of a procedure have two names."""

    code = "name_taken"
    message = _("この手続には、同じ名前の抽出があります。別の名前にしてください。")


def create_profile(*, procedure: Procedure, name: str, by: User) -> ExtractProfile:
    """A new kind of extract, with the usual facts and every question of the form. Audited.

    Raises NotYourProcedure, NameTaken.
    """
    if not may_extract(by, procedure):
        raise NotYourProcedure
    offer = offer_of(procedure)
    newest = procedure.current_version
    asked = newest.definition["pages"] if newest else []
    keys = {field["key"] for page in asked for field in page["fields"]}
    columns = [*USUAL, *(f"answer:{key}" for key in offer.questions if key in keys)]
    try:
        with transaction.atomic():
            profile = ExtractProfile.objects.create(
                procedure=procedure,
                department=procedure.department,
                name=name,
                columns=columns,
                writing=Writing().stored(),
                created_by=by,
            )
            _note(profile, AuditAction.CREATE, by)
    except IntegrityError as error:
        raise _refusal(error) from error
    return profile


def save_profile(
    *, profile: ExtractProfile, name: str, kind: str, encoding: str, writing: Writing, by: User
) -> ExtractProfile:
    """Name, format and settings. Extracts under way keep what they began with. Audited. Raises as above."""
    _need_right(profile, by)
    profile.name, profile.format, profile.encoding, profile.writing = name, kind, encoding, writing.stored()
    try:
        with transaction.atomic():
            profile.save(update_fields=["name", "format", "encoding", "writing"])
            _note(profile, AuditAction.CHANGE, by, ["name", "format", "encoding", "writing"])
    except IntegrityError as error:
        raise _refusal(error) from error
    return profile


def set_columns(*, profile: ExtractProfile, chosen: Collection[str], by: User) -> None:
    """Take these columns: those that were there keep their places, new ones go to the end. Audited."""
    _need_right(profile, by)
    known = offer_of(profile.procedure).choices
    with transaction.atomic():
        row = _locked(profile)
        kept = [name for name in row.columns if name in chosen]
        _put(row, [*kept, *(name for name in known if name in chosen and name not in kept)], by)


def move_column(*, profile: ExtractProfile, name: str, move: str, by: User) -> None:
    """Put a column one place up or down, to the top, or take it out. Audited.

    It is named, not numbered: a press on an old page moves the column that was meant. A column that is gone, and a
    way that leads nowhere, change nothing.
    """
    _need_right(profile, by)
    with transaction.atomic():
        row = _locked(profile)
        columns = list(row.columns)
        if name not in columns or move not in MOVES:
            return
        place = columns.index(name)
        columns.remove(name)
        if move != DROP:
            columns.insert({UP: max(place - 1, 0), DOWN: place + 1, TOP: 0}[move], name)
        if columns != row.columns:
            _put(row, columns, by)


def _put(row: ExtractProfile, columns: list[str], by: User) -> None:
    row.columns = columns
    row.save(update_fields=["columns"])
    _note(row, AuditAction.CHANGE, by, ["columns"])


def _locked(profile: ExtractProfile) -> ExtractProfile:
    rows = ExtractProfile.objects.select_related("procedure__department", "department")
    return rows.select_for_update(of=("self",)).get(pk=profile.pk)


def _need_right(profile: ExtractProfile, by: User) -> None:
    if not may_extract(by, profile.procedure):
        raise NotYourProcedure


def _refusal(error: IntegrityError) -> Exception:
    return NameTaken() if violated(error) == "extract_profile_name_unique" else error


def _note(profile: ExtractProfile, action: AuditAction, by: User, fields: Collection[str] = ()) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="applications.extractprofile",
        target_id=profile.public_id,
        target_label=profile.name,
        changed_fields=list(fields),
        department_code=profile.department.code,
    )
