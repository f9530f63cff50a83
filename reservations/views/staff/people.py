"""Looking for the resident that staff book for; every search is in the audit trail with whom it showed."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cityhall.days import wareki
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from reservations.forms_people import PeopleSearchForm
from reservations.views.staff.shared import staff_of
from residents.models import Resident
from residents.queries import search_residents, visible_address
from residents.queries.people import is_protected

_MOST = 20
_VIEW = "residents.view_resident"


def candidates(request: HttpRequest, text: str) -> list[Resident]:
    """Whom the words may mean; nobody for no words, and for staff who may not look at residents."""
    user = staff_of(request)
    if not text or not user.has_perm(_VIEW):
        return []
    found = search_residents(text, limit=_MOST)
    audit.record(
        action=AuditAction.SEARCH,
        actor=user,
        target_type="resident",
        object_ids=[one.public_id for one in found],
    )
    return found


def people_search(request: HttpRequest) -> tuple[PeopleSearchForm | None, list[tuple[Resident, str]]]:
    """The search of a page and whom it found, each with the words of its choice; no form for who may not search."""
    if not staff_of(request).has_perm(_VIEW):
        return None, []
    form = PeopleSearchForm(request.GET or None)
    return form, [(one, described(one, to=staff_of(request))) for one in candidates(request, form.text())]


def described(resident: Resident, *, to: User) -> str:
    """One line by which a clerk tells people of the same name apart."""
    born = _("%(date)s生") % {"date": wareki(resident.birth_date)} if resident.birth_date else _("生年月日は未登録")
    address = visible_address(resident, to=to)
    if not address:
        hidden = _("住所は支援措置のため表示できません")
        address = hidden if is_protected(resident) else _("住所は未登録")
    return f"{resident.full_name}（{resident.full_kana}）　{born}　{address}"
