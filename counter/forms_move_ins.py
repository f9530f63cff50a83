"""Forms of the import of notices of moving in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.my_numbers import StaffTexts
from counter.models import MoveInSettings
from counter.moving_in.columns import KEYS
from counter.moving_in.reading import LONGEST_NUMBER
from counter.queries.offered import offered_by_key


class UploadForm(forms.Form):
    """The portal's file as it came."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("転入予約のファイル（CSV）"),
        help_text=_(
            "UTF-8 か CP932（Shift_JIS）のCSVを、そのまま選んでください。個人番号の入ったファイルは使えません。"
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": _("ファイルを選んでください。"),
            "empty": _("ファイルが空です。内容のあるファイルを選んでください。"),
        },
    )


class NumberForm(forms.Form):
    """The portal's number, by which the code of a family is opened for the sheet."""

    use_required_attribute = False

    number = forms.CharField(
        label=_("ポータルの受付番号"),
        help_text=_("受付番号は市のデータベースに残していません。取り込んだファイルを見て入力してください。"),
        max_length=LONGEST_NUMBER * 2,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("受付番号を入力してください。")},
    )


class TakeBookingForm(NumberForm):
    """A booking that was made by telephone, and the portal's number that opens what it is for."""

    booking = forms.CharField(
        label=_("予約番号"),
        help_text=_("「電話で予約を取る」で取った予約の番号です。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("予約番号を入力してください。")},
    )


class SetAsideForm(StaffTexts, forms.Form):
    """Why nobody waits for this family any more."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("見送る理由"),
        help_text=_("例：電話がつながらない、別の市へ引っ越すことになった"),
        max_length=200,
        error_messages={"required": _("見送る理由を入力してください。")},
    )


class MoveInSettingsForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """The city's settings, with every name that nothing answers to said."""

    class Meta:
        model = MoveInSettings
        fields = ["headings", "cancel_words", "procedures", "fixed_answers", "service", "place"]

    def clean_headings(self) -> dict[str, str]:
        given = self.cleaned_data["headings"] or {}
        if not _is_words(given) or not set(given) <= KEYS:
            known = "、".join(sorted(KEYS))
            message = _("次のキーと見出しの組だけを書けます: %(known)s") % {"known": known}
            raise forms.ValidationError(message)
        return dict(given)

    def clean_cancel_words(self) -> list[str]:
        given = self.cleaned_data["cancel_words"] or []
        if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
            raise forms.ValidationError(_('ことばを ["取消済"] のように書いてください。'))
        return given

    def clean_procedures(self) -> list[str]:
        given = self.cleaned_data["procedures"] or []
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise forms.ValidationError(_('手続のキーを ["juminhyo-seikyu"] のように書いてください。'))
        unknown = set(given) - {one.key for one in offered_by_key(given)}
        if unknown:
            message = _("窓口で入力できる手続ではありません: %(keys)s") % {"keys": "、".join(sorted(unknown))}
            raise forms.ValidationError(message)
        return given

    def clean_fixed_answers(self) -> dict[str, dict[str, str]]:
        given = self.cleaned_data["fixed_answers"] or {}
        if not isinstance(given, dict) or not all(_is_words(answers) for answers in given.values()):
            raise forms.ValidationError(_('{"手続のキー": {"質問のキー": "回答"}} の形で書いてください。'))
        return given

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        service, place = given.get("service"), given.get("place")
        if bool(service) != bool(place):
            self.add_error("place", _("予約する業務と場所は、両方を選ぶか、両方を空けてください。"))
        elif service and place and not service.offers.filter(place=place, is_active=True).exists():
            self.add_error("place", _("この場所では、選んだ業務を行っていません。"))
        return given


def _is_words(given: Any) -> bool:
    return isinstance(given, Mapping) and all(isinstance(one, str) and one for one in given.values())
