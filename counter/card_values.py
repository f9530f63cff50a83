"""What a card says of the applicant, as answers to the questions of a visit. No query but the city's own name."""

from collections.abc import Mapping
from typing import Any, Final

from applications.concepts import concept_of
from applications.definition import Field
from applications.enums import FieldType
from applications.prefill import prefill
from applications.typed import Typed, Value
from cityhall.queries.city import municipality
from counter.card import CardAttributes
from counter.combined import Combined
from counter.comparing import entered_in
from counter.entries import Entries
from counter.enums import Source
from residents.address_text import take_apart
from residents.addresses import PostalAddress, address_key
from residents.enums import Sex
from residents.models import Resident
from residents.names import split_name

_TOLD: Final = frozenset({"name", "birth_date", "sex", "address"})
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_KANA: Final = ("family_kana", "given_kana")


def with_card(entries: Entries, combined: Combined, card: CardAttributes) -> Entries:
    """Fill what is blank with what the card says; where somebody said otherwise, it stands beside. Twice is once.

    A card has no readings and no postal codes: the same name and the same address in other boxes are the same.
    """
    for key, value in _said(combined, card).items():
        field = combined.form.by_key[key]
        held = entries.values.get(key)
        if not _agrees(field, combined, held, card):
            # readings in a value of another card are of its owner
            named = held if entries.sources.get(key) != Source.CARD else None
            entries = entries.fill(field, _completed(field, value, named), Source.CARD)
    return entries


def asked_of(combined: Combined, card: CardAttributes) -> frozenset[str]:
    """The questions that the card answers."""
    return frozenset(_said(combined, card))


def _said(combined: Combined, card: CardAttributes) -> Typed:
    """Typed values of the questions about the applicant that the card answers."""
    asked = {
        field.key
        for field in combined.form.fields
        if (concept := concept_of(field.concept)) and concept.role.key == "applicant" and concept.what in _TOLD
    }
    values = prefill(combined.form, person_of(card))
    return {key: value for key, value in values.items() if key in asked}


def person_of(card: CardAttributes) -> Resident:
    """Somebody with what the card says and nothing else: never saved."""
    family, given = split_name(card.name)
    place = place_of(card)
    parts = ("postal_code", "prefecture", "city", "town", "street", "building")
    address = {part: getattr(place, part) for part in parts} if place else {"street": card.address}
    return Resident(
        full_name=card.name,
        family_name=family,
        given_name=given,
        birth_date=card.born_on,
        sex=card.sex or Sex.UNSTATED,
        **address,
    )


def place_of(card: CardAttributes) -> PostalAddress | None:
    """The address in parts, None where nothing of it can be told apart."""
    city = municipality()
    return take_apart(card.address, known=(city.prefecture, city.name))


def told_by(card: CardAttributes) -> dict[str, str]:
    """What can be compared with a resident (`comparing.compare`).

    The address begins with its prefecture, and its numbers are as wide as people type them: a card has them in full
    width always. Names stay as they are.
    """
    place = place_of(card)
    return card.as_json() | {"address": (place.label if place else card.address).translate(_NARROW)}


def _agrees(field: Field, combined: Combined, held: Value | None, card: CardAttributes) -> bool:
    """Whether what is in force says what the card says, as far as the card says anything."""
    if not held:
        return False
    said = entered_in(combined, {field.key: held})
    match field.type:
        case FieldType.NAME | FieldType.TEXT if "name" in said:
            return _without_blanks(said["name"]) == _without_blanks(card.name)
        case FieldType.ADDRESS | FieldType.RESIDENT_ADDRESS if isinstance(held, dict):
            return address_key(card.address) in _address_keys(held)
    return False


def _address_keys(held: Mapping[str, Any]) -> set[str]:
    """An address with and without its prefecture: cards of many cities leave it out."""
    rest = "".join(str(held.get(part, "")) for part in ("city", "town", "street", "building"))
    return {address_key(rest), address_key(f"{held.get('prefecture', '')}{rest}")}


def _completed(field: Field, value: Value, held: Value | None) -> Value:
    """With the readings that somebody gave: taking the card's spelling loses nothing."""
    if field.type != FieldType.NAME or not isinstance(value, dict) or not isinstance(held, dict):
        return value
    return {**value, **{part: held[part] for part in _KANA if held.get(part)}}


def _without_blanks(text: str) -> str:
    return "".join(text.split())
