"""The versions of a text, and what one says otherwise than another."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from notices.queries.versions import differences_of, two_versions
from notices.views.kinds.listing import VIEW, kind_or_404


@staff_only(VIEW)
@require_safe
def kind_versions(request: HttpRequest, key: str) -> HttpResponse:
    """Every version with what it changed; `?older=1&newer=3` compares any two."""
    kind = kind_or_404(request, key)
    versions = differences_of(kind)
    older, newer = _number(request, "older"), _number(request, "newer")
    compared = two_versions(kind, older, newer) if older and newer else None
    # until somebody asks, the two newest ones are offered
    offered = [change.version.number for change in versions[:2]]
    context = {
        "kind": kind,
        "versions": versions,
        "compared": compared,
        "older": older or min(offered, default=0),
        "newer": newer or max(offered, default=0),
        "was_asked": bool(older and newer),
    }
    return render(request, "notices/kinds/versions.html", context)


def _number(request: HttpRequest, name: str) -> int:
    written = request.GET.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else 0
