"""One signature for everything that was read; changed afterwards, it stands for nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from cityhall.errors import StaleState
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.files import UploadRefused
from counter.enums import VisitEventKind, VisitPhase, VisitState
from counter.models import Visit, VisitPeriod, VisitSignature
from counter.queries.signatures import signature_in_force
from counter.services import visits
from counter.services.visits.signing import EmptySignature
from tests.counter import receivingkit
from tests.counter.kit import NOW
from tests.reservations import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(municipality, department, clerk):
    place = kit.make_place()
    kit.make_service(kit.make_group(department), place)
    return receivingkit.reviewing(place, clerk, [receivingkit.make_procedure(department)])


def test_drawing_signs_what_was_read(visit, clerk):
    signature = visits.sign(visit, image=receivingkit.drawing(), by=clerk, now=NOW)
    assert (signature.values_revision, signature.by, signature.file.content_type) == (1, clerk, "image/png")
    assert (receivingkit.fresh(visit).state, signature_in_force(visit)) == (VisitState.SIGNED, signature)
    assert visit.events.last().kind == VisitEventKind.SIGNED
    assert VisitPeriod.objects.get(until_at=None).phase == VisitPhase.SIGN
    assert AuditEvent.objects.filter(target_id=visit.public_id, detail="signed on tablet").count() == 1


def test_signature_on_paper_has_no_drawing(visit, clerk):
    assert visits.sign(visit, image=None, by=clerk, now=NOW).file is None
    assert visit.events.last().detail == "paper"


@pytest.mark.parametrize("image", [receivingkit.drawing(ink=False), SimpleUploadedFile("sign.png", b"")])
def test_empty_box_is_no_signature(visit, clerk, image):
    with pytest.raises(EmptySignature):
        visits.sign(visit, image=image, by=clerk, now=NOW)
    assert (receivingkit.fresh(visit).state, VisitSignature.objects.count()) == (VisitState.REVIEWING, 0)
    # what was stored to be looked at goes away
    assert not StoredFile.objects.filter(delete_after=None).exists()


def test_what_is_no_picture_is_refused(visit, clerk):
    with pytest.raises(UploadRefused):
        visits.sign(visit, image=SimpleUploadedFile("sign.png", b"%PDF-1.7 not a picture"), by=clerk, now=NOW)


def test_signed_twice_is_one_signature(visit, clerk):
    one = visits.sign(visit, image=receivingkit.drawing(), by=clerk, now=NOW)
    two = visits.sign(receivingkit.fresh(visit), image=receivingkit.drawing(), by=clerk, now=NOW)
    assert (two, VisitSignature.objects.count(), StoredFile.objects.count()) == (one, 1, 1)


def test_slower_tablet_is_told_and_its_drawing_goes(visit, clerk, handler):
    slower = receivingkit.fresh(visit)
    visits.sign(visit, image=None, by=clerk, now=NOW)
    with pytest.raises(StaleState):
        visits.sign(slower, image=receivingkit.drawing(), by=handler, now=NOW)
    assert VisitSignature.objects.count() == 1
    assert StoredFile.objects.get().delete_after == NOW


def test_nothing_is_signed_before_it_was_read(visit, clerk):
    Visit.objects.update(state=VisitState.FILLING)
    with pytest.raises(StaleState):
        visits.sign(receivingkit.fresh(visit), image=None, by=clerk, now=NOW)


def test_entries_changed_later_are_signed_again(visit, clerk):
    visits.sign(visit, image=None, by=clerk, now=NOW)
    Visit.objects.update(values_revision=2)
    assert signature_in_force(receivingkit.fresh(visit)) is None
    Visit.objects.update(state=VisitState.REVIEWING)
    again = visits.sign(receivingkit.fresh(visit), image=receivingkit.drawing(), by=clerk, now=NOW)
    assert (again.values_revision, signature_in_force(receivingkit.fresh(visit))) == (2, again)
    assert VisitSignature.objects.count() == 2


def test_signature_cannot_be_changed(visit, clerk):
    visits.sign(visit, image=None, by=clerk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitSignature.objects.update(values_revision=9)
