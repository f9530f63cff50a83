"""Import of the register in three steps: upload, map the columns and check, look at the result and apply."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cityhall import queue
from cityhall.admin import BaseAdmin
from cityhall.days import today
from cityhall.enums import FileKind
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services.files import store_bytes
from residents.enums import RegisterImportKind, RegisterImportState
from residents.models import RegisterImport
from residents.permissions import IMPORT_REGISTER
from residents.services.register import COLUMNS, apply_import, check_import, headings_of, start_import
from residents.services.register.reading import CP932, UTF8

_CONTINUE: Final = "residents.tasks.continue_import"
_KEPT: Final = dt.timedelta(days=30)
"""A file is the whole city: it goes a month after its upload."""
_MOST_BYTES: Final = 1_000_000_000
_LABELS: Final = {column.key: column.label for column in COLUMNS}
_MAPPABLE: Final = (RegisterImportState.UPLOADED, RegisterImportState.CHECKED, RegisterImportState.REFUSED)


class UploadForm(forms.Form):
    """Which file, of which day, and whether it is everybody."""

    file = forms.FileField(
        label=gettext_lazy("CSVファイル"), help_text=gettext_lazy("1行目が見出しのCSV（UTF-8 または CP932）")
    )
    kind = forms.ChoiceField(label=gettext_lazy("種類"), choices=RegisterImportKind.choices)
    as_of = forms.DateField(
        label=gettext_lazy("データの基準日"), widget=forms.DateInput(attrs={"type": "date"}), initial=today
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("文字コード"),
        choices=[("", gettext_lazy("自動判定")), (UTF8, "UTF-8"), (CP932, "CP932（Shift_JIS）")],
        required=False,
    )
    accepts_missing = forms.BooleanField(
        label=gettext_lazy("多数の消除を認める"),
        required=False,
        help_text=gettext_lazy("全件ファイルに載っていない人が20人に1人より多いときも、転出として反映します。"),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > _MOST_BYTES:
            raise forms.ValidationError(_("ファイルが大きすぎます。1GB以下のファイルを選んでください。"))
        return file

    def clean_as_of(self) -> dt.date:
        day: dt.date = self.cleaned_data["as_of"]
        if day > today():
            raise forms.ValidationError(_("基準日は今日までの日付にしてください。"))
        return day


class MappingForm(forms.Form):
    """For each of our columns, the heading it is read from."""

    def __init__(self, *args: Any, headings: list[str], mapping: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("（この列はない）")), *((heading, heading) for heading in dict.fromkeys(headings))]
        for column in COLUMNS:
            self.fields[column.key] = forms.ChoiceField(
                label=str(column.label), choices=choices, required=False, initial=mapping.get(column.key, "")
            )


@admin.register(RegisterImport)
class RegisterImportAdmin(BaseAdmin):
    """Runs of the import; nothing of a run is edited by hand."""

    list_display = ["as_of", "kind", "state", "rows", "created", "changed", "ended", "problem_count", "created_at"]
    list_filter = ["state", "kind"]
    search_fields = ["file__name", "created_by__name"]
    date_hierarchy = None
    ordering = ["-id"]
    fields = [
        "kind", "as_of", "state", "refusal", "encoding", "rows", "created", "changed", "unchanged", "ended",
        "problem_count", "created_by", "created_at", "applied_at",
    ]  # fmt: skip
    change_form_template = "residents/admin/import_result.html"

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/check/", view(require_POST(self.check_view)), name="residents_registerimport_check"),
            path("<int:pk>/apply/", view(require_POST(self.apply_view)), name="residents_registerimport_apply"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The upload. Nothing is read into residents by it."""
        self._require_right(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                run = _uploaded(form, request.user)
            except DomainError as error:
                form.add_error("file", str(error))
            else:
                return _to(run)
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "opts": self.opts,
            "title": _("住民データの取込"),
        }
        return render(request, "residents/admin/import_upload.html", context, status=422 if form.errors else 200)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = RegisterImport.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        context = dict(extra_context or {})
        if run is not None and request.user.has_perm(IMPORT_REGISTER):
            context |= {
                "run": run,
                "problems": [{**problem, "label": _LABELS.get(problem["field"], "")} for problem in run.problems],
                "mapping_form": _mapping_form(run) if run.state in _MAPPABLE and run.file else None,
                "can_apply": run.state == RegisterImportState.CHECKED and run.file is not None,
            }
        return super().change_view(request, object_id, form_url, context)

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the dry run with the chosen columns, in the worker."""
        self._require_right(request)
        run = get_object_or_404(RegisterImport, pk=pk)
        try:
            form = _mapping_form(run, request.POST)
            mapping = form.cleaned_data if form.is_valid() else {}
            check_import(run=run, by=_user(request), mapping=mapping)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            queue.enqueue(_CONTINUE, import_id=run.pk)
            self.message_user(request, _("ファイルの確認を始めました。"), messages.SUCCESS)
        return _to(run)

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin to write the checked file, in the worker."""
        self._require_right(request)
        run = get_object_or_404(RegisterImport, pk=pk)
        try:
            apply_import(run=run, by=_user(request))
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            queue.enqueue(_CONTINUE, import_id=run.pk)
            self.message_user(request, _("反映を始めました。"), messages.SUCCESS)
        return _to(run)

    def _require_right(self, request: HttpRequest) -> None:
        if not request.user.has_perm(IMPORT_REGISTER):
            raise PermissionDenied


def _uploaded(form: UploadForm, user: Any) -> RegisterImport:
    upload = form.cleaned_data["file"]
    # never handed out: only the import reads it, as text
    stored = store_bytes(
        content=upload.read(),
        name=upload.name,
        content_type="text/csv",
        kind=FileKind.IMPORT,
        by=user,
        delete_after=timezone.now() + _KEPT,
    )
    return start_import(
        kind=RegisterImportKind(form.cleaned_data["kind"]),
        as_of=form.cleaned_data["as_of"],
        by=user,
        file=stored,
        encoding=form.cleaned_data["encoding"],
        accepts_missing=form.cleaned_data["accepts_missing"],
    )


def _mapping_form(run: RegisterImport, data: Any = None) -> MappingForm:
    return MappingForm(data, headings=headings_of(run), mapping=run.mapping)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _to(run: RegisterImport) -> HttpResponseRedirect:
    return redirect(reverse("admin:residents_registerimport_change", args=[run.pk]))
