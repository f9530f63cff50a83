"""What the pages of the extracts share: a profile or file out of one's sight does not exist."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from applications.models import Extract, ExtractProfile
from applications.permissions import CaseRight, permission_of
from applications.queries.extracts import may_extract, profiles_of
from applications.views.staff import staff_of

PROCESS = permission_of(CaseRight.PROCESS)


def profile_or_404(request: HttpRequest, public_id: str) -> ExtractProfile:
    """A profile of a procedure whose cases the person processes."""
    return get_object_or_404(profiles_of(staff_of(request)), public_id=public_id)


def extract_or_404(request: HttpRequest, public_id: str) -> Extract:
    """An extract of such a profile, whoever asked for it."""
    rows = Extract.objects.select_related("profile__procedure", "profile__department", "by", "file")
    extract = get_object_or_404(rows, public_id=public_id)
    if not may_extract(staff_of(request), extract.profile.procedure):
        raise Http404
    return extract
