"""Groups that somebody above needs by reservation only: numbers for who walks in stay off."""

from django.db import IntegrityError, transaction

from cityhall.db import violated
from reservations.errors import GivesNumbers
from reservations.models import ServiceGroup


def keep_by_reservation(group_id: int) -> None:
    """From now on nobody switches numbers on for the group: form, service and database refuse. Twice is once.

    Raises GivesNumbers while it gives them.
    """
    try:
        with transaction.atomic():
            ServiceGroup.objects.filter(pk=group_id, reservation_only=False).update(reservation_only=True)
    except IntegrityError as error:
        if violated(error) != "group_by_reservation_only_gives_no_tickets":
            raise
        raise GivesNumbers from error


def give_back(group_id: int) -> None:
    """Nobody needs the group by reservation only any more: the city may switch numbers on. Twice is once."""
    ServiceGroup.objects.filter(pk=group_id, reservation_only=True).update(reservation_only=False)
