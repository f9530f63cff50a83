"""The settings of a procedure, and whether the public may use it."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.designer.settings_form import COLUMNS, SettingsForm
from applications.enums import ProcedureState
from applications.permissions import DESIGN_PROCEDURES
from applications.queries.designing import may_set_guards
from applications.services import procedures
from applications.views.designer.common import note_number, procedure_or_404, show, staff, tell
from applications.views.designer.listing import READ_OR_SEND
from cityhall.access import staff_only
from cityhall.errors import DomainError


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_settings(request: HttpRequest, key: str) -> HttpResponse:
    """Texts, ways to file, opening period, places, examination. A save names the settings it was made from."""
    procedure = procedure_or_404(request, key)
    seen = procedures.settings_seen(procedure, COLUMNS)
    fixed = () if may_set_guards(request.user, procedure) else procedures.GUARDS
    form = SettingsForm(request.POST or None, instance=procedure, fixed=fixed)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            changed = procedures.change_settings(
                procedure=procedure,
                values=form.values(),
                life_events=list(form.cleaned_data["life_events"]),
                seen=request.POST.get("seen", ""),
                by=staff(request),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note_number(request, procedure, form)
            messages.success(request, _("設定を保存しました。") if changed else _("設定に変更はありませんでした。"))
            return redirect("applications:design_overview", key=key)
    return show(request, "settings.html", procedure_or_404(request, key), {"form": form, "seen": seen})


@staff_only(DESIGN_PROCEDURES)
@require_POST
def design_state(request: HttpRequest, key: str) -> HttpResponse:
    """Open the procedure to the public, or close it. Applications under way go on."""
    procedure = procedure_or_404(request, key)
    wanted = request.POST.get("state", "")
    if wanted not in (ProcedureState.PUBLISHED, ProcedureState.CLOSED):
        return redirect("applications:design_overview", key=key)
    state = ProcedureState(wanted)
    try:
        procedures.set_state(
            procedure=procedure, expected=request.POST.get("expected", ""), state=state, by=staff(request)
        )
    except DomainError as error:
        tell(request, error)
    else:
        messages.success(
            request,
            _("公開しました。住民に見えるようになりました。")
            if state == ProcedureState.PUBLISHED
            else _("受付を止めました。住民には見えません。途中の申請は、そのまま続けられます。"),
        )
    return redirect("applications:design_overview", key=key)
