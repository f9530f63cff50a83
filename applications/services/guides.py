"""Guides of life events: new versions, and which of them the public sees."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import DefinitionError, fingerprint
from applications.guide import Guide, check, guide_of, parse
from applications.models import GuideVersion, LifeEvent
from applications.queries.guide import hidden_procedures, reference_problems
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit

__all__ = ["HiddenProcedures", "NoGuide", "add_version", "checked", "publish_version", "set_public"]


class HiddenProcedures(DomainError):
    """The guide names procedures that the public does not see; who publishes says that this is meant."""

    code = "hidden_procedures"
    message = gettext_lazy(
        "公開していない手続を案内しています。手続を公開するか、窓口だけの案内でよいことを確認してください。"
    )


class NoGuide(DomainError):
    """There is no version that could be shown."""

    code = "no_guide"
    message = gettext_lazy("公開できる版がありません。先に版を登録してください。")


def checked(document: object) -> Guide:
    """The guide of a document that may be stored. Raises DefinitionError with every mistake, unknown names too."""
    guide = parse(document)
    problems = [*check(guide), *reference_problems(guide)]
    if problems:
        raise DefinitionError.of(tuple(problems))
    return guide


def add_version(
    *,
    life_event: LifeEvent,
    document: Mapping[str, Any],
    change_note: str = "",
    by: User | None = None,
    now: dt.datetime | None = None,
) -> tuple[GuideVersion, bool]:
    """Store a checked document as a version; whether it is new. The public sees nothing of it yet.

    Frozen from here on by a trigger; the same content has the version it had. Without `by` it counts as the
    catalogue's. Locks the life event, so that two get two numbers. Raises DefinitionError with every mistake.
    """
    checked(document)
    digest = fingerprint(document)
    with transaction.atomic():
        LifeEvent.objects.select_for_update(no_key=True).get(pk=life_event.pk)
        known = life_event.guides.filter(sha256=digest).first()
        if known is not None:
            return known, False
        last = life_event.guides.aggregate(last=Max("number"))["last"] or 0
        version = GuideVersion.objects.create(
            life_event=life_event,
            number=last + 1,
            definition=document,
            sha256=digest,
            change_note=change_note,
            created_by=by,
            created_at=now or timezone.now(),
        )
        if by is not None:
            _audit(AuditAction.CREATE, life_event, by, _("第%(number)s版を登録") % {"number": version.number})
    return version, True


def publish_version(
    *, version: GuideVersion, expected: int | None, by: User | None = None, accepts_hidden: bool = False
) -> None:
    """Make the version the one in force and show it to the public. Audited.

    `expected` is the id of the version that the page showed as in force; another one means StaleState. Raises
    DefinitionError for what the guide names and the city no longer has, HiddenProcedures unless `accepts_hidden`.
    """
    guide = guide_of(version)
    problems = reference_problems(guide)
    if problems:
        raise DefinitionError.of(tuple(problems))
    hidden = [] if accepts_hidden else hidden_procedures(guide)
    if hidden:
        names = "」「".join(row.name for row in hidden)
        raise HiddenProcedures(f"{HiddenProcedures.message}（「{names}」）")
    with transaction.atomic():
        rows = LifeEvent.objects.filter(pk=version.life_event_id, current_guide=expected)
        if not rows.update(current_guide=version, is_guide_public=True):
            raise StaleState
        _audit(AuditAction.STATE, version.life_event, by, _("第%(number)s版を公開") % {"number": version.number})


def set_public(*, life_event: LifeEvent, is_public: bool, by: User) -> None:
    """Hide the guide from the public, or show the version in force again. Audited. Raises NoGuide."""
    with transaction.atomic():
        rows = LifeEvent.objects.filter(pk=life_event.pk, current_guide__isnull=False)
        if not rows.update(is_guide_public=is_public):
            raise NoGuide
        _audit(AuditAction.STATE, life_event, by, _("公開") if is_public else _("非公開"))


def _audit(action: AuditAction, life_event: LifeEvent, by: User | None, detail: str) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type="applications.guideversion",
        target_id=life_event.key,
        target_label=life_event.name,
        detail=detail,
    )
