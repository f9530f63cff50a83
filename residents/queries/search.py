"""Finding a person in a city of any size: every search is one range or one equality on an index."""

import re
import unicodedata
from typing import Final

from django.db.models import Q

from residents.dates import DateInvalid, parse_birth
from residents.enums import ExternalIdKind
from residents.models import Resident
from residents.models.resident import ResidentQuerySet
from residents.names import fold_kana, fold_name, is_kana
from residents.phones import PhoneInvalid, parse_phone

_LAST: Final = "\U0010ffff"
_DATE_WORD: Final = re.compile(r"^(?:\d{4}[-/年].*|\d{8}|(?:明治|大正|昭和|平成|令和|[MTSHRmtshr])\d.*)$")


def residents_matching(text: str) -> ResidentQuerySet:
    """People whose name or reading starts with the text, or who have this telephone, resident number or birth date.

    A birth date may stand beside a name (`高橋 1985-04-01`). Ordered by folded kana, so that
    `keyset_page(order=("search_kana", "id"))` can go on from any row. Rows merged into others are left out.
    """
    words = unicodedata.normalize("NFKC", text).split()
    dates = [word for word in words if _DATE_WORD.match(word)]
    name = "".join(word for word in words if word not in dates)
    people = Resident.objects.filter(merged_into__isnull=True).order_by("search_kana", "id")
    if not words:
        return people.none()
    if name and re.fullmatch(r"[\d+()-]+", name):
        return people.filter(_number_condition(name))
    if name:
        people = people.filter(_name_condition(name))
    for word in dates:
        people = people.filter(_date_condition(word))
    return people


def search_residents(text: str, limit: int = 50) -> list[Resident]:
    """The first people who match, in the order of their kana (see `residents_matching`)."""
    return list(residents_matching(text)[:limit])


def prefix_range(column: str, key: str) -> Q:
    """Rows whose folded key starts with a text. A range: `LIKE … ESCAPE` scans the table on SQLite."""
    return Q(**{f"{column}__gte": key, f"{column}__lt": key + _LAST})


def _name_condition(name: str) -> Q:
    key = fold_kana(name) if is_kana(name) else fold_name(name)
    if not key:
        return Q(pk__in=[])
    return prefix_range("search_kana" if is_kana(name) else "search_name", key)


def _date_condition(word: str) -> Q:
    # eight digits may be a resident number as well
    by_number = Q(pk__in=_ids_by_number(word) if word.isdigit() else [])
    try:
        birth = parse_birth(word)
    except DateInvalid:
        return by_number
    if birth.date:
        return Q(birth_date=birth.date) | by_number
    return Q(birth_year=birth.year, birth_month=birth.month, birth_day=None) | by_number


def _number_condition(number: str) -> Q:
    ids = _ids_by_number(number.replace("-", ""))
    try:
        e164, _entered = parse_phone(number)
    except PhoneInvalid:
        return Q(pk__in=ids)
    return Q(phone=e164) | Q(pk__in=ids)


def _ids_by_number(number: str) -> list[int]:
    """People by resident number. Asked first: an OR over two tables would scan both."""
    found = Resident.objects.filter(external_ids__kind=ExternalIdKind.RESIDENT_NUMBER, external_ids__value=number)
    return list(found.values_list("pk", flat=True))
