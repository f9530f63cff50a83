"""Making a class: its words, its sessions, announcing it, calling a session off."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.errors import DomainError
from reservations.forms_classes import NumbersForm, OffForm, OpenForm, SeriesForm, SessionForm
from reservations.permissions import CHANGE_SUPPLY
from reservations.queries.classes import event_groups, may_edit, present, slots_of, to_call, visible_series
from reservations.services import classes
from reservations.staff_home import VIEW
from reservations.views.classes.shared import editable_or_404, series_or_404, slot_or_404
from reservations.views.staff.shared import staff_of

_MOST = 200


@staff_only(VIEW)
@require_safe
def staff_classes(request: HttpRequest) -> HttpResponse:
    """The classes of the own departments, the newest first."""
    user = staff_of(request)
    context = {"rows": visible_series(user)[:_MOST], "may_make": event_groups(user).exists()}
    return render(request, "reservations/classes/staff_list.html", context)


@staff_only(CHANGE_SUPPLY)
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_class_new(request: HttpRequest) -> HttpResponse:
    """The words of a new class; sessions come next."""
    user = staff_of(request)
    form = SeriesForm(request.POST or None, groups=event_groups(user))
    if request.method == HTTPMethod.POST and form.is_valid():
        series = classes.save_series(series=form.save(commit=False), by=user)
        messages.success(request, _("講座を登録しました。続けて、開催する日時を登録してください。"))
        return redirect("reservations:staff_class", public_id=series.public_id)
    return render(request, "reservations/classes/staff_edit.html", {"form": form})


@staff_only(VIEW)
@never_cache
@require_safe
def staff_class(request: HttpRequest, public_id: str) -> HttpResponse:
    """One class: its sessions, whether it is announced, whom to ring up."""
    user, series = staff_of(request), series_or_404(request, public_id)
    return _page(request, public_id, SessionForm(), is_editor=may_edit(user, series))


@staff_only(CHANGE_SUPPLY)
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_class_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Other words."""
    user, series = staff_of(request), editable_or_404(request, public_id)
    form = SeriesForm(request.POST or None, instance=series, groups=event_groups(user))
    if request.method == HTTPMethod.POST and form.is_valid():
        classes.save_series(series=form.save(commit=False), by=user)
        messages.success(request, _("講座の内容を変更しました。"))
        return redirect("reservations:staff_class", public_id=public_id)
    return render(request, "reservations/classes/staff_edit.html", {"form": form, "series": series})


@staff_only(CHANGE_SUPPLY)
@require_POST
def staff_session_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """One more session."""
    user, series = staff_of(request), editable_or_404(request, public_id)
    form = SessionForm(request.POST)
    if form.is_valid():
        try:
            classes.add_session(series=series, planned=classes.Planned(**form.cleaned_data), by=user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("開催する日時を追加しました。"))
            return redirect("reservations:staff_class", public_id=public_id)
    return _page(request, public_id, form, is_editor=True)


@staff_only(CHANGE_SUPPLY)
@require_POST
def staff_class_publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Announce it, or announce it no longer."""
    user, series = staff_of(request), editable_or_404(request, public_id)
    if "withdraw" in request.POST:
        classes.withdraw(series=series, by=user)
        messages.success(request, _("公開をやめました。申し込んだ方の予約はそのままです。"))
        return redirect("reservations:staff_class", public_id=public_id)
    form = OpenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("申込の開始の日時の形が正しくありません。もう一度入力してください。"))
    elif not slots_of(series).exists():
        messages.error(request, _("先に、開催する日時を登録してください。"))
    else:
        classes.publish(series=series, opens_at=form.cleaned_data["opens_at"], by=user)
        messages.success(request, _("講座を公開しました。"))
    return redirect("reservations:staff_class", public_id=public_id)


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_session_edit(request: HttpRequest, public_id: str, slot_id: int) -> HttpResponse:
    """Other seats for one session."""
    series = editable_or_404(request, public_id)
    slot = slot_or_404(series, slot_id)
    known = {"seats": slot.capacity, "public_seats": slot.public_capacity}
    form = NumbersForm(request.POST or None, initial=known)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            changed = classes.change_seats(slot=slot, by=staff_of(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("定員を変更しました。"))
            if changed.must_move:
                sentence = _("定員より多い方が申し込んでいます（%(count)s件）。名簿から連絡してください。")
                messages.warning(request, sentence % {"count": len(changed.must_move)})
            return redirect("reservations:staff_class", public_id=public_id)
    context = {"series": series, "slot": slot, "form": form}
    return render(request, "reservations/classes/staff_session.html", context)


@staff_only(CHANGE_SUPPLY)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_session_cancel(request: HttpRequest, public_id: str, slot_id: int) -> HttpResponse:
    """Asks why, then calls one session off and tells everybody."""
    series = editable_or_404(request, public_id)
    slot = slot_or_404(series, slot_id)
    form = OffForm(request.POST or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            told = classes.cancel_session(slot=slot, reason=form.cleaned_data["reason"], by=staff_of(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            sentence = _("この回を中止し、%(mailed)s件にメールで知らせました。")
            messages.success(request, sentence % {"mailed": len(told.mailed)})
            if told.by_phone:
                messages.warning(request, _("メールのない方には、下の一覧を見て電話で知らせてください。"))
            return redirect("reservations:staff_class", public_id=public_id)
    context = {"series": series, "slot": slot, "form": form, "present": present(slot)}
    return render(request, "reservations/classes/staff_off.html", context)


def _page(request: HttpRequest, public_id: str, form: SessionForm, *, is_editor: bool) -> HttpResponse:
    series = series_or_404(request, public_id)
    context = {
        "series": series,
        "slots": slots_of(series),
        "to_call": to_call(series),
        "form": form,
        "open_form": OpenForm(),
        "is_editor": is_editor,
    }
    return render(request, "reservations/classes/staff_detail.html", context)
