"""Forms of the layout editor: a version with its PDF, and one place on the paper."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.definition import Field, Form
from applications.enums import SHOWN_ONLY, FieldType
from counter.enums import SpotAlign, SpotFixed, SpotKind, SpotPart
from counter.layouts import Spot
from counter.layouts.checking import Problem, field_of, problems_of
from counter.layouts.overlay import Sizes
from counter.layouts.reading import options_of
from counter.layouts.spots import MARKS
from counter.models import FormLayout
from counter.models.layouts import PAGES_MOST

_QUESTION, _FIXED = "q:", "f:"
_ROWS_MOST = 30
_BOXES_MOST = 60
_LONGEST_MM = 900


class LayoutForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """Name, first day and blank PDF of a version; a new one needs the file."""

    use_required_attribute = False

    upload = forms.FileField(
        label=_("白紙の様式（PDF）"),
        help_text=_("文字の書かれていない様式のPDFです。フォントを埋め込んで保存したものをお使いください。"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": _("白紙の様式のPDFを選んでください。"),
            "empty": _("ファイルが空です。内容のあるPDFを選んでください。"),
        },
    )

    class Meta:
        model = FormLayout
        fields = ["title", "valid_from", "prints_rest"]
        widgets = {"valid_from": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
        help_texts = {
            "title": _("例: 住民異動届（様式第1号）"),
            "valid_from": _("この日から受け付けた申請を、この様式に印字します。"),
            "prints_rest": _("外すと、枠のない質問の答えは紙に残りません。"),
        }
        error_messages = {"title": {"required": _("様式の名前を入力してください。")}}

    def __init__(self, *args: Any, needs_file: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].required = needs_file
        self.order_fields(["title", "upload", "valid_from", "prints_rest"])


def _millimetres(label: Any, *, least: str = "0") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(least),
        max_value=_LONGEST_MM,
        max_digits=5,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )


def _points(label: Any, initial: float) -> forms.DecimalField:
    box = forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, initial=initial, min_value=Decimal(3), max_value=72, max_digits=4, decimal_places=1, widget=box
    )


class SpotForm(forms.Form):
    """One place: what, how, where. What is wrong with it is said at its box."""

    use_required_attribute = False

    source = forms.ChoiceField(
        label=_("印字する項目"), error_messages={"required": _("印字する項目を選んでください。")}
    )
    row = forms.IntegerField(
        label=_("くり返しの何人目（何件目）か"), min_value=1, max_value=_ROWS_MOST, initial=1, required=False
    )
    part = forms.ChoiceField(label=_("印字する部分"), choices=SpotPart.choices, required=False)
    kind = forms.ChoiceField(label=_("印字のしかた"), choices=SpotKind.choices, initial=SpotKind.TEXT)
    option = forms.ChoiceField(
        label=_("丸・チェックを付ける選択肢"),
        required=False,
        help_text=_("印字のしかたが「丸で囲む」「チェックを付ける」のときに選びます。"),
    )
    boxes = forms.IntegerField(
        label=_("ます目の数"),
        min_value=0,
        max_value=_BOXES_MOST,
        initial=0,
        required=False,
        help_text=_("印字のしかたが「ます目」のときに入力します。"),
    )
    page = forms.IntegerField(label=_("ページ"), min_value=1, max_value=PAGES_MOST, initial=1)
    x = _millimetres(_("左から（mm）"))
    y = _millimetres(_("上から（mm）"))
    width = _millimetres(_("幅（mm）"), least="1")
    height = _millimetres(_("高さ（mm）"), least="1")
    align = forms.ChoiceField(label=_("そろえ"), choices=SpotAlign.choices, initial=SpotAlign.LEFT)
    largest = _points(_("文字の大きさ（pt）"), 10.5)
    smallest = _points(_("縮める限度（pt）"), 6)

    def __init__(self, *args: Any, form: Form, sizes: Sizes, others: Sequence[Spot] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._form, self._sizes, self._others = form, sizes, others
        self.hints: list[Problem] = []
        choices = {name: cast("forms.ChoiceField", self.fields[name]) for name in ("source", "option")}
        choices["source"].choices = [("", _("選んでください")), *_sources(form, str(self.initial.get("source", "")))]
        choices["option"].choices = [("", _("（なし）")), *_options(form)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        spot = self.spot()
        if spot.largest < spot.smallest:
            self.add_error("smallest", _("縮める限度は、文字の大きさ以下にしてください。"))
        if spot.kind == SpotKind.BOXES and not spot.boxes:
            self.add_error("boxes", _("ます目の数を入力してください。"))
        owner, mark, _value = data.get("option", "").rpartition("|")
        if spot.kind in MARKS and mark and owner and owner != _owner(spot):
            self.add_error("option", _("別の質問の選択肢です。選び直してください。"))
            return data
        for problem in problems_of(spot, self._form, self._sizes, self._others):
            if problem.is_hint:
                self.hints.append(problem)
            else:
                self.add_error(problem.field, problem.message)
        return data

    def spot(self, number: int = 0) -> Spot:
        """The place as it was typed."""
        data = self.cleaned_data
        kind, source = SpotKind(data["kind"]), data["source"]
        question = source.removeprefix(_QUESTION) if source.startswith(_QUESTION) else ""
        if "." in question:
            question = question.replace(".", f".{data.get('row') or 1}.", 1)
        option = data.get("option", "").rpartition("|")[2]
        return Spot(
            number=number,
            page=data["page"],
            **{name: float(data[name]) for name in ("x", "y", "width", "height", "largest", "smallest")},
            kind=kind,
            question=question,
            fixed=source.removeprefix(_FIXED) if source.startswith(_FIXED) else "",
            part=SpotPart(data.get("part", "")),
            option=option if kind in MARKS else "",
            align=SpotAlign(data["align"]),
            boxes=(data.get("boxes") or 0) if kind == SpotKind.BOXES else 0,
        )

    def values(self) -> dict[str, Any]:
        """The columns of the place."""
        values = self.spot().to_json()
        del values["number"]
        return values

    @staticmethod
    def initial_of(spot: Spot, form: Form) -> dict[str, Any]:
        """What stands in the boxes for a place that exists."""
        source = f"{_FIXED}{spot.fixed}" if spot.fixed else f"{_QUESTION}{_owner(spot)}"
        generic = {value for _label, rows in _generic_options() for value, _text in rows}
        option = next((one for one in (f"|{spot.option}", f"{_owner(spot)}|{spot.option}") if one in generic), "")
        if spot.option and not option:
            option = f"{_owner(spot)}|{spot.option}"
        return spot.to_json() | {"source": source, "row": spot.row or 1, "option": option}


def _owner(spot: Spot) -> str:
    """The question without the number of its row."""
    return f"{spot.group}.{spot.key}" if spot.group else spot.question


def _sources(form: Form, chosen: str) -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    yield _("質問以外"), [(f"{_FIXED}{one.value}", one.label) for one in SpotFixed]
    for page in form.pages:
        rows = [one for field in page.fields for one in _questions(field)]
        if rows:
            yield page.title, rows
    # a question that the form asks no more can be seen, and is refused
    key = chosen.removeprefix(_QUESTION)
    if chosen.startswith(_QUESTION) and field_of(key.replace(".", ".1."), form) is None:
        yield _("今の様式にない質問"), [(chosen, key)]


def _questions(field: Field) -> Iterator[tuple[str, str]]:
    if field.type == FieldType.ROWS:
        for one in field.fields:
            if one.type not in SHOWN_ONLY:
                yield f"{_QUESTION}{field.key}.{one.key}", f"{field.label}：{one.label}"
    elif field.type not in SHOWN_ONLY:
        yield f"{_QUESTION}{field.key}", field.label


def _options(form: Form) -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    yield from _generic_options()
    for owner, label, field in _with_options(form):
        rows = [(f"{owner}|{one.value}", one.label) for one in field.options]
        yield label, rows + ([(f"{owner}|other", _("その他"))] if field.other else [])


def _with_options(form: Form) -> Iterator[tuple[str, str, Field]]:
    for field in form.questions:
        if field.options:
            yield field.key, field.label, field
        for one in field.fields:
            if one.options:
                yield f"{field.key}.{one.key}", f"{field.label}：{one.label}", one


def _generic_options() -> list[tuple[Any, list[tuple[str, Any]]]]:
    kinds: Mapping[Any, tuple[FieldType, SpotPart]] = {
        _("元号（日付の質問）"): (FieldType.DATE, SpotPart.ERA),
        _("はい・いいえの質問"): (FieldType.YES_NO, SpotPart.WHOLE),
        _("同意の質問"): (FieldType.CONSENT, SpotPart.WHOLE),
        _("口座の種類"): (FieldType.BANK_ACCOUNT, SpotPart.ACCOUNT_TYPE),
    }
    return [
        (label, [(f"|{value}", text) for value, text in options_of(kind, {}, part).items()])
        for label, (kind, part) in kinds.items()
    ]
