"""Forms of the inventory: filters of the list, one row, the file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from applications.enums import InventoryChannel, MeetingReason, OnlinePlan
from applications.inventory.reading import MOST_BYTES
from applications.inventory.years import FIRST, LAST
from applications.models import InventoryItem, Procedure
from applications.queries.inventory import SORTS, ListFilters
from cityhall.db import MOST_NUMBER
from cityhall.models import Department
from cityhall.my_numbers import StaffTexts

if TYPE_CHECKING:
    # takes a parameter in the stubs only
    ItemModelForm = forms.ModelForm[InventoryItem]
else:
    ItemModelForm = forms.ModelForm

_ALL: Final = ("", _("すべて"))
_MOST_PAGES: Final = 9999
FIELDS: Final = (
    "code",
    "name",
    "name_kana",
    "department",
    "procedure",
    "legal_basis",
    "needs_seal",
    "meeting_reason",
    "legal_bar",
    "plan",
    "planned_on",
    "note",
)


class InventoryFilterForm(forms.Form):
    """What stands in the address of the list. What cannot be right is left out, not refused."""

    text = forms.CharField(label=_("手続名・ふりがな・整理番号"), max_length=100, required=False)
    department = forms.ChoiceField(label=_("所管課"), required=False)
    plan = forms.ChoiceField(label=_("オンライン化"), required=False, choices=[_ALL, *OnlinePlan.choices])
    meeting = forms.ChoiceField(
        label=_("対面が必要な理由"),
        required=False,
        choices=[_ALL, ("any", _("理由あり")), *((one.value, one.label) for one in MeetingReason if one.value)],
    )
    seal = forms.ChoiceField(label=_("押印"), required=False, choices=[_ALL, ("yes", _("必要")), ("no", _("不要"))])
    bar = forms.ChoiceField(
        label=_("法令上の支障"), required=False, choices=[_ALL, ("yes", _("あり")), ("no", _("なし"))]
    )
    year = forms.TypedChoiceField(label=_("件数の年度"), required=False, coerce=int, empty_value=None)
    sort = forms.ChoiceField(
        label=_("並び順"),
        required=False,
        choices=[
            ("code", _("整理番号")),
            ("name", _("手続名（五十音）")),
            ("department", _("所管課")),
            ("volume", _("件数の多い順")),
            ("plan", _("オンライン化の状況")),
        ],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=_MOST_PAGES)

    def __init__(self, data: Mapping[str, Any], *, departments: Iterable[Department], years: Sequence[int]) -> None:
        super().__init__(data)
        self._years = years
        self._choices("department", [_ALL, *((one.code, one.name) for one in departments)])
        self._choices("year", [(year, _("%(year)s年度") % {"year": year}) for year in years])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def filters(self) -> ListFilters:
        self.full_clean()
        values = {name: value for name, value in self.cleaned_data.items() if value}
        values.setdefault("year", self._years[0])
        if values.get("sort") not in SORTS:
            values.pop("sort", None)
        return ListFilters(**values)


class InventoryItemForm(StaffTexts, ItemModelForm):
    """One row, with the filings of some fiscal years by channel."""

    class Meta:
        model = InventoryItem
        fields = FIELDS

    def __init__(self, *args: Any, departments: Iterable[int], years: Sequence[int], **kwargs: Any) -> None:
        counts: Mapping[tuple[int, str], int] = kwargs.pop("counts", {})
        super().__init__(*args, **kwargs)
        self.years = years
        own = Department.objects.filter(pk__in=list(departments)).order_by("position", "code")
        self.fields["department"] = forms.ModelChoiceField(own, label=_("所管課"), empty_label=_("選んでください"))
        self.fields["procedure"] = forms.ModelChoiceField(
            Procedure.objects.filter(department__in=own)
            .without_surveys()
            .only("name", "key")
            .order_by("name_kana", "key"),
            label=_("手続（このポータル）"),
            required=False,
            empty_label=_("このポータルにはない"),
            help_text=_("つなぐと、このポータルで受け付けた件数を並べて表示します。"),
        )
        self.fields["planned_on"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        self.fields["note"].widget = forms.Textarea(attrs={"rows": 3})
        for year in years:
            for channel in InventoryChannel:
                self.fields[_count_name(year, channel)] = _count_field(year, channel, counts)

    def count_rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The fields of each year, in the order of the channels."""
        return [(year, [self[_count_name(year, channel)] for channel in InventoryChannel]) for year in self.years]

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields of the row in groups with their headings."""
        groups = [
            (_("手続"), ("code", "name", "name_kana", "department", "procedure", "legal_basis")),
            (_("来庁・紙が必要な理由"), ("needs_seal", "meeting_reason", "legal_bar")),
            (_("オンライン化の予定"), ("plan", "planned_on", "note")),
        ]
        return [(title, [self[name] for name in names]) for title, names in groups]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    def counts(self) -> dict[tuple[int, str], int | None]:
        return {
            (year, channel.value): self.cleaned_data.get(_count_name(year, channel))
            for year in self.years
            for channel in InventoryChannel
        }

    def clean_note(self) -> str:
        return str(self.cleaned_data["note"]).replace("\r\n", "\n")

    def validate_unique(self) -> None:
        """Left to the service, which also knows of rows saved meanwhile."""


def _count_field(year: int, channel: InventoryChannel, counts: Mapping[tuple[int, str], int]) -> forms.IntegerField:
    """A volume; its message names the year, which on the page stands above the boxes."""
    wrong = _("%(year)s年度の件数は、0以上の整数で入力してください。") % {"year": year}
    return forms.IntegerField(
        label=channel.label,
        required=False,
        min_value=0,
        max_value=MOST_NUMBER,
        initial=counts.get((year, channel.value)),
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8}),
    )


def _count_name(year: int, channel: InventoryChannel) -> str:
    return f"count_{year}_{channel.value}"


class InventoryFileForm(forms.Form):
    """The inventory as a spreadsheet saved it."""

    file = forms.FileField(
        label=_("棚卸のファイル（CSV・Excel）"),
        help_text=_(
            "書き出したCSVと同じ見出しのCSVかExcel（.xlsx、1枚目のシート）。"
            "CSVの文字コードは UTF-8 か Shift_JIS（CP932）、%(size)sMBまで。"
        )
        % {"size": MOST_BYTES // 1_000_000},
        error_messages={
            "required": _("ファイルを選んでください。"),
            "empty": _("ファイルが空です。内容のあるファイルを選んでください。"),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("ファイルが大きすぎます。%(size)sMBまでです。") % {"size": MOST_BYTES // 1_000_000}
            )
        return upload


def years_of_form(year: int) -> list[int]:
    """The years whose filings a page asks for: this one and the two before, newest first."""
    return [one for one in (year, year - 1, year - 2) if FIRST <= one <= LAST]
