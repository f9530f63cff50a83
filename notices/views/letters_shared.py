"""What the pages of the letters share."""

from django.http import Http404, HttpRequest

from cityhall.models import User
from notices.models import LetterRun
from notices.queries import letter_runs_for
from notices.queries.letters import VIEW


def staff_of(request: HttpRequest) -> User:
    """The member of staff; `staff_only` let nobody else through."""
    return request.user  # type: ignore[return-value]


def run_or_404(request: HttpRequest, public_id: str, permission: str = VIEW) -> LetterRun:
    """A letter run the person may do this with (see it)."""
    run = letter_runs_for(staff_of(request), permission).filter(public_id=public_id).first()
    if run is None:
        raise Http404
    return run
