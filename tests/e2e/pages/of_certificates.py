"""Pages of certificates served at once: the list, one page of questions, signing, paying, handing over, figures."""

from django.urls import reverse
from django.utils import timezone

from applications.models import Procedure
from counter.models import CertificateIssue
from counter.services import certificates, visits
from counter.services.certificates import Paid, Requester
from reservations.queries.scope import visible_places
from residents.models import Resident

KEY = "juminhyo-seikyu"


def pages_of_certificates(user):
    """Before and after a kind is chosen, read and signed, paid or not, handed over and taken back."""
    yield _at("certificate", _identified(user, "a"))
    asked = _asked(user, "b")
    yield _at("certificate", asked)
    yield _at("certificate", _asked_by_another(user, "i"))
    yield _at("certificate_sign", _read(user, "c"))
    yield _at("certificate_receive", _signed(user, "d"))
    yield _at("certificate_done", _received(user, "e", paid=None))
    yield _at("certificate_done", _received(user, "f", paid=Paid("cash")))
    over, mistake = _received(user, "g", paid=Paid("card")), _received(user, "h", paid=Paid("card"))
    certificates.hand(over, list(over.certificates.all()), by=user)
    certificates.cancel(CertificateIssue.objects.get(visit=mistake), reason="種類の間違い", by=user)
    yield _at("certificate_done", over)
    yield _at("certificate_done", mistake)
    yield reverse("counter:certificates")
    yield reverse("counter:certificate_figures")


def _at(name, visit):
    return reverse(f"counter:{name}", args=[visit.public_id])


def _identified(user, key):
    resident = Resident.objects.living_here().filter(protected_until=None).exclude(birth_date=None).first()
    visit = visits.start(place=visible_places(user).first(), by=user, request_key=f"axe certificates {key}")
    certificates.begin(visit)
    return visits.identify(visit, documents=["driving_licence"], resident=resident, by=user)


def _asked(user, key):
    visit = _identified(user, key)
    certificates.choose(visit, Procedure.objects.get(key=KEY), by=user)
    return visit


def _asked_by_another(user, key):
    """Somebody whose address is protected, found in the register."""
    visit = _asked(user, key)
    person = Resident.objects.exclude(protected_until=None).first() or visit.resident
    said = {"relation": "third", "subject_name": person.full_name, "subject_person": person.public_id}
    certificates.keep_requester(visit, said)
    return visit


def _read(user, key):
    visit = _asked(user, key)
    answers = {"p1_scope": "all", "p1_purpose": "school"}
    revision = visit.values_revision + 1
    visits.states.touch(
        visit, event="saved", by=user, now=timezone.now(), values=visit.values | answers, values_revision=revision
    )
    return certificates.to_signature(visit, Requester("self"), by=user)


def _signed(user, key):
    visit = _read(user, key)
    visits.sign(visit, image=None, by=user)
    return visit


def _received(user, key, *, paid):
    visit = _signed(user, key)
    return certificates.receive(visit, by=user, request_key=f"axe {key}", seen_total=300, paid=paid)
