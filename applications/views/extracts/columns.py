"""The columns of an extract: which, and in what order."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.extracts.columns import ANSWER, CONCEPT
from applications.queries.extracts import offer_of
from applications.services import extracts
from applications.views.designer.listing import READ_OR_SEND
from applications.views.extracts.common import PROCESS, profile_or_404
from applications.views.staff import staff_of
from cityhall.access import staff_only


@staff_only(PROCESS)
@never_cache
@require_http_methods(READ_OR_SEND)
def extract_columns(request: HttpRequest, public_id: str) -> HttpResponse:
    """The chosen columns with buttons for their order, and everything that may be chosen."""
    profile = profile_or_404(request, public_id)
    if request.method == HTTPMethod.POST:
        chosen = frozenset(request.POST.getlist("column"))
        extracts.set_columns(profile=profile, chosen=chosen, by=staff_of(request))
        messages.success(request, _("列を保存しました。"))
        return redirect("applications:extract_columns", public_id=public_id)
    offer = offer_of(profile.procedure)
    groups: dict[str, list[object]] = {"facts": [], "answers": [], "concepts": []}
    for name, choice in offer.choices.items():
        kind = "answers" if name.startswith(ANSWER) else "concepts" if name.startswith(CONCEPT) else "facts"
        groups[kind].append(choice)
    context = {
        "profile": profile,
        "chosen": [offer.choices[name] for name in profile.columns if name in offer.choices],
        "names": frozenset(profile.columns),
        "groups": [
            (_("申請の情報"), groups["facts"]),
            (_("様式の質問"), groups["answers"]),
            (_("共通の項目（どの版でも同じ意味の質問）"), groups["concepts"]),
        ],
    }
    return render(request, "applications/extracts/columns.html", context)


@staff_only(PROCESS)
@require_POST
def extract_column_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """One press of a button in the list of columns; the same column is in view afterwards."""
    profile = profile_or_404(request, public_id)
    move, _colon, name = request.POST.get("move", "").partition(" ")
    extracts.move_column(profile=profile, name=name, move=move, by=staff_of(request))
    answer = redirect("applications:extract_columns", public_id=public_id)
    answer["Location"] += "#chosen"
    return answer
