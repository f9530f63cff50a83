"""決裁待ち: proposals whose next signature is this person's, by their own right or for somebody who is away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from applications.approvals import current_step, steps_of
from applications.display import due_chip
from applications.models import Approval
from applications.queries.approvals import approval_list as approvals_of
from applications.queries.four_eyes import typists_of
from applications.queries.standing_in import Signer, Typists, signer_of
from applications.views.page_sizes import page_size, size_links
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.services import audit


@staff_only("applications.process_case")
@require_GET
def approval_list(request: HttpRequest) -> HttpResponse:
    """Oldest first. Several may be ticked and signed together after a preview."""
    user = staff_of(request)
    size = page_size(request)
    page = approvals_of(user, after=request.GET.get("after", ""), size=size)
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="application",
        object_ids=[row.application.public_id for row in page.rows],
    )
    signer = signer_of(user)
    typists = typists_of([row.application for row in page.rows])
    context = {
        "rows": [_row(proposal, signer, typists) for proposal in page.rows],
        "principals": [principal.user for principal in signer.principals],
        "next_url": f"?size={size}&after={page.next_cursor}" if page.next_cursor else "",
        "sizes": size_links(request),
    }
    return render(request, "applications/approvals/waiting.html", context)


def _row(proposal: Approval, signer: Signer, typists: Typists) -> dict[str, object]:
    capacity = signer.capacity(proposal, typists)
    return {
        "case": proposal.application,
        "proposal": proposal,
        "due": due_chip(proposal.application, today()),
        "step": current_step(proposal),
        "count": len(steps_of(proposal)),
        "on_behalf_of": capacity.on_behalf_of if capacity else None,
    }
