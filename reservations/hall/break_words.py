"""What the hall's pages say in a break of a counter."""

from django.utils import timezone

from reservations.hall.languages import texts_in
from reservations.models import Place, ServiceGroup
from reservations.queries.breaks import break_until


def break_text(place: Place, group: ServiceGroup, language: str) -> str:
    """When the counter opens again; "" when it has no break now."""
    until = break_until(place, group, timezone.now())
    return texts_in(language)["in_break"] % f"{timezone.localtime(until):%H:%M}" if until else ""
