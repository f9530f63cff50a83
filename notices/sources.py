"""What a notice has to do with a procedure: apps above say it, so that a mandate for some procedures can be kept."""

from collections.abc import Callable, Sequence

from django.db.models import Q

from cityhall.registry import Registry

ProcedureLink = Callable[[Sequence[str], Sequence[int]], Q]
"""Keys of procedures and ids of a person's rows → the condition on a notice to have to do with one of them."""

procedure_links: Registry[ProcedureLink] = Registry()


def about_procedures(keys: Sequence[str], rows: Sequence[int]) -> Q:
    """The condition on a notice of this person to be about one of these procedures, as any app above knows it."""
    condition = Q(pk__in=[])
    for link in procedure_links:
        condition |= link(keys, rows)
    return condition
