"""What the receivers of a mass notice may be chosen by: age, district, sex, language, household."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.conditions import Condition
from cityhall.conditions import language as tree
from cityhall.days import age_on, today
from cityhall.registry import SegmentFact, segment_facts
from residents.enums import Sex
from residents.models import Resident

LANGUAGES: Final = (
    ("ja", _("日本語")),
    ("en", _("英語")),
    ("zh", _("中国語")),
    ("ko", _("韓国語")),
    ("vi", _("ベトナム語")),
    ("ne", _("ネパール語")),
    ("pt", _("ポルトガル語")),
    ("tl", _("フィリピン語")),
)
_TOWNS_KEPT_SECONDS: Final = 600
_OLDEST: Final = 150
Facts = Mapping[int, Mapping[str, Any]]


def register_segment_facts() -> None:
    """Called once, from `AppConfig.ready`."""
    facts = (
        SegmentFact("age", _("年齢"), "number", _ages, prefilter=_age_filter, is_exact=True),
        SegmentFact("town", _("町名・地区"), "choice", _column("town"), _towns, _equal_to("town"), is_exact=True),
        SegmentFact(
            "sex",
            _("性別"),
            "choice",
            _column("sex"),
            lambda: [(one.value, str(one.label)) for one in Sex],
            _equal_to("sex"),
            is_exact=True,
        ),
        SegmentFact(
            "language",
            _("使う言語"),
            "choice",
            _column("language"),
            lambda: [(code, str(label)) for code, label in LANGUAGES],
            _equal_to("language"),
            is_exact=True,
        ),
        SegmentFact("has_account", _("アカウント"), "flag", _accounts, prefilter=_account_filter, is_exact=True),
        SegmentFact("household", _("同じ世帯の人"), "people", _households, help=_("例：0歳から6歳の人がいる世帯")),
    )
    for position, fact in enumerate(facts):
        segment_facts.register(fact.key, fact, position=10 + position)


def _ages(ids: Sequence[int]) -> Facts:
    now = today()
    rows = Resident.objects.filter(pk__in=ids, birth_date__isnull=False).values_list("pk", "birth_date")
    return {pk: {"age": Decimal(age_on(birth, now))} for pk, birth in rows if birth is not None}


def _column(name: str) -> Any:
    def facts_for(ids: Sequence[int]) -> Facts:
        rows = Resident.objects.filter(pk__in=ids).values_list("pk", name)
        return {pk: {name: value} for pk, value in rows if value}

    return facts_for


def _accounts(ids: Sequence[int]) -> Facts:
    rows = Resident.objects.filter(pk__in=ids).values_list("pk", "user_id")
    return {pk: {"has_account": user is not None} for pk, user in rows}


def _households(ids: Sequence[int]) -> Facts:
    """The others who live in the same household, each with age, sex and relationship to its head."""
    now = today()
    household_of = dict(Resident.objects.filter(pk__in=ids, household__isnull=False).values_list("pk", "household_id"))
    members: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    people = Resident.objects.living_here().filter(household_id__in=set(household_of.values()))
    for pk, household, birth, sex, relationship in people.values_list(
        "pk", "household_id", "birth_date", "sex", "relationship"
    ):
        known: dict[str, Any] = {"sex": sex, "relationship": relationship}
        age = {"age": Decimal(age_on(birth, now))} if birth else {}
        members[household or 0].append((pk, known | age))
    return {
        pk: {"household": tuple(known for other, known in members[household or 0] if other != pk)}
        for pk, household in household_of.items()
    }


def _towns() -> list[tuple[str, str]]:
    towns = cache.get_or_set(
        "segments.towns",
        lambda: sorted(
            set(Resident.objects.living_here().exclude(town="").order_by().values_list("town", flat=True).distinct())
        ),
        _TOWNS_KEPT_SECONDS,
    )
    return [(town, town) for town in towns or ()]


def _equal_to(name: str) -> Any:
    def prefilter(part: Condition, _today: dt.date) -> Q | None:
        match part:
            case tree.Compare("eq", tree.Answer(), tree.Literal(value)):
                return Q(**{name: value})
            case tree.OneOf(tree.Answer(), literals):
                return Q(**{f"{name}__in": [one.value for one in literals]})
        return None

    return prefilter


def _account_filter(part: Condition, _today: dt.date) -> Q | None:
    match part:
        case tree.Compare("eq", tree.Answer(), tree.Literal(bool() as value)):
            return Q(user__isnull=not value)
    return None


def _age_filter(part: Condition, on: dt.date) -> Q | None:
    """Days of birth: an age is a range of them, and those of whom no day is known have no age."""
    match part:
        case tree.Compare(operator, tree.Answer(), tree.Literal(Decimal() as value)):
            if value != value.to_integral_value() or not 0 <= value <= _OLDEST:
                return None
            age = int(value)
            return {
                "gte": Q(birth_date__lte=_years_before(on, age)),
                "gt": Q(birth_date__lte=_years_before(on, age + 1)),
                "lt": Q(birth_date__gt=_years_before(on, age)),
                "lte": Q(birth_date__gt=_years_before(on, age + 1)),
                "eq": Q(birth_date__lte=_years_before(on, age), birth_date__gt=_years_before(on, age + 1)),
            }.get(operator)
    return None


def _years_before(day: dt.date, years: int) -> dt.date:
    """The last day of birth of those who are so old on a day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # 29 February, and there is none in that year
        return dt.date(day.year - years, 2, 28)
