"""What pages share on which a file is uploaded, looked at and taken over."""

from collections.abc import Callable, Collection
from http import HTTPMethod

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from applications.views.staff import staff_of
from cityhall.enums import FileKind
from cityhall.errors import DomainError
from cityhall.models import StoredFile


def upload_page(
    request: HttpRequest, *, form_class: type[forms.Form], keep: Callable[..., StoredFile], template: str, check: str
) -> HttpResponse:
    """Choose a file; `keep` stores it, and the page `check` shows what it would change. Nothing else happens yet."""
    is_sent = request.method == HTTPMethod.POST
    form = form_class(request.POST, request.FILES) if is_sent else form_class()
    if is_sent and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            stored = keep(name=upload.name or "", data=upload.read(), by=staff_of(request))
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect(check, public_id=stored.public_id)
    return render(request, template, {"form": form})


def upload_or_404(request: HttpRequest, public_id: str, content_types: Collection[str]) -> StoredFile:
    """A file of one's own that is still kept; those of other pages are not found."""
    mine = StoredFile.objects.filter(
        kind=FileKind.IMPORT, uploaded_by=staff_of(request), content_type__in=content_types
    )
    return get_object_or_404(mine, public_id=public_id, delete_after__gt=timezone.now())
