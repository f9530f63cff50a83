"""Addresses under protection (支援措置) that a visit holds from the city's records: not for everybody at the desk."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from applications.concepts import concept_of
from applications.queries.applicants import has_protected_address
from cityhall.models import User
from counter.combined import Combined
from counter.entries import Entries
from counter.enums import Source
from counter.models import Visit
from residents.permissions import VIEW_PROTECTED_ADDRESS


def veiled_of(visit: Visit, combined: Combined, reader: User) -> frozenset[str]:
    """Questions in which the record says a protected address that `reader` may not see.

    Somebody with the right filled it in; what the person tells the desk themselves is shown to the desk.
    """
    if visit.is_practice or reader.has_perm(VIEW_PROTECTED_ADDRESS):
        return frozenset()
    return frozenset(key for key in _addresses(visit, combined) if visit.sources.get(key) == Source.RECORD)


def entries_for(visit: Visit, combined: Combined, reader: User) -> Entries:
    """The entries of a visit as a member of staff may see them."""
    entries = Entries.of(visit)
    if visit.is_practice or reader.has_perm(VIEW_PROTECTED_ADDRESS):
        return entries
    veiled = veiled_of(visit, combined, reader)
    protected = frozenset(_addresses(visit, combined))
    offers = {key: _unveiled(said) if key in protected else said for key, said in entries.offers.items()}
    return replace(
        entries,
        values={key: value for key, value in entries.values.items() if key not in veiled},
        offers={key: said for key, said in offers.items() if said},
    )


def _addresses(visit: Visit, combined: Combined) -> Iterator[str]:
    """Questions about the address of somebody whose address is protected."""
    agent = visit.mandate.agent if visit.mandate else None
    protected = {
        role
        for role, person in (("applicant", visit.resident), ("agent", agent))
        if person is not None and has_protected_address(person)
    }
    if not protected:
        return
    for field in combined.form.fields:
        concept = concept_of(field.concept)
        if concept and concept.what == "address" and concept.role.key in protected:
            yield field.key


def _unveiled(said: Mapping[str, Any]) -> dict[str, Any]:
    return {source: value for source, value in said.items() if source != Source.RECORD}
