"""For those who run the installation: is it alive, and is it well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from cityhall.access import public, staff_only
from portal import backlog, self_check
from portal.version import version


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches neither database nor session: a slow database must not restart the web."""
    return HttpResponse("ok\n", content_type="text/plain")


@staff_only("portal.view_status")
@never_cache
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Version, migrations, what waits and for how long, and the list of self-checks."""
    findings = self_check.findings()
    context = {
        "version": version(),
        "unapplied": self_check.unapplied_migrations(),
        "backlogs": [*backlog.work_backlogs(), backlog.unsealed_audit_events()],
        "findings": findings,
        "problems": sum(not finding.is_fine for finding in findings),
    }
    return render(request, "portal/status.html", context)
