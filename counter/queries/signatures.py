"""Which signature of a visit stands for what it says now."""

from counter.models import Visit, VisitSignature


def signature_in_force(visit: Visit) -> VisitSignature | None:
    """The last signature, if nothing that was signed has changed since. One query."""
    last = visit.signatures.select_related("file").order_by("-id").first()
    return last if last is not None and last.values_revision == visit.values_revision else None
