"""Staff write down that somebody wants their notices on paper again: at the counter, by telephone, in a letter."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from notices.forms_consent import ConsentEndForm, PersonSearchForm
from notices.queries import visible_to_staff
from notices.queries.consent import not_opened_by_consent
from notices.services.consenting import NoConsent, withdraw_consent
from notices.views.staff import staff_of
from residents.enums import ConsentKind
from residents.models import Consent, Resident
from residents.permissions import ADD_CONSENT
from residents.queries import is_protected, search_residents, visible_address
from residents.services import consents

MOST = 20


@staff_only(ADD_CONSENT)
@never_cache
@require_safe
def consent_search(request: HttpRequest) -> HttpResponse:
    """Whose consent it is: people by name, birthday, number or telephone, with how each gets notices now. Audited."""
    form = PersonSearchForm(request.GET)
    found = _found(form.text(), by=staff_of(request))
    agreed = consents.agreed_texts([one.pk for one in found], ConsentKind.DIGITAL_NOTICE)
    rows = [{**_facts_of(one, to=staff_of(request)), "is_digital": bool(agreed.get(one.pk))} for one in found[:MOST]]
    context = {"form": form, "text": form.text(), "rows": rows, "has_more": len(found) > MOST, "most": MOST}
    return render(request, "notices/consents/search.html", context)


@staff_only(ADD_CONSENT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent_person(request: HttpRequest, public_id: str) -> HttpResponse:
    """How one person gets notices, what a withdrawal sends on paper, and the form that writes it down. Audited."""
    resident = Resident.objects.filter(public_id=public_id, merged_into__isnull=True).first()
    if resident is None:
        raise Http404
    form = ConsentEndForm(request.POST or None, initial={"said_on": today()})
    if request.method == "POST" and form.is_valid():
        _withdraw(request, resident, form)
        return redirect("notices:consent_person", public_id=public_id)
    audit.record(action=AuditAction.READ, actor=staff_of(request), target_type="resident", target_id=resident.public_id)
    return render(request, "notices/consents/person.html", _context(resident, form, to=staff_of(request)))


def _found(text: str, *, by: User) -> list[Resident]:
    if not text:
        return []
    found = search_residents(text, limit=MOST + 1)
    audit.record(
        action=AuditAction.SEARCH, actor=by, target_type="resident", object_ids=[one.public_id for one in found[:MOST]]
    )
    return found


def _facts_of(resident: Resident, *, to: User) -> dict[str, object]:
    address = visible_address(resident, to=to)
    return {"person": resident, "address": address, "is_hidden": not address and is_protected(resident)}


def _context(resident: Resident, form: ConsentEndForm, *, to: User) -> dict[str, object]:
    """What the page shows; of other departments' notices the number only."""
    waiting = list(not_opened_by_consent(resident))
    seen = set(visible_to_staff(to).filter(pk__in=[one.pk for one in waiting]).values_list("pk", flat=True))
    history = Consent.objects.filter(resident=resident, kind=ConsentKind.DIGITAL_NOTICE).select_related("by")
    return {
        **_facts_of(resident, to=to),
        "is_digital": bool(consents.agreed_text(resident, ConsentKind.DIGITAL_NOTICE)),
        "form": form,
        "waiting": [one for one in waiting if one.pk in seen],
        "waiting_count": len(waiting),
        "waiting_elsewhere": len(waiting) - len(seen),
        "history": history.order_by("-id"),
    }


def _withdraw(request: HttpRequest, resident: Resident, form: ConsentEndForm) -> None:
    try:
        letters = withdraw_consent(resident=resident, by=staff_of(request), said=form.said())
    except NoConsent as error:
        messages.info(request, str(error))
        return
    said = _("同意の撤回を記録しました。今後の通知は郵送でお届けします。")
    if letters:
        said += ngettext(
            "まだ開封されていない通知%(count)s通を郵送待ちにしました。",
            "まだ開封されていない通知%(count)s通を郵送待ちにしました。",
            letters,
        ) % {"count": letters}
    messages.success(request, said)
