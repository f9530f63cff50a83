"""What the views of the staff share: who asks, that a case out of their sight does not exist, who read what."""

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from applications.models import Application
from applications.queries.cases import visible_case
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.my_numbers import StaffTexts, record_confirmed_number
from cityhall.services import audit


def staff_of(request: HttpRequest) -> User:
    """The member of staff; `staff_only` let nobody else through."""
    return request.user  # type: ignore[return-value]


def case_or_404(request: HttpRequest, public_id: str) -> Application:
    """A case the person may see."""
    try:
        return visible_case(staff_of(request), public_id)
    except Application.DoesNotExist:
        raise Http404 from None


def way_back(request: HttpRequest) -> str:
    """The work list as it was filtered, as its forms say; another site's address is not followed."""
    here = request.POST.get("here", "")
    is_ours = url_has_allowed_host_and_scheme(here, allowed_hosts=None) and here.startswith("/")
    return here if is_ours else reverse("applications:case_list")


def note_number(case: Application, user: User, form: StaffTexts) -> None:
    """What was written on the case had twelve digits in it that the person said are no My Number."""
    record_confirmed_number(
        form,
        by=user,
        target_type="application",
        target_id=case.public_id,
        target_label=case.number or "",
        department_code=case.department.code,
    )


def record_reading(case: Application, user: User, detail: str = "") -> None:
    """Write down that somebody read a person's case."""
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="application",
        target_id=case.public_id,
        target_label=str(case),
        detail=detail,
        department_code=case.department.code,
    )
