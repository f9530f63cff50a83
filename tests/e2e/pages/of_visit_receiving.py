"""Pages of the end of a visit: the box to sign in, the papers, the numbers, an account offered."""

import itertools

from django.urls import reverse
from django.utils import timezone

from cityhall.models import User
from counter.models import AccountInvitation, Visit
from counter.queries.receiving import papers_for, prepared_of
from counter.queries.visits import chosen_procedures
from counter.services import invitations, visits
from residents.models import Resident
from tests.e2e.pages.of_visit_filling import at, reviewing

_number = itertools.count()


def pages_of_receiving(user):
    """Signing, receiving, what was received for staff and for the resident; an invitation; a visit that is over."""
    yield at("visit_sign", reviewing(user))
    signed = reviewing(user)
    visits.sign(signed, image=None, by=user)
    yield at("visit_receive", signed)
    received = receive(user)
    yield at("visit_received", received)
    yield at("visit_received", received) + "?facing=resident"
    invitation, _code = invitations.invite(received, by=user)
    yield at("visit_invitation", received)
    AccountInvitation.objects.filter(pk=invitation.pk).update(claimed_by=user, claimed_at=timezone.now())
    yield at("visit_invitation", received)
    over = receive(user)
    visits.close(over, user)
    yield reverse("counter:visit_closed", args=[over.public_id])


def pages_of_invited():
    """The code of an invitation on a telephone."""
    handler = User.objects.get(email="handler@city.example.jp")
    _invitation, code = invitations.invite(receive(handler), by=handler)
    yield reverse("counter:invited", args=[code])


def receive(user):
    """A visit that was received, every paper seen, of somebody without an account; of another person each time."""
    visit = reviewing(user)
    people = Resident.objects.living_here().filter(user=None, protected_until=None).order_by("pk")
    Visit.objects.filter(pk=visit.pk).update(resident=people[next(_number)])
    visit.refresh_from_db()
    visits.sign(visit, image=None, by=user)
    papers = papers_for(prepared_of(visit, chosen_procedures(visit), user))
    return visits.receive(visit, by=user, papers_seen=[owner for paper in papers for owner in paper.owners])
