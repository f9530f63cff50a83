"""Who may file for whom: what the person gave, and may end at any time, and what they hold."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.models import Procedure
from applications.views.own import person
from cityhall.access import resident_only
from cityhall.days import today
from residents.models import Mandate
from residents.queries import agents_of, mandates_held, own_row_ids, resident_of
from residents.services import revoke_mandate


@resident_only
@never_cache
@require_safe
def mandate_list(request: HttpRequest) -> HttpResponse:
    """Mandates in force, given and held, with the procedures they are for."""
    own = resident_of(request.user)
    if own is None:
        messages.info(request, _("はじめに、お名前とご連絡先を登録してください。"))
        return redirect("residents:profile_edit")
    given, held = agents_of(own, today()), mandates_held(own, today())
    names = _procedure_names([*given, *held])
    context = {
        "given": [(mandate, _named(mandate, names)) for mandate in given],
        "held": [(mandate, _named(mandate, names)) for mandate in held],
    }
    return render(request, "applications/mandate_list.html", context)


@resident_only
@require_POST
def mandate_revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a mandate at once. Only who gave it; twice changes nothing."""
    mandate = (
        Mandate.objects.filter(principal__in=own_row_ids(request.user), public_id=public_id)
        .select_related("principal", "agent")
        .first()
    )
    by = person(request)
    if mandate is None or by is None:
        raise Http404
    revoke_mandate(mandate=mandate, by=by)
    messages.success(request, _("%(name)sさんの代理権を取り消しました。") % {"name": mandate.agent.full_name})
    return redirect("applications:mandate_list")


def _procedure_names(mandates: list[Mandate]) -> dict[str, str]:
    keys = {key for mandate in mandates for key in mandate.procedure_keys}
    return dict(Procedure.objects.filter(key__in=keys).values_list("key", "name"))


def _named(mandate: Mandate, names: dict[str, str]) -> list[str]:
    """The procedures of a mandate in words; empty for all of them. One that is gone keeps its key."""
    return [names.get(key, key) for key in mandate.procedure_keys]
