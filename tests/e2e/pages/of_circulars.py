"""Pages of the circulars: of a head, of a home that joined, of a tablet; and the practice of notices."""

from django.urls import reverse

from cityhall.services import devices
from notices.models import CircularHome, DistrictHead
from notices.services import circulars
from notices.services.circulars import CircularFields
from tests.e2e.conftest import in_worker
from tests.e2e.pages.of_hall import paired


def at(name, *parts):
    return reverse(f"notices:{name}", args=parts)


def pages_of_head(user):
    """Everything a head can open: the demo's circulars, and a draft."""
    district = DistrictHead.objects.get(user=user).district
    fields = CircularFields(title="下書き", body="- 朝8時\n- 中央公園", districts=[district])
    draft = circulars.save_draft(fields=fields, department=None, by=user, request_key="axe")
    yield reverse("portal:staff_home")
    yield from (at("circular_list"), at("circular_new"), at("circular_edit", draft.public_id))
    yield from (at("circular_staff", row.public_id) for row in district.circulars.all())
    yield from (at("circular_homes", district.public_id), at("circular_home_new", district.public_id))
    yield from (at("circular_home", home.public_id) for home in district.homes.all()[:2])


def pages_of_administrator(_user):
    yield at("circular_districts")


def pages_of_resident(user):
    """The board and what goes round; the first of the demo's families has joined."""
    yield from (at("circular_board"), at("try_notice"))
    for home in CircularHome.objects.filter(household__members__user=user):
        yield from (
            at("circular_page", row.public_id) for row in home.district.circulars.filter(published_at__isnull=False)
        )


def pages_of_tour():
    yield from (at("try_tour"), at("try_tour_handout"), at("try_tour_step", 1), at("try_tour_step", 7))


def visit_tablet(walk, open_browser, *, size):
    """A tablet on a wall: what is new, and each circular."""
    token, pages = in_worker(_tablet)[0]
    walk.visit(paired(open_browser, token, size=size), pages)


def _tablet():
    home = CircularHome.objects.filter(household__isnull=True).first()
    head = DistrictHead.objects.filter(district=home.district).first()
    device, code = circulars.new_tablet_code(home, by=head.user)
    running = home.district.circulars.filter(published_at__isnull=False)
    pages = [at("tablet_home"), *(at("tablet_circular", row.public_id) for row in running)]
    pages += [at("tablet_sheet", row.public_id) for row in running if row.file_id is not None]
    return devices.pair(code, public_id=device.public_id), pages
