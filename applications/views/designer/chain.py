"""The approval chain of a procedure: who signs a decision, in which order."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.designer.chain_form import ChainForm
from applications.permissions import DESIGN_PROCEDURES
from applications.queries.designing import may_set_guards
from applications.services.chains import chain_seen, set_chain
from applications.views.designer.common import procedure_or_404, show, staff
from applications.views.designer.listing import READ_OR_SEND
from cityhall.access import staff_only
from cityhall.errors import DomainError


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_chain(request: HttpRequest, key: str) -> HttpResponse:
    """Everybody who designs sees the chain; who guards the procedure changes it."""
    procedure = procedure_or_404(request, key)
    form = ChainForm(request.POST or None, procedure=procedure)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            changed = set_chain(
                procedure=procedure, steps=form.steps(), seen=request.POST.get("seen", ""), by=staff(request)
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("決裁の段階を保存しました。次の起案から使います。")
                if changed
                else _("決裁の段階に変更はありませんでした。"),
            )
            return redirect("applications:design_overview", key=key)
    context = {"form": form, "seen": chain_seen(procedure), "may_change": may_set_guards(request.user, procedure)}
    return show(request, "chain.html", procedure, context)
