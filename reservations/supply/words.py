"""Hours and their changes in words people read. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.days import wareki
from reservations.enums import ExceptionKind, Release, RuleKind, SupplyAction
from reservations.models import OpeningException, OpeningRule, ServiceGroup, SupplyEvent

WEEKDAYS = tuple(gettext_lazy(name) for name in ("月", "火", "水", "木", "金", "土", "日"))
_RULE_LABELS = {field.name: field.verbose_name for field in OpeningRule._meta.concrete_fields}
_GROUP_LABELS = {field.name: field.verbose_name for field in ServiceGroup._meta.concrete_fields} | {
    "waves": gettext_lazy("予約を開く回")
}
_NUMBER_LABELS = {"capacity": gettext_lazy("受付数"), "public_capacity": gettext_lazy("うち予約で開く数")}

Values = Mapping[str, Any]


def weekday_words(weekdays: list[int]) -> str:
    """月・水・金."""
    return "・".join(str(WEEKDAYS[day]) for day in weekdays)


def day_words(day: dt.date) -> str:
    """令和8年11月30日（月）."""
    return _("%(date)s（%(weekday)s）") % {"date": wareki(day), "weekday": WEEKDAYS[day.weekday()]}


def hours_words(values: Values) -> str:
    """月・水 09:00〜12:00, from the columns of a rule as they were kept."""
    hours = _("%(from)s〜%(until)s") % {"from": values["from_time"], "until": values["until_time"]}
    return f"{weekday_words(values['weekdays'])} {hours}"


def rule_title(rule: OpeningRule) -> str:
    return hours_words(
        {
            "weekdays": rule.weekdays,
            "from_time": f"{rule.from_time:%H:%M}",
            "until_time": f"{rule.until_time:%H:%M}",
        }
    )


def rule_details(rule: OpeningRule) -> str:
    """What else there is to a rule, in one line."""
    parts = [] if rule.kind == RuleKind.BREAK else [_numbers(rule.slot_minutes, rule.capacity, rule.public_capacity)]
    if rule.every_weeks > 1:
        parts.append(_("%(weeks)s週ごと") % {"weeks": rule.every_weeks})
    if rule.works_on_closed_days:
        parts.append(_("閉庁日・祝日も開く"))
    if rule.valid_until:
        parts.append(
            _("%(from)sから%(until)sまで") % {"from": wareki(rule.valid_from), "until": wareki(rule.valid_until)}
        )
    else:
        parts.append(_("%(from)sから") % {"from": wareki(rule.valid_from)})
    return "、".join(parts)


def _numbers(minutes: int | None, capacity: int | None, public: int | None) -> str:
    return _("%(minutes)s分ごと、受付数 %(capacity)s（うち予約 %(public)s）") % {
        "minutes": minutes,
        "capacity": capacity,
        "public": public,
    }


def exception_words(exception: OpeningException) -> str:
    """What a dated exception does, without its date."""
    hours = ""
    if exception.from_time and exception.until_time:
        hours = f"{exception.from_time:%H:%M}〜{exception.until_time:%H:%M}"
    return _exception(exception.kind, hours, exception.slot_minutes, exception.capacity, exception.public_capacity)


def _exception(kind: str, hours: str, minutes: int | None, capacity: int | None, public: int | None) -> str:
    if kind == ExceptionKind.CLOSED:
        return _("%(hours)s 休み") % {"hours": hours} if hours else _("終日休み")
    return _("%(hours)s 臨時の受付（%(numbers)s）") % {"hours": hours, "numbers": _numbers(minutes, capacity, public)}


def event_sentence(event: SupplyEvent) -> str:
    """One line of the history, with what was before and after."""
    return _SENTENCES[SupplyAction(event.action)](event)


def _rule_added(event: SupplyEvent) -> str:
    after = event.after
    if after["kind"] == RuleKind.BREAK:
        return _("休憩を追加しました：%(hours)s") % {"hours": hours_words(after)}
    return _("受付時間を追加しました：%(hours)s、%(numbers)s") % {
        "hours": hours_words(after),
        "numbers": _numbers(after["slot_minutes"], after["capacity"], after["public_capacity"]),
    }


def _rule_changed(event: SupplyEvent) -> str:
    return _("「%(hours)s」を変更しました：%(changes)s") % {
        "hours": hours_words(event.before),
        "changes": _changes(event.before, event.after, _RULE_LABELS),
    }


def _rule_ended(event: SupplyEvent) -> str:
    return _("「%(hours)s」を、%(day)sまでで終了しました") % {
        "hours": hours_words(event.before),
        "day": _value(event.after["valid_until"]),
    }


def _exception_event(event: SupplyEvent) -> str:
    values = event.after or event.before
    hours = f"{values['from_time']}〜{values['until_time']}" if values["from_time"] else ""
    words = _exception(values["kind"], hours, values["slot_minutes"], values["capacity"], values["public_capacity"])
    sentence = (
        _("例外日を追加しました：%(day)s %(words)s") if event.after else _("例外日を取り消しました：%(day)s %(words)s")
    )
    return sentence % {"day": _value(values["date"]), "words": words}


def _day_closed(event: SupplyEvent) -> str:
    words = {"day": _value(event.after["date"]), "reason": event.after["reason"]}
    if event.group_id is None:
        return _("%(day)sを、この場所のすべての業務で休みにしました（%(reason)s）") % words
    return _("%(day)sを休みにしました（%(reason)s）") % words


def _day_reopened(event: SupplyEvent) -> str:
    return _("%(day)sの休みを取り消しました") % {"day": _value(event.before["date"])}


def _slot_changed(event: SupplyEvent) -> str:
    start = timezone.localtime(dt.datetime.fromisoformat(event.before["starts_at"]))
    return _("%(day)s %(time)sの枠を変更しました：%(changes)s") % {
        "day": wareki(start.date()),
        "time": f"{start:%H:%M}",
        "changes": _changes(event.before, event.after, _NUMBER_LABELS),
    }


def _release_changed(event: SupplyEvent) -> str:
    return _("予約の開始方法を変更しました：%(changes)s") % {
        "changes": _changes(event.before, event.after, _GROUP_LABELS)
    }


_SENTENCES: Mapping[SupplyAction, Callable[[SupplyEvent], str]] = {
    SupplyAction.RULE_ADDED: _rule_added,
    SupplyAction.RULE_CHANGED: _rule_changed,
    SupplyAction.RULE_ENDED: _rule_ended,
    SupplyAction.EXCEPTION_ADDED: _exception_event,
    SupplyAction.EXCEPTION_REMOVED: _exception_event,
    SupplyAction.DAY_CLOSED: _day_closed,
    SupplyAction.DAY_REOPENED: _day_reopened,
    SupplyAction.SLOT_CHANGED: _slot_changed,
    SupplyAction.RELEASE_CHANGED: _release_changed,
}


def _changes(before: Values, after: Values, labels: Mapping[str, Any]) -> str:
    """終了 10:00 → 11:00、1枠の受付数 3 → 4. In the order of the labels: PostgreSQL keeps none of its own."""
    return "、".join(
        _("%(label)s %(before)s → %(after)s")
        % {
            "label": labels[name],
            "before": _value(before.get(name), name),
            "after": _value(after[name], name),
        }
        for name in labels
        if name in after and before.get(name) != after[name]
    )


def _value(value: Any, name: str = "") -> str:
    """A kept value as people read it."""
    if value is None or value == "":
        return _("なし")
    if name in _WORDED:
        return _WORDED[name](value)
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    try:
        return wareki(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return str(value)


def _wave(days_before: int, at: str, percent: int) -> str:
    return _("%(days)s日前の%(at)sに%(percent)s%%まで") % {"days": days_before, "at": at, "percent": percent}


_WORDED: Mapping[str, Callable[[Any], str]] = {
    "weekdays": weekday_words,
    "fixed_weekday": lambda day: str(WEEKDAYS[day]),
    "release": lambda value: str(Release(value).label),
    "kind": lambda value: str(RuleKind(value).label),
    "waves": lambda waves: "・".join(_wave(*wave) for wave in waves) or _("なし"),
}
