"""Forms of the guide: the code of a kept result, and new versions."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from applications.guide import codes
from applications.services.catalogue.yaml_files import MAX_BYTES
from cityhall.marks import required_on_condition


class CodeForm(forms.Form):
    """The code of a kept result, however it is typed."""

    use_required_attribute = False

    code = forms.CharField(
        label=_("コード"),
        max_length=60,
        help_text=_("例: abcd-efgh-jkmn。大文字・小文字、ハイフンの有無は問いません。"),
        error_messages={"required": _("コードを入力してください。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code = codes.read_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _(
                    "コードに誤りがあります。英小文字と数字の12文字を、もう一度お確かめください（数字の0と1、英字のi・l・oは使われません）。"
                )
            )
        return code


class VersionForm(forms.Form):
    """A new version as a file, or as text that was already sent and is mended here."""

    use_required_attribute = False

    file = required_on_condition(
        forms.FileField(
            label=_("ガイドのファイル"),
            required=False,
            help_text=_("「ダウンロード」で得た .yaml のファイルを直したもの。%(size)sKBまで。")
            % {"size": MAX_BYTES // 1000},
            widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
            error_messages={"empty": _("ファイルが空です。内容のあるファイルを選んでください。")},
        )
    )
    text = required_on_condition(
        forms.CharField(
            label=_("ガイドの内容（YAML）"),
            required=False,
            strip=False,
            help_text=_("ファイルを選んだときは、ファイルの内容を使います。"),
            widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code-area"}),
        )
    )
    change_note = forms.CharField(
        label=_("変更の内容"),
        max_length=200,
        help_text=_("例: 令和9年度の手数料に直した"),
        error_messages={"required": _("変更の内容を入力してください。後から見る職員の手がかりになります。")},
    )

    def clean_file(self) -> "UploadedFile[Any] | None":
        upload: UploadedFile[Any] | None = self.cleaned_data.get("file")
        if upload and (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("ファイルが大きすぎます。%(size)sKBまでです。") % {"size": MAX_BYTES // 1000})
        return upload

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not found.get("file") and not found.get("text", "").strip() and "file" not in self.errors:
            self.add_error("file", _("ファイルを選ぶか、内容を入力してください。"))
        return found


class PublishVersionForm(forms.Form):
    """What is said when a version is made public."""

    accepts_hidden = forms.BooleanField(required=False)
    expected = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
