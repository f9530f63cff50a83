"""One signature for everything that was read; changed afterwards, it stands for nothing."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from applications.models import Application
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.files import UploadRefused, sweep_files
from counter.enums import Companion, SpotFixed, VisitEventKind, VisitPhase, VisitState
from counter.models import Visit, VisitPeriod, VisitSignature
from counter.queries.papers import papers_of
from counter.queries.signatures import signature_in_force
from counter.services import visits
from counter.services.visits.signing import EmptySignature
from residents.services import create_mandate
from tests import factories
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


@pytest.mark.parametrize("who", ["record", "companion", "name", "mandate"])
def test_what_was_signed_counts_no_more_once_somebody_else_is_named(visit, clerk, who):
    resident, agent = factories.make_resident(), factories.make_resident(family="佐藤")
    shown = ["driving_licence", "letter_of_attorney"]
    acting = {"companion": Companion.PROXY, "companion_name": "佐藤 一"}
    before = {"record": None, "companion": resident, "name": resident, "mandate": resident}[who]
    said = acting if who in ("name", "mandate") else {}
    Visit.objects.filter(pk=visit.pk).update(resident=before, **said)
    visit.refresh_from_db()
    visits.sign(visit, image=None, by=clerk, now=NOW)
    # the same once more, by other papers: signed all the same
    visits.identify(visit, documents=["my_number_card", *shown], resident=before, by=clerk, now=NOW, **said)
    assert (visit.state, signature_in_force(visit) is None) == (VisitState.SIGNED, False)
    after = {
        "record": {},
        "companion": acting,
        "name": acting | {"companion_name": "別の 人"},
        "mandate": acting
        | {
            "mandate": create_mandate(
                principal=resident, agent=agent, evidence="委任状", valid_from=dt.date(2026, 1, 1), by=clerk
            )
        },
    }[who]
    visits.identify(visit, documents=shown, resident=resident, by=clerk, now=NOW, **after)
    visit = Visit.objects.get(pk=visit.pk)
    assert (visit.state, signature_in_force(visit)) == (VisitState.FILLING, None)


def test_signature_cannot_be_changed(visit, clerk):
    visits.sign(visit, image=None, by=clerk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitSignature.objects.update(values_revision=9)


def test_drawing_goes_when_the_visit_is_wiped_and_its_hash_stays(visit, clerk):
    signature = visits.sign(visit, image=receivingkit.drawing(), by=clerk, now=NOW)
    drawn = signature.file.sha256
    visits.leave(receivingkit.fresh(visit), keep=False, by=clerk, now=NOW)
    signature.refresh_from_db()
    assert (signature.file, signature.sha256, signature.is_drawn) == (None, drawn, True)
    assert sweep_files(now=NOW)[0] == 1
    assert not StoredFile.objects.exists()


def test_received_drawing_goes_with_the_visit_but_stays_in_what_was_filed(visit, clerk, settings):
    settings.VISITOR_KEPT_DAYS = 10
    visits.sign(visit, image=receivingkit.drawing(), by=clerk, now=NOW)
    procedure = visit.procedures.get().procedure
    visits.receive(receivingkit.fresh(visit), by=clerk, papers_seen=receivingkit.papers(procedure), now=NOW)
    visits.close(receivingkit.fresh(visit), clerk, now=NOW)
    assert VisitSignature.objects.get().file is not None
    later = NOW + dt.timedelta(days=11)
    assert (visits.wipe(now=later), sweep_files(now=later)[0]) == (1, 1)
    assert (VisitSignature.objects.get().file, VisitSignature.objects.get().is_drawn) == (None, True)
    # a copy printed later has the signature that its own form asked for
    paper = papers_of([Application.objects.get()], reader=clerk)[0]
    assert paper.fixed[SpotFixed.SIGNATURE].answer == Application.objects.get().revisions.get().answers["sign"]


def test_drawing_can_go_but_no_other_take_its_place(visit, clerk):
    first = visits.sign(visit, image=receivingkit.drawing(), by=clerk, now=NOW)
    other = StoredFile.objects.create(kind="attachment", path="x", name="x", content_type="image/png", size=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitSignature.objects.update(file=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitSignature.objects.update(file=None, sha256="")
    assert VisitSignature.objects.filter(pk=first.pk).update(file=None) == 1
