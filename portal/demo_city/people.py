"""Households of the city, one after the other, always the same for a seed."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from portal.demo_city.names import FAMILY, FAMILY_WEIGHTS, MEN, MEN_WEIGHTS, WOMEN, WOMEN_WEIGHTS, Name
from portal.demo_city.places import BUILDINGS, CITY, PREFECTURE, TOWNS
from residents.dates import PartialDate
from residents.enums import Sex
from residents.services.profiles import birth_columns, name_columns
from residents.services.register.parsing import Person

DATA_DAY: Final = dt.date(2026, 11, 1)
"""The day of the register's data. Ages are counted from it, so that the city does not change overnight."""


@dataclass(frozen=True)
class Somebody:
    """What a person of the city is made from."""

    family: Name
    given: Name
    sex: Sex
    age: int
    relationship: str


@dataclass(frozen=True)
class Home:
    """One household: its people and where they live."""

    number: str
    members: tuple[Somebody, ...]
    address: dict[str, str]


def _family(family: Name, *members: tuple[Name, Sex, int, str]) -> tuple[Somebody, ...]:
    return tuple(Somebody(family, given, sex, age, relationship) for given, sex, age, relationship in members)


_F, _M = Sex.FEMALE, Sex.MALE
KNOWN_FAMILIES: Final = (
    _family(
        ("高橋", "タカハシ"),
        (("さくら", "サクラ"), _F, 34, "世帯主"),
        (("健太", "ケンタ"), _M, 36, "夫"),
        (("陽葵", "ヒマリ"), _F, 3, "子"),
        (("湊", "ミナト"), _M, 0, "子"),
    ),
    _family(("髙橋", "タカハシ"), (("一郎", "イチロウ"), _M, 78, "世帯主"), (("和子", "カズコ"), _F, 75, "妻")),
    _family(
        ("渡邉", "ワタナベ"),
        (("大輔", "ダイスケ"), _M, 41, "世帯主"),
        (("美穂", "ミホ"), _F, 39, "妻"),
        (("凛", "リン"), _F, 8, "子"),
    ),
    _family(("𠮷野", "ヨシノ"), (("麻衣", "マイ"), _F, 27, "世帯主")),
    _family(("葛󠄀城", "カツラギ"), (("直樹", "ナオキ"), _M, 52, "世帯主"), (("恵", "メグミ"), _F, 50, "妻")),
    _family(("グエン", "グエン"), (("リン", "リン"), _F, 29, "世帯主")),
)
"""The first households. Their heads have accounts, and names that put every layer to the test."""


def homes(seed: int) -> Iterator[Home]:
    """The households of the city, without end: the known ones first, then any."""
    chance = random.Random(seed)  # noqa: S311 - a city to play with, not a secret
    for place in count(1):
        known = KNOWN_FAMILIES[place - 1] if place <= len(KNOWN_FAMILIES) else None
        yield Home(f"{place:09d}", known or _household(chance), _address(chance))


def people(seed: int) -> Iterator[Person]:
    """Everybody, as rows the register import would read; resident numbers count up from 1."""
    chance = random.Random(seed + 1)  # noqa: S311
    number = 0
    for home in homes(seed):
        for member in home.members:
            number += 1
            yield Person(
                row=number,
                number=f"{number:010d}",
                household_number=home.number,
                values={**_facts(member, chance, plain=number <= 20), **home.address},
            )


def _facts(member: Somebody, chance: random.Random, *, plain: bool) -> dict[str, object]:
    birthday = _birthday(member.age, chance)
    birth = PartialDate(birthday.year, birthday.month, birthday.day)
    rare = 1.0 if plain else chance.random()
    if rare < 0.002:
        birth = replace(birth, month=None, day=None) if rare < 0.0005 else replace(birth, day=None)
    left: dict[str, dt.date | None] = {"died_on": None, "moved_out_on": None, "protected_until": None}
    if 0.002 <= rare < 0.012:
        left["died_on" if member.age > 75 else "moved_out_on"] = _day_before(DATA_DAY, chance, 700)
    elif 0.012 <= rare < 0.013:
        left["protected_until"] = DATA_DAY + dt.timedelta(days=chance.randint(30, 365))
    return {
        **name_columns(member.family[0], member.given[0], member.family[1], member.given[1]),
        **birth_columns(birth),
        "sex": member.sex,
        "relationship": member.relationship,
        "moved_in_on": max(birthday, _day_before(DATA_DAY, chance, 30 * 365)),
        **left,
    }


def _household(chance: random.Random) -> tuple[Somebody, ...]:
    """Singles, couples, parents with children, three generations: about 2.2 people a household."""
    family = chance.choices(FAMILY, cum_weights=FAMILY_WEIGHTS)[0]
    kind = chance.random()
    age = chance.choices((25, 35, 45, 55, 65, 75, 85), (12, 15, 18, 18, 16, 14, 7))[0] + chance.randint(-5, 5)
    sex = _M if chance.random() < 0.7 else _F
    head = _somebody(family, sex, age, "世帯主", chance)
    if kind < 0.38:
        return (head,)
    if kind < 0.5 and age > 40:
        return head, *_children(family, age, 1, chance)
    partner = _somebody(
        family, _F if sex == _M else _M, max(18, age + chance.randint(-6, 4)), "妻" if sex == _M else "夫", chance
    )
    if kind < 0.68 or not 24 <= age <= 62:
        return head, partner
    members = (head, partner, *_children(family, age, chance.choices((1, 2, 3), (45, 44, 11))[0], chance))
    if kind > 0.95:
        return (*members, _somebody(family, _F, age + chance.randint(22, 34), "母", chance))
    return members


def _children(family: Name, age: int, number: int, chance: random.Random) -> Iterator[Somebody]:
    oldest = min(age - 20, 24)
    for _child in range(number):
        yield _somebody(family, _M if chance.random() < 0.51 else _F, chance.randint(0, max(0, oldest)), "子", chance)


def _somebody(family: Name, sex: Sex, age: int, relationship: str, chance: random.Random) -> Somebody:
    names, weights = (WOMEN, WOMEN_WEIGHTS) if sex == _F else (MEN, MEN_WEIGHTS)
    return Somebody(family, chance.choices(names, cum_weights=weights)[0], sex, min(age, 106), relationship)


def _birthday(age: int, chance: random.Random) -> dt.date:
    return _day_before(DATA_DAY.replace(year=DATA_DAY.year - age), chance, 364)


def _day_before(day: dt.date, chance: random.Random, most: int) -> dt.date:
    return day - dt.timedelta(days=chance.randint(0, most))


def _address(chance: random.Random) -> dict[str, str]:
    code, town = chance.choice(TOWNS)
    building = (
        f"{chance.choice(BUILDINGS)}{chance.randint(1, 9)}0{chance.randint(1, 9)}" if chance.random() < 0.4 else ""
    )
    return {
        "postal_code": code,
        "prefecture": PREFECTURE,
        "city": CITY,
        "town": town,
        "street": f"{chance.randint(1, 6)}丁目{chance.randint(1, 40)}番{chance.randint(1, 25)}号",
        "building": building,
    }
