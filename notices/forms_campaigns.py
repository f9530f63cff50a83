"""Forms of the mass notices. They speak to people; the rules stand in the services."""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall.marks import required_on_condition
from cityhall.models import Department
from cityhall.registry import SegmentFact, segment_facts
from notices.enums import CampaignSource
from notices.models import Campaign, NoticeType
from notices.segments.reading_back import answers_of
from notices.services.campaigns.columns import COLUMNS, value_key

_VALUE = "value-"
_COLUMN = "column-"


class NewCampaignForm(forms.Form):
    """What is sent, for which department, and how the receivers are chosen."""

    name = forms.CharField(
        label=_("名称"),
        max_length=100,
        help_text=_("職員が見分けるための名前です。例：就学援助 決定通知 令和8年12月"),
        error_messages={"required": _("名称を入力してください。")},
    )
    notice_type = forms.ModelChoiceField(
        label=_("通知の種類"),
        queryset=NoticeType.objects.none(),
        empty_label=_("選んでください"),
        help_text=_(
            "いちばん新しい版の通知文を使います。申請の結果の通知書は、申請の審査から一人ずつ送るため、ここにはありません。"
        ),
        error_messages={"required": _("通知の種類を選んでください。")},
    )
    department = forms.ModelChoiceField(
        label=_("送る課"), queryset=Department.objects.none(), required=False, empty_label=_("通知の種類の所管課")
    )
    source = forms.ChoiceField(
        label=_("送り先の選び方"),
        choices=[
            (CampaignSource.FILE, _("名簿のファイル（CSV・Excel）を使う")),
            (CampaignSource.SEGMENT, _("年齢や世帯などの条件で選ぶ")),
        ],
        initial=CampaignSource.FILE,
        widget=forms.RadioSelect,
    )
    request_key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Any, departments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[NoticeType]", self.fields["notice_type"]).queryset = kinds
        cast("forms.ModelChoiceField[Department]", self.fields["department"]).queryset = departments

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind = data.get("notice_type")
        if kind is not None and data.get("department") is None:
            data["department"] = kind.department
            if kind.department is None:
                self.add_error("department", _("この種類には所管課がありません。送る課を選んでください。"))
        return data


class ListForm(forms.Form):
    """The list itself."""

    file = forms.FileField(
        label=_("名簿のファイル"),
        help_text=_("CSV（UTF-8 または Shift_JIS）か Excel（.xlsx）。1行目は見出し、20万行・50MBまで。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,text/csv"}),
        allow_empty_file=True,
        error_messages={"required": _("名簿のファイルを選んでください。")},
    )


