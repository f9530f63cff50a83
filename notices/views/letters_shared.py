"""What the pages of the letters share."""

from django.http import Http404, HttpRequest

from cityhall.models import User
from notices.models import LetterRun
from notices.queries import letter_runs_for


def staff_of(request: HttpRequest) -> User:
    """The member of staff; `staff_only` let nobody else through."""
    return request.user  # type: ignore[return-value]


def run_or_404(request: HttpRequest, public_id: str) -> LetterRun:
    """A letter run the person may see."""
    run = letter_runs_for(staff_of(request)).filter(public_id=public_id).first()
    if run is None:
        raise Http404
    return run
