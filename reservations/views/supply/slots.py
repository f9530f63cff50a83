"""One slot, and how slots open for the public."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from cityhall.errors import DomainError
from reservations.forms_supply import ReleaseForm, SlotForm, WaveFormSet, wave_initial
from reservations.models import Slot
from reservations.permissions import CHANGE_SUPPLY
from reservations.queries import supply as queries
from reservations.services import supply
from reservations.services.supply.targets import wanted_numbers
from reservations.supply.words import day_words
from reservations.views.staff.shared import staff_of
from reservations.views.supply.editor import Editor, editor_or_404, render_editor, start_or_404, tell_rebuilt, to


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supply_slot(request: HttpRequest, group: str, place: str, start: str) -> HttpResponse:
    """The numbers of one slot. Lowered under what is taken it closes, and who is too many is listed."""
    starts_at = start_or_404(start)
    editor = editor_or_404(request, group, place, starts_at.date())
    slot = queries.slot_at(group=editor.group, place=editor.place, starts_at=starts_at)
    if slot is None:
        raise Http404
    capacity, public = wanted_numbers(slot)
    initial = {"capacity": capacity, "public_capacity": public}
    form = SlotForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _change(request, editor, slot, form)
    return render_editor(
        request,
        editor,
        "slot",
        has_errors=bool(form.errors),
        form=form,
        slot=slot,
        starts_at=starts_at,
        day_words=day_words(slot.business_day),
    )


def _change(request: HttpRequest, editor: Editor, slot: Slot, form: SlotForm) -> HttpResponse:
    data = form.cleaned_data
    changed = supply.change_slot(
        slot=slot, capacity=data["capacity"], public_capacity=data["public_capacity"], by=staff_of(request)
    )
    if not changed.must_move:
        messages.success(request, _("枠の数を保存しました。"))
        return to(editor, "supply_week")
    words = _(
        "予約済みの数より少なくしたため、この枠を締め切りました。%(count)s件の予約は別の日時への変更が必要です。"
        "一覧を確かめて、連絡してください。"
    )
    messages.warning(request, words % {"count": len(changed.must_move)})
    return to(editor, "supply_day", slot.business_day.isoformat())


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supply_release(request: HttpRequest, group: str, place: str) -> HttpResponse:
    """How the group opens its slots, at all its places."""
    editor = editor_or_404(request, group, place)
    data = request.POST if request.method == "POST" else None
    form = ReleaseForm(data, instance=editor.group)
    waves = WaveFormSet(data, initial=wave_initial(editor.group), prefix="waves")
    if request.method == "POST" and form.is_valid() and waves.is_valid():
        try:
            rebuilt = supply.save_release(group=form.instance, waves=waves.waves(), by=staff_of(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            tell_rebuilt(request, _("予約の開始方法を保存しました。"), rebuilt)
            return to(editor, "supply_release")
    has_errors = bool(form.errors) or any(waves.errors) or bool(waves.is_bound and waves.non_form_errors())
    return render_editor(request, editor, "release", has_errors=has_errors, form=form, waves=waves)
