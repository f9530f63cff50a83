"""Public numbers for very many notices at once."""

import secrets

from cityhall.references import LENGTH, check_digit
from notices.models import Notice
from residents.bulk import one_of


def unused_numbers(count: int) -> list[str]:
    """So many numbers that no notice has; one query. The unique column is the last word."""
    found: dict[str, None] = {}
    while len(found) < count:
        drawn = {_drawn() for _place in range(count - len(found))} - found.keys()
        taken = set(Notice.objects.filter(number__in=one_of(drawn, "text")).values_list("number", flat=True))
        found |= dict.fromkeys(drawn - taken)
    return list(found)


def _drawn() -> str:
    # the first digit is not zero: spreadsheets drop it
    lowest = 10 ** (LENGTH - 2)
    body = str(lowest + secrets.randbelow(9 * lowest))
    return body + check_digit(body)
