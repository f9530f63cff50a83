"""Hours that come again: added, changed, ended. The slots follow at once."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.models import User
from reservations.enums import RuleKind, SupplyAction
from reservations.models import OpeningRule
from reservations.services.supply.events import differing, values_of, write_event
from reservations.services.supply.locks import lock_groups
from reservations.services.supply.rebuilding import Rebuilt, rebuild
from reservations.supply.errors import HoursOverlap
from reservations.supply.overlaps import overlap

SETTINGS = (
    "kind",
    "weekdays",
    "from_time",
    "until_time",
    "every_weeks",
    "valid_from",
    "valid_until",
    "slot_minutes",
    "capacity",
    "public_capacity",
    "works_on_closed_days",
)


def save_rule(*, rule: OpeningRule, by: User | None, now: dt.datetime | None = None) -> Rebuilt:
    """Add a new rule, or write the changed columns of one, and rebuild the slots of its group and place.

    A rule that is changed carries the `revision` its editor saw. Raises StaleState, HoursOverlap. Locks the group.
    """
    moment = now or timezone.now()
    rule.weekdays = sorted(set(rule.weekdays))
    with transaction.atomic():
        lock_groups([rule.group_id])
        _need_free_hours(rule)
        if rule._state.adding:
            rule.save()
            _note(rule, SupplyAction.RULE_ADDED, by, moment, after=values_of(rule, SETTINGS))
        else:
            _write_changes(rule, by, moment)
    return rebuild(group=rule.group, place=rule.place, now=moment)


def end_rule(*, rule: OpeningRule, last_day: dt.date, by: User | None, now: dt.datetime | None = None) -> Rebuilt:
    """Let a rule hold until a day for the last time; one that has never held by then is taken away.

    Raises StaleState. Locks the group.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        lock_groups([rule.group_id])
        rows = OpeningRule.objects.filter(pk=rule.pk, revision=rule.revision)
        if last_day < rule.valid_from:
            done = rows.delete()[0]
        else:
            done = rows.update(valid_until=last_day, revision=F("revision") + 1)
        if not done:
            raise StaleState
        before = values_of(rule, SETTINGS)
        _note(rule, SupplyAction.RULE_ENDED, by, moment, before=before, after={"valid_until": last_day.isoformat()})
    return rebuild(group=rule.group, place=rule.place, now=moment)


def _need_free_hours(rule: OpeningRule) -> None:
    """Two rules never offer the same time: nobody could say which number holds."""
    if rule.kind != RuleKind.OPEN:
        return
    others = OpeningRule.objects.filter(group=rule.group_id, place=rule.place_id, kind=RuleKind.OPEN)
    if any(overlap(rule, other) for other in others.exclude(pk=rule.pk)):
        raise HoursOverlap


def _write_changes(rule: OpeningRule, by: User | None, now: dt.datetime) -> None:
    stored = OpeningRule.objects.filter(pk=rule.pk, revision=rule.revision).first()
    if stored is None:
        raise StaleState
    before, after = differing(values_of(stored, SETTINGS), values_of(rule, SETTINGS))
    if after:
        rule.revision += 1
        rule.save(update_fields=[*after, "revision"])
        about = values_of(stored, ("weekdays", "from_time", "until_time"))
        _note(rule, SupplyAction.RULE_CHANGED, by, now, before=about | before, after=after)


def _note(
    rule: OpeningRule,
    action: SupplyAction,
    by: User | None,
    now: dt.datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    write_event(action, group=rule.group, place=rule.place, by=by, now=now, before=before, after=after)
