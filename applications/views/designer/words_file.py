"""A form's words in other languages as a file: exported for a translator, imported after a look at what changes."""

from collections.abc import Mapping
from functools import reduce
from http import HTTPMethod

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from applications.definition import places_of
from applications.definition.translating import NAME
from applications.designer import words_table
from applications.designer.operations import Design, set_words
from applications.designer.showing import shown_form
from applications.designer.words_table import Comparison, Said, Table, Tables, WordsFileRefused
from applications.models import Procedure
from applications.permissions import DESIGN_PROCEDURES
from applications.services.designing import change_design
from applications.views.designer.common import document_of, procedure_or_404, seen_revision, show, staff
from applications.views.designer.listing import READ_OR_SEND
from cityhall.access import staff_only
from cityhall.errors import DomainError
from cityhall.spreadsheets import csv_response


class WordsFileForm(forms.Form):
    """The file that came back from the translator; `table` is what it says."""

    file = forms.FileField(
        label=gettext_lazy("訳のファイル（CSV）"),
        help_text=gettext_lazy("書き出したファイルに訳を書き入れたもの。UTF-8、1MBまで。"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = ""
    table: Table

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > words_table.MOST_BYTES:
            raise forms.ValidationError(_("ファイルが大きすぎます（1MBまで）。"))
        data = file.read()
        try:
            self.table = words_table.read_table(data)
        except WordsFileRefused as error:
            raise forms.ValidationError(list(error.problems)) from None
        self.text = data.decode("utf-8-sig")
        return file


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_GET
def design_words_csv(request: HttpRequest, key: str) -> HttpResponseBase:
    """Every place of the form in work with its Japanese words and those of all languages."""
    procedure = procedure_or_404(request, key)
    said, kept = _words_of(procedure)
    name = f"words-{procedure.key}.csv"
    return csv_response(name=name, header=words_table.header(), rows=words_table.rows(said, kept))


@staff_only(DESIGN_PROCEDURES)
@never_cache
@require_http_methods(READ_OR_SEND)
def design_words_import(request: HttpRequest, key: str) -> HttpResponse:
    """The file is read, what it would change is shown, then it is taken over. Nothing is stored before that."""
    procedure = procedure_or_404(request, key)
    if request.method != HTTPMethod.POST:
        return show(request, "words_import.html", procedure, {"form": WordsFileForm()})
    if "text" in request.POST:
        return _take(request, procedure, request.POST["text"])
    form = WordsFileForm(files=request.FILES)
    if not form.is_valid():
        return show(request, "words_import.html", procedure, {"form": form})
    return _preview(request, procedure, form.table, form.text)


def _take(request: HttpRequest, procedure: Procedure, text: str) -> HttpResponse:
    """Write what was shown. Pressed twice, the second time finds nothing to change."""
    try:
        table = words_table.table_of(text)
    except WordsFileRefused as error:
        messages.warning(request, str(error))
        return redirect("applications:design_words_import", key=procedure.key)
    said, kept = _words_of(procedure)
    found = words_table.compare(table, said, kept)
    if not found.changes:
        messages.info(request, _("変わる訳はありませんでした。"))
        return redirect("applications:design_words", key=procedure.key)
    try:
        _write(request, procedure, found.tables(kept))
    except DomainError as error:
        return _preview(request, procedure_or_404(request, procedure.key), table, text, refusal=str(error))
    messages.success(
        request,
        _("訳を%(count)s箇所取り込みました。新しい版を公開すると、画面に出ます。") % {"count": len(found.changes)},
    )
    return redirect("applications:design_words", key=procedure.key)


def _write(request: HttpRequest, procedure: Procedure, tables: Mapping[str, Mapping[str, str]]) -> None:
    def write(design: Design) -> Design:
        return reduce(lambda made, one: set_words(made, one[0], one[1]), tables.items(), design)

    change_design(procedure=procedure, expected_revision=seen_revision(request), operation=write, by=staff(request))


def _preview(request: HttpRequest, procedure: Procedure, table: Table, text: str, *, refusal: str = "") -> HttpResponse:
    said, kept = _words_of(procedure)
    found: Comparison = words_table.compare(table, said, kept)
    context = {"found": found, "ignored": table.ignored, "text": text, "refusal": refusal, "form": WordsFileForm()}
    return show(request, "words_import.html", procedure, context)


def _words_of(procedure: Procedure) -> tuple[Said, Tables]:
    """The places of the form in work with their Japanese, and the words that are kept."""
    document = document_of(procedure)
    return [(NAME, procedure.name), *places_of(shown_form(document))], document.get("translations", {})
