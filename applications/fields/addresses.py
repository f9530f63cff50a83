"""Places where people live and get their post."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import ADDRESS_PARTS, UNSETTLED
from applications.definition import Field
from applications.fields.base import AnswerField
from applications.fields.mistakes import Mistakes
from applications.fields.rules import part_text
from applications.widgets import AddressWidget
from cityhall.codes import with_check_digit
from residents.addresses import lookup, normalize_postal_code

ADDRESS_PART_LENGTH = 120
_PRESENT = frozenset({"applicant.address", "subject.address"})


class AddressAnswer(AnswerField):
    """A postal address in parts. Town, street and building may be blank: some places have none."""

    default_error_messages = {"required": gettext_lazy("住所を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=AddressWidget(may_be_unsettled=may_be_unsettled(field)))

    def to_python(self, value: Any) -> dict[str, str] | None:
        typed = value or {}
        if typed.get("unsettled") == "yes" and may_be_unsettled(self.question):
            return _unsettled(typed)
        mistakes = Mistakes()
        parts = {part: mistakes.read(_part, part, typed.get(part), part=part, blank="") for part in ADDRESS_PARTS}
        if not mistakes.found and not any(parts.values()):
            return None
        code = normalize_postal_code(parts["postal_code"])
        if code is None and not mistakes.concern("postal_code"):
            mistakes.add(_("郵便番号は7桁の数字で入力してください。"), "postal_code")
        for part in ("prefecture", "city"):
            if not parts[part] and not mistakes.concern(part):
                mistakes.add(_("%(part)sを入力してください。") % {"part": AddressWidget.labels[part]}, part)
        mistakes.raise_all()
        return {**parts, "postal_code": code or ""}


def may_be_unsettled(field: Field) -> bool:
    """Whether the question asks where somebody lives now who may live nowhere (住所不定)."""
    return field.concept in _PRESENT


def _unsettled(typed: Mapping[str, Any]) -> dict[str, str]:
    """No address, whatever stands in its boxes; where the person stays and how they are reached is told if they like.

    Raises ValidationError.
    """
    mistakes = Mistakes()
    said = {part: mistakes.read(_part, part, typed.get(part), part=part, blank="") for part in ("stay", "reach")}
    mistakes.raise_all()
    told = {part: text for part, text in said.items() if text}
    return {**dict.fromkeys(ADDRESS_PARTS, ""), "town": UNSETTLED, "unsettled": "yes", **told}


def _part(part: str, value: object) -> str:
    return part_text(value, label=AddressWidget.labels[part], most=ADDRESS_PART_LENGTH)


class ResidentAddressAnswer(AddressAnswer):
    """An address with the codes of its municipality and town, as registers keep them (住所コード).

    Codes are never typed and never taken from the page: they follow from the official list of postal
    codes, and only where what stands in the boxes is what the list says.
    """

    def to_python(self, value: Any) -> dict[str, str] | None:
        address = super().to_python(value)
        return {**address, **codes_of(address)} if address else None


def codes_of(address: Mapping[str, str]) -> dict[str, str]:
    """The codes of an address; "" where the list of postal codes does not know the place by these words.

    The municipality has six digits (JIS X 0402 with its check digit). The list numbers no towns, so
    `town_code` stays "" until a case handler or the core system adds it.
    """
    named = (address["prefecture"], address["city"])
    places = (place for place in lookup(address["postal_code"]) if (place.prefecture, place.city) == named)
    place = next(places, None)
    return {"municipality_code": with_check_digit(place.municipality_code) if place else "", "town_code": ""}
