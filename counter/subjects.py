"""Whose certificate is asked for, where that is not the person of the visit: as it is said, and as it is typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from applications.concepts import concept_of
from cityhall.text import clean_text
from counter.combined import Combined
from counter.identity import BY_KEY
from residents.models import Resident
from residents.names import fold_kana, fold_name

BIRTH: Final = "birth_date"
ADDRESS: Final = "address"
_WORDS: Final = {
    "relation": 10,
    "proxy_name": 120,
    "reason": 120,
    "subject_name": 120,
    "subject_kana": 120,
    "subject_birth": 40,
    "subject_address": 200,
    "subject": 120,
    "subject_person": 22,
    "confirmed_by": 60,
    "confirmed_for": 320,
}
"""What the form of who asks says in words, and how much of each is kept while it is typed."""


@dataclass(frozen=True)
class Subject:
    """Somebody of whom a certificate is asked for. `birth` as `residents.dates.PartialDate` writes it."""

    name: str = ""
    kana: str = ""
    birth: str = ""
    address: str = ""
    resident: Resident | None = None

    @property
    def is_said(self) -> bool:
        return bool(self.name or self.resident)

    @property
    def is_named_otherwise(self) -> bool:
        """Somebody was picked from the register, and the name or the reading is not theirs."""
        if self.resident is None:
            return False
        name, kana = (
            self.resident.full_name[: _WORDS["subject_name"]],
            self.resident.full_kana[: _WORDS["subject_kana"]],
        )
        is_other_name = bool(self.name) and fold_name(self.name) != fold_name(name)
        return is_other_name or (bool(self.kana and kana) and fold_kana(self.kana) != fold_kana(kana))


NOBODY: Final = Subject()


def asked_of_subjects(combined: Combined) -> frozenset[str]:
    """What the forms that are chosen ask of a person besides the name: birth date, address."""
    whats: Iterable[str] = (found.what for one in combined.form.fields if (found := concept_of(one.concept)))
    return frozenset({BIRTH, ADDRESS} & set(whats))


def confirmed_for(words: Mapping[str, Any], came: str = "") -> str:
    """Whom the superior is asked about, of the form of who asks and of whoever came (public id); never ""."""
    relation = words.get("relation")
    who = ("subject_person", "subject_birth", "subject_name") if relation in ("proxy", "third") else ()
    agent = ("proxy_name",) if relation == "proxy" else ()
    said = [came, *(fold_name(str(words.get(name) or "")) for name in (*who, *agent))]
    return f"-{'/'.join(said)}"[: _WORDS["confirmed_for"]]


def with_superior(words: Mapping[str, Any], came: str = "") -> dict[str, str]:
    """Who was asked, kept only while it is about the same people, and whom it is about now."""
    key = confirmed_for(words, came)
    is_same = (words.get("confirmed_for") or key) == key
    return {"confirmed_by": str(words.get("confirmed_by") or "") if is_same else "", "confirmed_for": key}


def typed_of(sent: QueryDict) -> dict[str, Any] | None:
    """The form of who asks as it was sent, right or wrong, to be kept as it is; None where the page has none."""
    if "relation" not in sent and "subject_name" not in sent:
        return None
    words: Mapping[str, str] = {name: clean_text(sent.get(name, ""))[:most] for name, most in _WORDS.items()}
    return {**words, "authority": [key for key in sent.getlist("authority") if key in BY_KEY]}
