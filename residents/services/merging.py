"""Joining two rows that turned out to be one person."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from residents.errors import NotMergeable
from residents.models import Consent, ExternalId, IdentityProof, Mandate, Resident

# told by the person: kept when the row that stays knows nothing of its own
_TOLD = ("phone", "phone_entered", "contact_email")


def merge_residents(*, source: Resident, target: Resident, by: User, now: dt.datetime | None = None) -> Resident:
    """Join `source` into `target`; the row stays and points at its successor.

    The sign-in, what the person told us, numbers, proofs, consents and mandates go over to `target`;
    the register's spelling and address in `target` stand. Cases and notices stay with the row they
    were made for: `queries.row_ids_of` finds them. Rows merged into `source` earlier point at `target`
    from now on, so that every merged row is one step from the living one.
    Locks both rows in the order of their ids. Raises NotMergeable when either is merged already, both
    have a sign-in, or they are one row.
    """
    with transaction.atomic():
        rows = {
            row.pk: row
            for row in Resident.objects.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk")
        }
        old, new = rows[source.pk], rows[target.pk]
        if old.pk == new.pk or old.merged_into_id or new.merged_into_id or (old.user_id and new.user_id):
            raise NotMergeable
        _join_rows(old, new, now or timezone.now())
        _move_records(old, new)
        audit.record(
            action=AuditAction.CHANGE,
            actor=by,
            target_type="resident",
            target_id=new.public_id,
            detail="merged",
            changed_fields=["merged_from"],
            object_ids=[old.public_id],
        )
    return new


def _join_rows(old: Resident, new: Resident, now: dt.datetime) -> None:
    user, old.user = old.user, None
    old.merged_into, old.updated_at = new, now
    old.save(update_fields=["user", "merged_into", "updated_at"])
    Resident.objects.filter(merged_into=old).update(merged_into=new)
    new.user = user or new.user
    if not new.phone:
        new.phone, new.phone_entered = old.phone, old.phone_entered
    new.contact_email = new.contact_email or old.contact_email
    if user:
        new.language = old.language
    # the later end of two protections counts
    new.protected_until = max(filter(None, (old.protected_until, new.protected_until)), default=None)
    new.updated_at = now
    new.save(update_fields=["user", *_TOLD, "language", "protected_until", "updated_at"])


def _move_records(old: Resident, new: Resident) -> None:
    ExternalId.objects.filter(resident=old).update(resident=new)
    # a mandate between the two would become one of a person with themselves
    Mandate.objects.filter(principal=old).exclude(agent=new).update(principal=new)
    Mandate.objects.filter(agent=old).exclude(principal=new).update(agent=new)
    # proofs and consents are append-only: they stay where they were made and are copied
    for proof in IdentityProof.objects.filter(resident=old).order_by("id"):
        _copy(proof, new)
    for consent in Consent.objects.filter(resident=old).order_by("id"):
        # the newest row of a kind counts: an older word must not become the newest one by being copied
        if not Consent.objects.filter(resident=new, kind=consent.kind, at__gte=consent.at).exists():
            _copy(consent, new)


def _copy(row: IdentityProof | Consent, resident: Resident) -> None:
    row.pk = None
    row._state.adding = True
    row.resident = resident
    row.save(force_insert=True)
