"""Forms of the letters: posting, returns, the settings of the post."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.enums import ReturnReason
from notices.models import PostSettings

# A4 folded in three shows its upper third, and the bar code must fit into the window with 2 mm around it
FOLD_MM = 99
NARROWEST_MM, LOWEST_MM = 77, 25
# right of it stands the sender
SENDER_MM = 130
ALL_PERCENT = 100
RATES, DISCOUNTS = 6, 3
# far above any letter of the post, and low enough for the sum of a run's postage in its column
MOST_GRAMS, MOST_YEN, MOST_COUNT = 30_000, 100_000, 10_000_000


class PostedForm(forms.Form):
    """The day on which the letters of a run were handed to the post."""

    posted_on = forms.DateField(
        label=_("発送日"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("発送日を入力してください。"),
            "invalid": _("発送日を正しい日付で入力してください。"),
        },
    )


class ReturnedForm(forms.Form):
    """One letter that came back: its code as a scanner types it, and what the post wrote on it."""

    reason = forms.ChoiceField(label=_("戻った理由"), choices=ReturnReason, widget=forms.RadioSelect)
    code = forms.CharField(
        label=_("QRコードまたは通知番号"),
        max_length=200,
        help_text=_("手紙のQRコードをスキャナーで読み取るか、11桁の通知番号を入力してください。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
        error_messages={"required": _("QRコードを読み取るか、通知番号を入力してください。")},
    )


class PostSettingsForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """Window, printing, weights, and the post's tables as rows of two boxes."""

    class Meta:
        model = PostSettings
        fields = [
            "window_left",
            "window_top",
            "window_width",
            "window_height",
            "is_duplex",
            "inserts",
            "sheet_grams",
            "insert_grams",
            "envelope_grams",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("window_left", "window_top", "window_width", "window_height"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"
        for row in range(RATES):
            self._add(f"rate_{row}_grams", _("%(n)s段目　重さ（gまで）"), row, forms.IntegerField, most=MOST_GRAMS)
            self._add(f"rate_{row}_yen", _("%(n)s段目　料金（円）"), row, forms.IntegerField, most=MOST_YEN)
        for row in range(DISCOUNTS):
            self._add(f"discount_{row}_from", _("%(n)s段目　通数（以上）"), row, forms.IntegerField, most=MOST_COUNT)
            self._add(f"discount_{row}_percent", _("%(n)s段目　割引（％）"), row, forms.DecimalField, most=None)
        self.initial.update(self._stored())

    def _add(self, name: str, label: Any, row: int, kind: type[forms.IntegerField], *, most: int | None) -> None:
        self.fields[name] = kind(label=label % {"n": row + 1}, required=False, min_value=0, max_value=most)

    def _stored(self) -> dict[str, Any]:
        stored: dict[str, Any] = {}
        for row, rate in enumerate(self.instance.rates[:RATES]):
            stored |= {f"rate_{row}_grams": rate["up_to_grams"], f"rate_{row}_yen": rate["yen"]}
        for row, step in enumerate(self.instance.discounts[:DISCOUNTS]):
            stored |= {f"discount_{row}_from": step["from_letters"], f"discount_{row}_percent": step["percent"]}
        return stored

    @property
    def rate_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"rate_{row}_grams"], self[f"rate_{row}_yen"]) for row in range(RATES)]

    @property
    def discount_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"discount_{row}_from"], self[f"discount_{row}_percent"]) for row in range(DISCOUNTS)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            self._check_window(given)
            self.instance.rates = self._rates(given)
            self.instance.discounts = self._discounts(given)
        return given

    def _check_window(self, given: dict[str, Any]) -> None:
        left, top, width, height = (given[f"window_{name}"] for name in ("left", "top", "width", "height"))
        if width < NARROWEST_MM:
            text = _("窓の幅は%(least)smm以上にしてください。カスタマバーコードが窓に収まりません。")
            self.add_error("window_width", text % {"least": NARROWEST_MM})
        if height < LOWEST_MM:
            self.add_error("window_height", _("窓の高さは%(least)smm以上にしてください。") % {"least": LOWEST_MM})
        if top + height > FOLD_MM:
            text = _("窓の上端と高さの合計を%(most)smm以下にしてください。三つ折りの折り目をまたぎます。")
            self.add_error("window_top", text % {"most": FOLD_MM})
        if left + width > SENDER_MM:
            text = _("窓の左端と幅の合計を%(most)smm以下にしてください。差出人と重なります。")
            self.add_error("window_left", text % {"most": SENDER_MM})

    def _rates(self, given: dict[str, Any]) -> list[dict[str, int]]:
        pairs = self._pairs(given, "rate", RATES, "grams", "yen")
        if not pairs:
            self.add_error("rate_0_grams", _("郵便料金を1段目から入力してください。"))
        return [{"up_to_grams": grams, "yen": yen} for grams, yen in pairs]

    def _discounts(self, given: dict[str, Any]) -> list[dict[str, str | int]]:
        pairs = self._pairs(given, "discount", DISCOUNTS, "from", "percent")
        for row, (_letters, percent) in enumerate(pairs):
            if percent > 100:
                self.add_error(f"discount_{row}_percent", _("割引は100％以下で入力してください。"))
        return [{"from_letters": letters, "percent": str(Decimal(percent))} for letters, percent in pairs]

    def _pairs(self, given: dict[str, Any], name: str, rows: int, left: str, right: str) -> list[tuple[Any, Any]]:
        """The rows that were filled; both boxes of a row, and rising from row to row."""
        pairs: list[tuple[Any, Any]] = []
        for row in range(rows):
            first, second = given[f"{name}_{row}_{left}"], given[f"{name}_{row}_{right}"]
            if first is None and second is None:
                continue
            if first is None or second is None:
                empty = left if first is None else right
                self.add_error(f"{name}_{row}_{empty}", _("この段の2つの欄を両方とも入力してください。"))
            elif pairs and first <= pairs[-1][0]:
                self.add_error(f"{name}_{row}_{left}", _("前の段より大きい数を入力してください。"))
            else:
                pairs.append((first, second))
        return pairs
