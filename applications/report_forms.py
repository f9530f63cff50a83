"""What a person types to report something from the street, and to see what came of it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from applications.definition import Field
from applications.enums import FieldType
from applications.exchange_forms import FilesField, FilesInput
from applications.fields.place import PlaceAnswer
from applications.guest_forms import OpenForm
from applications.reports.positions import Area, Position, position
from cityhall.marks import required_on_condition
from cityhall.my_numbers import refuse_my_number
from cityhall.text import BadText, clean_text

BODY_LENGTH = 2000
PLACE_LENGTH = 200
_PICTURES = "image/jpeg,image/png,image/webp"


def city_area() -> Area | None:
    """The box of the setting REPORT_AREA; None takes reports from everywhere."""
    if settings.REPORT_AREA is None:
        return None
    south, west, north, east = settings.REPORT_AREA
    south_west, north_east = position(south, west), position(north, east)
    if south_west is None or north_east is None:
        return None
    return Area(*south_west, *north_east)


class OwnWords(forms.CharField):
    """Text of a resident: storable, and without a My Number."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            clean_text(text)
        except BadText as error:
            raise forms.ValidationError(str(error)) from None
        refuse_my_number(text)
        return text


class ReportForm(forms.Form):
    """Everything but the kind, which was chosen before. Photos are received by the view, whatever else is wrong."""

    camera = FilesField(
        label=_("カメラで撮る"),
        required=False,
        widget=FilesInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    photos = FilesField(
        label=_("写真を選ぶ"), required=False, widget=FilesInput(attrs={"multiple": True, "accept": _PICTURES})
    )
    place = PlaceAnswer(
        Field(
            key="place",
            type=FieldType.PLACE,
            label=_("場所"),  # type: ignore[arg-type] # lazy: translated when it is shown
            required=True,
            help=_("現在地か地図で選ぶか、「○○公園の北側」のように、ことばで説明してください。"),  # type: ignore[arg-type]
        )
    )
    body = required_on_condition(
        OwnWords(
            label=_("状況"),
            required=False,
            max_length=BODY_LENGTH,
            help_text=_("何が、どうなっていますか。写真があるときは省略できます。"),
            widget=forms.Textarea(attrs={"rows": 5}),
        )
    )
    name = OwnWords(
        label=_("お名前"),
        required=False,
        max_length=80,
        help_text=_("書かなくても通報できます。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("メールアドレス"),
        required=False,
        max_length=254,
        help_text=_("入力すると、対応の状況をメールでお知らせします。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("メールアドレスの形が正しくありません。「@」の前後をご確認ください。")},
    )
    # people do not see it; programs fill in everything
    website = forms.CharField(
        label=_("この欄には何も入力しないでください"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, photo_count: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photo_count = photo_count
        self.has_map = bool(settings.MAP_TILE_URL)

    def clean_place(self) -> dict[str, str] | None:
        place: dict[str, str] | None = self.cleaned_data["place"]
        if place is None:
            return None
        if len(place["note"]) > PLACE_LENGTH:
            raise forms.ValidationError(_("場所の説明は%(most)s文字以内で入力してください。") % {"most": PLACE_LENGTH})
        where, area = position_in(place), city_area()
        if where is not None and area is not None and not area.holds(where):
            raise forms.ValidationError(
                _(
                    "選んだ場所は、市の外のようです。場所を確かめて、選び直してください。"
                    "市の外のことは、その市町村や、道路などの管理者にご連絡ください。"
                )
            )
        return place

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("この欄を空にして、もう一度お試しください。"))
        return ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("body") and "body" not in self.errors and not self.photo_count:
            self.add_error("body", _("状況を入力するか、写真を追加してください。"))
        return data

    def values(self) -> dict[str, Any]:
        """What the session keeps of a page found right: texts only."""
        place = self.cleaned_data["place"]
        return {
            "latitude": place["latitude"],
            "longitude": place["longitude"],
            "place_note": place["note"],
            **{name: self.cleaned_data[name] for name in ("body", "name", "email")},
        }

    @staticmethod
    def initial_of(values: dict[str, Any]) -> dict[str, Any]:
        """The page again with what was kept."""
        if not values:
            return {}
        place = {part: values[part] for part in ("latitude", "longitude")} | {"note": values["place_note"]}
        return {"place": place, **{name: values[name] for name in ("body", "name", "email")}}


def position_in(place: dict[str, Any]) -> Position | None:
    """The position of kept values or of an answered place."""
    return position(place["latitude"], place["longitude"]) if place.get("latitude") else None


class ReportFindForm(OpenForm):
    """Number and code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        secret = self.fields["secret"]
        secret.help_text = _(
            "通報したときの画面、またはメールに書かれています。例: abcd-efgh-jkmn。"
            "大文字・小文字、ハイフンの有無は問いません。"
        )
        secret.widget.attrs["autocapitalize"] = "off"
