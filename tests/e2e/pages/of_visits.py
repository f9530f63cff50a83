"""Pages of the desk up to the questions: the list, a search, who it is, what is needed, and the ways out."""

from django.urls import reverse
from django.utils import timezone

from cityhall.models import Municipality
from counter import codes
from counter.enums import Companion, Origin
from counter.queries.procedures import fileable
from counter.services import prefills, visits
from reservations.queries.scope import visible_places

LICENCE = ["driving_licence"]


def pages_of_visits(user):
    """The list with visits in every state, and each page of one that brought a code with a name like a resident's."""
    place = visible_places(user).first()
    procedures = list(fileable(user)[:3])
    brought = _brought(place, procedures, user)
    yield at("visit", brought)
    yield at("visit_identify", brought)
    _identify(brought, user)
    yield at("visit_identify", brought)
    visits.drop(brought, procedures[0], reason="すでに済んでいる", by=user)
    visits.add(brought, [(fileable(user)[3], "ご本人の希望")], origin=Origin.STAFF, by=user)
    yield at("visit_procedures", brought)
    yield f"{at('visit_procedures', brought)}?q=住民票"
    yield f"{at('visit_procedures', brought)}?q=ありえないことば"
    yield at("visit_guide", brought, "birth")
    yield at("visit_leave", brought)
    yield reverse("counter:visit_find")
    yield reverse("counter:paper_pad")
    yield reverse("counter:visit_offline")
    yield reverse("counter:certificate_offline")
    visits.leave(_start(place, user, "paused"), keep=True, by=user)
    closed = visits.leave(_start(place, user, "closed"), keep=False, by=user)
    yield at("visit_closed", closed)
    yield reverse("counter:visits")


def pages_of_colleague(user):
    """The same list and a visit for who may take it over, and one without anything chosen."""
    place = visible_places(user).first()
    bare = _identify(_start(place, user, "bare"), user)
    yield at("visit_procedures", bare)
    yield reverse("counter:visits")


def at(name, visit, *parts):
    return reverse(f"counter:{name}", args=[visit.public_id, *parts])


def _start(place, user, key):
    return visits.start(place=place, by=user, request_key=f"axe {key}")


def _identify(visit, user):
    family = {"companion": Companion.FAMILY, "companion_name": "高橋 太郎"}
    return visits.identify(visit, documents=LICENCE, resident=None, by=user, **family)


def _brought(place, procedures, user):
    token = codes.new_token()
    values = {"applicant_name": {"family": "高橋", "given": "さくら", "family_kana": "", "given_kana": ""}}
    prefills.keep(token=token, procedures=procedures, values=values, now=timezone.now())
    code = codes.full_code(Municipality.objects.get().code, token)
    return visits.start_with_code(text=code, place=place, by=user, request_key="axe code")
