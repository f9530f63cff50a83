"""Forms of the exchange of procedures between cities."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from applications.services.catalogue.packages import MAX_PACKAGE_BYTES
from cityhall.models import Department

_KEY = re.compile(r"[a-z0-9-]{1,60}")
_DEPARTMENT = "department."


class PackageForm(forms.Form):
    """The file of another city."""

    file = forms.FileField(
        label=_("手続のファイル"),
        help_text=_("「手続の書き出し」で作った .yaml または .zip のファイル。%(size)sMBまで。")
        % {"size": MAX_PACKAGE_BYTES // 1_000_000},
        error_messages={
            "required": _("ファイルを選んでください。"),
            "empty": _("ファイルが空です。内容のあるファイルを選んでください。"),
        },
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.zip"}),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_PACKAGE_BYTES:
            raise forms.ValidationError(
                _("ファイルが大きすぎます。%(size)sMBまでです。") % {"size": MAX_PACKAGE_BYTES // 1_000_000}
            )
        return upload


class DepartmentForm(forms.Form):
    """For each code that this city does not know, the department that it stands for."""

    def __init__(self, data: Mapping[str, Any] | None, *, codes: Iterable[str], known: Sequence[Department]) -> None:
        super().__init__(data)
        choices = [("", _("選んでください")), *((one.code, one.name) for one in known)]
        for code in codes:
            label = _("ファイルの課「%(code)s」にあたる課") % {"code": code}
            self.fields[f"{_DEPARTMENT}{code}"] = forms.ChoiceField(label=label, choices=choices)


def chosen_departments(data: Mapping[str, str], known: Sequence[Department]) -> dict[str, str]:
    """Code in the files → code of this city, as an address or a form says it. What is unknown here is left out."""
    codes = {one.code for one in known}
    return {
        name.removeprefix(_DEPARTMENT): code
        for name, code in data.items()
        if name.startswith(_DEPARTMENT) and code in codes
    }


def department_fields(chosen: Mapping[str, str]) -> dict[str, str]:
    """The same as names and values of a form."""
    return {f"{_DEPARTMENT}{old}": new for old, new in chosen.items()}


def keys_of(values: Iterable[str]) -> list[str]:
    """Those that may be keys of procedures."""
    return [value for value in values if _KEY.fullmatch(value)]