class EnclosureForm(forms.Form):
    """PDFs for single rows, in one ZIP."""

    file = forms.FileField(
        label=_("添付ファイルのZIP"),
        help_text=_(
            "一人ずつ違うPDFを添付するときだけ使います。名簿の「添付ファイル名」の列に、ファイル名を書いてください。"
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        allow_empty_file=True,
        error_messages={"required": _("ZIPファイルを選んでください。")},
    )


class ColumnsForm(forms.Form):
    """Which heading is what, and values that are the same for all."""

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        headings: Sequence[str],
        names: Sequence[str],
        needed: Collection[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._needed = needed
        self._names = {f"{_VALUE}{place}": name for place, name in enumerate(names)}
        self._columns = {f"{_COLUMN}{column.key}": column for column in COLUMNS} if headings else {}
        choices = [("", _("使わない")), *((heading, heading) for heading in dict.fromkeys(headings) if heading)]
        for field, column in self._columns.items():
            self._choice(field, column.label, choices, campaign.mapping.get(column.key, ""))
        for field, name in self._names.items():
            if headings:
                of_list = [("", _("列を使わない（下の共通の値）")), *choices[1:]]
                self._choice(f"{field}-column", _("名簿の列"), of_list, campaign.mapping.get(value_key(name), ""))
            label = _("全員に共通の値")
            self.fields[f"{field}-all"] = required_on_condition(
                forms.CharField(label=label, max_length=500, required=False, initial=campaign.values.get(name, ""))
            )

    def people_fields(self) -> list[forms.BoundField]:
        """Columns that say who gets it and about whom."""
        return [self[field] for field in self._columns]

    def value_fields(self) -> list[tuple[str, bool, list[forms.BoundField]]]:
        """For each placeholder of the text, whether it may stay blank, its column and its common value."""
        return [
            (
                name,
                name not in self._needed,
                [self[key] for key in (f"{field}-column", f"{field}-all") if key in self.fields],
            )
            for field, name in self._names.items()
        ]

    def mapping(self) -> dict[str, str]:
        """Our column or placeholder → heading."""
        found = {column.key: self.cleaned_data[field] for field, column in self._columns.items()}
        found |= {value_key(name): self.cleaned_data.get(f"{field}-column", "") for field, name in self._names.items()}
        return {key: heading for key, heading in found.items() if heading}

    def common(self) -> dict[str, str]:
        """Placeholder → the value for all, where no column is chosen."""
        return {
            name: self.cleaned_data[f"{field}-all"]
            for field, name in self._names.items()
            if not self.cleaned_data.get(f"{field}-column")
        }

    def _choice(self, name: str, label: str | Promise, choices: Sequence[tuple[Any, Any]], initial: str) -> None:
        self.fields[name] = forms.ChoiceField(label=str(label), choices=choices, required=False, initial=initial)


class HandInForm(forms.Form):
    """When it goes out, and that faulty rows stay behind."""

    day = forms.DateField(
        label=_("送信する日"),
        required=False,
        help_text=_("空欄なら、承認されるとすぐに送信します。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    time = forms.TimeField(
        label=_("時刻"),
        required=False,
        initial=dt.time(9),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    leaves_problems_out = forms.BooleanField(label=_("送信できない行を除いて進める"), required=False)

    def __init__(self, *args: Any, has_problems: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_problems:
            del self.fields["leaves_problems_out"]

    def scheduled_at(self) -> dt.datetime | None:
        """The moment, or None for at once."""
        day = self.cleaned_data.get("day")
        if day is None:
            return None
        return timezone.make_aware(dt.datetime.combine(day, self.cleaned_data.get("time") or dt.time(9)))


class ReturnForm(forms.Form):
    """Why a list is opened again: asked of the approver, who sends it back to somebody else."""

    reason = forms.CharField(
        label=_("差し戻す理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("差し戻す理由を入力してください。作成した人に表示します。")},
    )

    def __init__(self, *args: Any, is_own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "return_%s"
        field = self.fields["reason"]
        field.required = not is_own
        field.help_text = "" if is_own else _("作成した人の画面と履歴に表示します。")
        if is_own:
            field.label = _("取り下げる理由")


class TimeForm(HandInForm):
    """Another time for a campaign whose time passed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = True
        self.fields["day"].help_text = ""


class SegmentForm(forms.Form):
    """A row for each fact that receivers can be chosen by; everything left blank means anybody."""

    subject = forms.ChoiceField(
        label=_("だれについての通知ですか"),
        choices=[
            ("self", _("条件に合う本人に、本人について送る")),
            ("child", _("次の年齢の子ども一人ずつについて、同じ世帯の保護者に送る")),
        ],
        initial="self",
        widget=forms.RadioSelect,
    )
    child_from = forms.IntegerField(label=_("子どもの年齢（から）"), required=False, min_value=0, max_value=130)
    child_to = forms.IntegerField(label=_("子どもの年齢（まで）"), required=False, min_value=0, max_value=130)
    document = forms.CharField(
        label=_("条件（JSON）"),
        required=False,
        max_length=10_000,
        help_text=_(
            "上の選択で表せない条件だけ、ここに書きます。両方は使えません。書き方は docs/conditions.md にあります。"
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, segment: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._facts = list(segment_facts)
        for fact in self._facts:
            self.fields |= _fields_of(fact)
        if segment:
            self.initial = {**self.initial, **self._answers_of(segment)}

    def fact_fields(self) -> list[tuple[SegmentFact, list[forms.BoundField]]]:
        """The rows of the builder."""
        return [(fact, [self[name] for name in _fields_of(fact)]) for fact in self._facts]

    def clean_document(self) -> dict[str, Any] | None:
        text = self.cleaned_data["document"].strip()
        if not text:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("JSONとして読めません。かっこと引用符を確認してください。")) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_('{"who": …} の形で書いてください。'))
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("document") is not None and self._built(data):
            self.add_error("document", _("上の選択と条件（JSON）の両方があります。どちらか一方を空にしてください。"))
        return data

    def segment(self) -> dict[str, Any]:
        """The segment that was chosen, as it is stored."""
        data = self.cleaned_data
        return cast("dict[str, Any]", data["document"]) if data["document"] is not None else self._built(data)

    def _answers_of(self, segment: Mapping[str, Any]) -> dict[str, Any]:
        """A stored segment as the boxes say it; as JSON when they cannot."""
        answers = answers_of(segment)
        for name, answer in answers.items():
            field = self.fields.get(name)
            # a choice that is not offered any more would be lost without a word
            if field is None or (isinstance(field, forms.ChoiceField) and not _offers(field, answer)):
                return {"document": json.dumps(segment, ensure_ascii=False, indent=2)}
        if self._built(answers) != segment:
            return {"document": json.dumps(segment, ensure_ascii=False, indent=2)}
        return answers

    def _built(self, data: Mapping[str, Any]) -> dict[str, Any]:
        parts = [part for fact in self._facts for part in _conditions_of(fact, data)]
        found: dict[str, Any] = {"who": {"all": parts}} if parts else {}
        if data.get("subject") == "child":
            found["about"] = {"all": _between({"answer": "age"}, data.get("child_from") or 0, data.get("child_to"))}
        return found


def _offers(field: forms.ChoiceField, answer: Any) -> bool:
    return all(field.valid_value(one) for one in (answer if isinstance(answer, list) else [answer]))


def _fields_of(fact: SegmentFact) -> dict[str, forms.Field]:
    key = f"fact-{fact.key}"
    match fact.kind:
        case "number" | "people":
            return {f"{key}-from": _age(_("から")), f"{key}-to": _age(_("まで"))}
        case "choice":
            many = forms.MultipleChoiceField(
                label=str(fact.label), required=False, choices=fact.choices(), widget=forms.CheckboxSelectMultiple
            )
            return {key: many}
        case "flag":
            choices = [("", _("どちらでも")), ("yes", _("あり")), ("no", _("なし"))]
            return {key: forms.ChoiceField(label=str(fact.label), required=False, choices=choices)}
        case "list":
            return {
                key: forms.ChoiceField(
                    label=str(fact.label), required=False, choices=[("", _("指定しない")), *fact.choices()]
                )
            }
        case _:
            return {
                key: forms.ChoiceField(
                    label=str(fact.label), required=False, choices=[("", _("指定しない")), *fact.choices()]
                ),
                f"{key}-months": forms.IntegerField(
                    label=_("この月数のうちに"), required=False, min_value=1, max_value=120, initial=12
                ),
            }


def _age(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=130)


def _conditions_of(fact: SegmentFact, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    key, answer = f"fact-{fact.key}", {"answer": fact.key}
    low, high, chosen = data.get(f"{key}-from"), data.get(f"{key}-to"), data.get(key)
    found: list[dict[str, Any]] = []
    match fact.kind:
        case "number":
            found = _between(answer, low, high)
        case "people" if low is not None or high is not None:
            found = [{"some": {"rows": fact.key, "where": {"all": _between({"row": "age"}, low or 0, high)}}}]
        case "choice" if chosen:
            found = [{"in": [answer, list(chosen)]}]
        case "flag" if chosen:
            found = [{"eq": [answer, chosen == "yes"]}]
        case "list" if chosen:
            found = [{"contains": [answer, chosen]}]
        case "last_days" if chosen:
            days = (data.get(f"{key}-months") or 12) * 30
            found = [{"gte": [{"answer": f"{fact.key}.{chosen}"}, {"add_days": [{"today": True}, -days]}]}]
    return found


def _between(value: dict[str, str], low: int | None, high: int | None) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [] if low is None else [{"gte": [value, low]}]
    return parts if high is None else [*parts, {"lte": [value, high]}]
