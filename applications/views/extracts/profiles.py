"""Kinds of extracts: the list, a new one, its page with what was made, its settings."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.extract_forms import NewProfileForm, OrderForm, ProfileForm
from applications.extracts.table import Table
from applications.extracts.writing import Writing
from applications.models import ExtractProfile
from applications.queries.extracts import extractable, forms_of, latest_extracts, profiles_of
from applications.services import extracts
from applications.views.designer.common import tell
from applications.views.designer.listing import READ_OR_SEND
from applications.views.extracts.common import PROCESS, profile_or_404
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.my_numbers import StaffTexts, record_confirmed_number


@staff_only(PROCESS)
@require_safe
def extract_list(request: HttpRequest) -> HttpResponse:
    """Kinds of extracts of the procedures one processes, each with the last file. Two queries beside the scope."""
    profiles = list(profiles_of(staff_of(request)).order_by("procedure__name", "name"))
    latest = latest_extracts(profiles)
    rows = [{"profile": profile, "last": latest.get(profile.pk)} for profile in profiles]
    return render(request, "applications/extracts/list.html", {"rows": rows})


@staff_only(PROCESS)
@never_cache
@require_http_methods(READ_OR_SEND)
def extract_new(request: HttpRequest) -> HttpResponse:
    """Choose a procedure and a name."""
    user = staff_of(request)
    form = NewProfileForm(request.POST or None, procedures=extractable(user))
    if request.method == HTTPMethod.POST and form.is_valid():
        data = form.cleaned_data
        try:
            profile = extracts.create_profile(procedure=data["procedure"], name=data["name"], by=user)
        except extracts.NameTaken as error:
            form.add_error("name", str(error))
        else:
            _note_number(request, profile, form)
            messages.success(request, _("抽出を登録しました。列と形式を確認してください。"))
            return redirect("applications:extract_columns", public_id=profile.public_id)
    return render(request, "applications/extracts/new.html", {"form": form})


@staff_only(PROCESS)
@never_cache
@require_http_methods(READ_OR_SEND)
def extract_profile(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose cases, look at the first of them, have the file made; what was made before."""
    user, profile = staff_of(request), profile_or_404(request, public_id)
    form = OrderForm(request.POST if request.method == HTTPMethod.POST else None)
    preview = None
    if request.method == HTTPMethod.POST and form.is_valid():
        chosen = {"profile": profile, "limits": form.limits(), "scope": form.cleaned_data["scope"], "by": user}
        if request.POST.get("action") == "preview":
            preview = extracts.preview(**chosen)
        else:
            try:
                extract = extracts.order(**chosen, request_key=form.cleaned_data["request_key"])
            except DomainError as error:
                tell(request, error)
                return redirect("applications:extract_profile", public_id=public_id)
            return redirect("applications:extract_file", public_id=extract.public_id)
    writing = Writing.of(profile.writing)
    table = Table(
        names=profile.columns, forms=[one for _n, one in forms_of(profile.procedure).values()], writing=writing
    )
    context = {
        "profile": profile,
        "form": form,
        "preview": preview,
        "previewed": list(zip(preview.titles, preview.headings, preview.lines, strict=True)) if preview else [],
        "columns": len(table.columns) + len(table.groups),
        "facts": _facts(profile, writing),
        "made": profile.extracts.select_related("by").order_by("-pk")[:20],
        "now": timezone.now(),
    }
    return render(request, "applications/extracts/profile.html", context)


@staff_only(PROCESS)
@never_cache
@require_http_methods(READ_OR_SEND)
def extract_settings(request: HttpRequest, public_id: str) -> HttpResponse:
    """Name, format, and how cells are written."""
    profile = profile_or_404(request, public_id)
    versions = [number for number, _form in forms_of(profile.procedure).values()]
    sent = request.POST if request.method == HTTPMethod.POST else None
    form = ProfileForm(sent, initial=ProfileForm.values_of(profile), versions=versions)
    if request.method == HTTPMethod.POST and form.is_valid():
        data = form.cleaned_data
        try:
            extracts.save_profile(
                profile=profile,
                name=data["name"],
                kind=data["format"],
                encoding=data["encoding"],
                writing=form.writing(),
                by=staff_of(request),
            )
        except extracts.NameTaken as error:
            form.add_error("name", str(error))
        else:
            _note_number(request, profile, form)
            messages.success(request, _("設定を保存しました。"))
            return redirect("applications:extract_profile", public_id=public_id)
    # the form has written what was typed into its row
    profile.refresh_from_db(fields=["name"])
    return render(request, "applications/extracts/settings.html", {"form": form, "profile": profile})


def _facts(profile: ExtractProfile, writing: Writing) -> list[tuple[str, str]]:
    """How the file is written, in words."""
    if profile.has_files:
        return [(_("形式"), profile.get_format_display())]
    fields = ProfileForm(initial=ProfileForm.values_of(profile), versions=[writing.version] if writing.version else [])
    names = ["format", *(["encoding"] if profile.format == "csv" else []), "dates", "headings", "choices", "groups"]
    return [(str(fields[name].label), _chosen(fields, name)) for name in [*names, "version"]]


def _chosen(form: ProfileForm, name: str) -> str:
    value = "" if form[name].value() is None else form[name].value()
    return str(dict(form.fields[name].choices)[value])  # type: ignore[attr-defined] # all of them are choices


def _note_number(request: HttpRequest, profile: ExtractProfile, form: StaffTexts) -> None:
    record_confirmed_number(
        form,
        by=staff_of(request),
        target_type="applications.extractprofile",
        target_id=profile.public_id,
        target_label=profile.name,
        department_code=profile.department.code,
    )
