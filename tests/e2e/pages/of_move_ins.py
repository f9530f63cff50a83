"""Pages of the import of notices of moving in, and the page of its link."""

from django.urls import reverse

from cityhall.models import User
from counter import codes
from counter.home import choose
from counter.models import MoveIn, MoveInImport
from counter.moving_in.sealing import lookup_of
from counter.queries.offered import offered_by_key
from counter.services import move_ins
from counter.token_seal import MAIL, sealed
from portal.demo_city.move_ins import sample_of_today


def pages_of_move_ins(user):
    """The list, the demo's import, a sheet, and a file that waits for a look."""
    yield reverse("counter:move_ins")
    yield reverse("counter:move_in_import", args=[MoveInImport.objects.get(request_key__endswith=":demo").public_id])
    yield reverse("counter:move_in_sheet", args=[MoveIn.objects.filter(cancelled_at=None).first().public_id])
    yield reverse(
        "counter:move_in_next", args=[MoveIn.objects.filter(cancelled_at=None, reservation=None).first().public_id]
    )
    waiting = move_ins.upload(sample_of_today(), by=user, request_key="e2e")
    yield reverse("counter:move_in_import", args=[waiting.public_id])


def pages_of_link():
    """What a family sees who opens the link of the mail."""
    token = codes.new_token()
    home = choose(None, offered_by_key(["juminhyo-seikyu"]), token=token, user=None)
    by = User.objects.get(email="clerk@city.example.jp")
    MoveIn.objects.create(lookup=lookup_of(token), number_end="e2e", prefill=home.prefill, made_by=by)
    yield reverse("counter:home_open", args=[sealed(token, MAIL)])
