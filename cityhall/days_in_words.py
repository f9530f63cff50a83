"""Dates in the language a page is read in."""

import datetime as dt

from django.utils.dateformat import format as formatted
from django.utils.translation import get_language

from cityhall.days import wareki


def is_in_japanese() -> bool:
    """Whether the page is read in Japanese, easy or not."""
    return (get_language() or "ja").startswith("ja")


def date_in_words(date: dt.date) -> str:
    """令和8年11月21日 in Japanese, 21 November 2026 in other languages: eras are not known there."""
    return wareki(date) if is_in_japanese() else formatted(date, "j F Y")
