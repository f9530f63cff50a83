"""Pages of a visit in which questions are asked, of the review, and of the figures."""

import itertools

from django.urls import reverse

from applications.enums import Channel
from applications.queries.intake import channels_of
from counter.enums import Origin, Source
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.procedures import fileable
from counter.queries.visits import chosen_procedures
from counter.services import visits
from portal.demo_city.answers import fill
from reservations.queries.scope import visible_places
from residents.models import Resident

_number = itertools.count(1)


def pages_of_filling(user):
    """What is missing, every page of the form, and both turned round; with marks and with what other sources say."""
    visit = filling(user)
    name = visit.values["applicant_name"]
    Visit.objects.filter(pk=visit.pk).update(
        offers={"applicant_name": {Source.BROUGHT: name | {"given": "咲良"}}}, marks={"applicant_name": "wrong"}
    )
    for query in ("", "?all=1", "?check=1", "?facing=resident"):
        yield at("visit_missing", visit) + query
    for page in combined_of(chosen_procedures(visit), at_desk=True).form.pages:
        yield at("visit_page", visit, page.key)
    yield at("visit_page", visit, "page_applicant") + "?facing=resident"


def pages_of_review(user):
    """By procedure and by person, for staff and for the resident; with a mark."""
    visit = reviewing(user)
    yield at("visit_review", visit)
    visits.dispute(visit, path="applicant_name", is_wrong=True, by=user)
    for query in ("by=procedure", "facing=resident", "facing=resident&by=procedure"):
        yield f"{at('visit_review', visit)}?{query}"


def pages_of_figures(_user):
    """Two tables; one of days on which nobody came."""
    address = reverse("counter:visit_figures")
    yield address
    yield f"{address}?by=procedure"
    yield f"{address}?from_day=2020-01-01&until_day=2020-01-02"


def at(name, visit, *parts):
    return reverse(f"counter:{name}", args=[visit.public_id, *parts])


def filling(user, count=4):
    """A visit of a resident with what the city knows filled in."""
    visit = visits.start(place=visible_places(user).first(), by=user, request_key=f"axe filling {next(_number)}")
    resident = Resident.objects.living_here().filter(protected_until=None).exclude(birth_date=None).first()
    visits.identify(visit, documents=["driving_licence"], resident=resident, by=user)
    found = [one for one in fileable(user) if Channel.COUNTER in channels_of(one)]
    visits.add(visit, [(one, "") for one in found[:count]], origin=Origin.STAFF, by=user)
    visits.fill_known(visit, user)
    visits.begin_questions(visit, user)
    return visit


def reviewing(user):
    """The same with all questions answered, being read."""
    visit = filling(user, count=1)
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    values = fill(combined.form, visit.resident, visit.values)
    sources = dict.fromkeys(values, Source.STAFF) | visit.sources
    Visit.objects.filter(pk=visit.pk).update(values=values, sources=sources)
    visit.refresh_from_db()
    visits.to_review(visit, user)
    return visit
