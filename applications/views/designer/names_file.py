"""Names of departments and places as a file: out to a translator, and back in after a look at what changes."""

from http import HTTPMethod
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from applications.designer import words_table
from applications.designer.words_table import Table, WordsFileRefused
from applications.services.names import all_names, mark_of, write_names
from applications.views.designer.common import staff
from applications.views.designer.listing import READ_OR_SEND
from applications.views.designer.words_file import WordsFileForm
from cityhall.access import staff_only
from cityhall.admin.names import MOST
from cityhall.spreadsheets import csv_response

CHANGE: Final = "cityhall.change_department"


@staff_only(CHANGE)
@never_cache
@require_GET
def names_csv(_request: HttpRequest) -> HttpResponseBase:
    """Every name with its Japanese words and those of all languages."""
    said, kept = all_names()
    return csv_response(name="names.csv", header=words_table.header(), rows=words_table.rows(said, kept))


@staff_only(CHANGE)
@never_cache
@require_http_methods(READ_OR_SEND)
def names_import(request: HttpRequest) -> HttpResponse:
    """The file is read, what it would change is shown, then it is taken over. Nothing is stored before that."""
    if request.method != HTTPMethod.POST:
        return _show(request, {"form": WordsFileForm()})
    if "text" in request.POST:
        return _take(request, request.POST["text"])
    form = WordsFileForm(files=request.FILES)
    return _preview(request, form.table, form.text) if form.is_valid() else _show(request, {"form": form})


def _take(request: HttpRequest, text: str) -> HttpResponse:
    """Write what was shown. Pressed twice, the second time finds nothing to change."""
    try:
        table = words_table.table_of(text)
    except WordsFileRefused as error:
        messages.warning(request, str(error))
        return redirect("applications:names_import")
    said, kept = all_names()
    found = words_table.compare(table, said, kept, most=MOST)
    if not found.changes:
        messages.info(request, _("変わる訳はありませんでした。"))
    elif request.POST.get("mark") != mark_of(said, kept):
        return _preview(request, table, text, refusal=_("別の人が、先に名称を変更しました。"))
    else:
        write_names(found.changes, by=staff(request))
        messages.success(request, _("訳を%(count)s箇所取り込みました。") % {"count": len(found.changes)})
    return redirect("applications:names_import")


def _preview(request: HttpRequest, table: Table, text: str, *, refusal: str = "") -> HttpResponse:
    said, kept = all_names()
    context = {"found": words_table.compare(table, said, kept, most=MOST), "ignored": table.ignored, "refusal": refusal}
    return _show(request, context | {"text": text, "mark": mark_of(said, kept), "form": WordsFileForm()})


def _show(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "applications/designer/names_import.html", context)
