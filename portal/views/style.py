"""Every component in every state, to look at and for the tests of the pages. Only in the demo."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cityhall.access import public


class SampleDate(forms.MultiWidget):
    """Year, month and day, as the widgets of the forms have them."""

    use_fieldset = True

    def __init__(self) -> None:
        digits = {"inputmode": "numeric"}
        labels = (_("年"), _("月"), _("日"))
        super().__init__([forms.TextInput(attrs={**digits, "data-label": label}) for label in labels])

    def decompress(self, value: Any) -> list[str]:
        return list(value or ("", "", ""))


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("氏名"), help_text=_("戸籍や住民票のとおりに入力してください。"))
    kana = forms.CharField(label=_("フリガナ"), required=False)
    email = forms.EmailField(label=_("メールアドレス"))
    count = forms.IntegerField(label=_("お子さまの人数"))
    birth_date = forms.CharField(label=_("生年月日"), widget=SampleDate(), help_text=_("西暦で入力してください。"))
    place = forms.ChoiceField(
        label=_("受け取る場所"), choices=[("", _("選択してください")), ("main", _("本庁舎")), ("north", _("北支所"))]
    )
    way = forms.ChoiceField(
        label=_("お知らせの受け取り方"),
        widget=forms.RadioSelect,
        choices=[
            ("online", _("このサイトで受け取る（お勧め）")),
            ("post", _("これまでどおり郵便で受け取る")),
        ],
    )
    needs = forms.MultipleChoiceField(
        label=_("お手伝いが必要なこと"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("sign", _("手話通訳")),
            ("wheel", _("車いすでの来庁")),
            ("easy", _("やさしい日本語での説明や、ゆっくりとした説明など、その他の配慮")),
        ],
    )
    reason = forms.CharField(
        label=_("申請の理由"), widget=forms.Textarea(attrs={"data-char-count": "200", "rows": "5"}), required=False
    )
    papers = forms.FileField(
        label=_("本人確認書類の写真"),
        required=False,
        help_text=_("画像またはPDF、1個20MBまで"),
        widget=forms.FileInput(attrs={"data-max-bytes": "20971520"}),
    )
    agree = forms.BooleanField(label=_("申請内容を審査のために関係課で確認することに同意します。"))


def _context() -> dict[str, Any]:
    wrong = SampleForm(
        {"name": "𠮷野 さくら", "email": "sakura＠example", "count": "-", "birth_date_0": "2026", "birth_date_1": "13"},
        prefix="wrong",
    )
    wrong.data = {f"wrong-{name}": value for name, value in wrong.data.items()}
    return {
        "form": SampleForm(prefix="fine"),
        "wrong": wrong,
        "now": timezone.now(),
        "crumbs": [{"label": _("ホーム"), "href": "/"}, {"label": _("部品の見本"), "href": ""}],
        "steps": [
            {"label": _("申請者"), "state": "done", "href": "#steps"},
            {"label": _("お子さま"), "state": "error", "href": "#steps"},
            {"label": _("振込先"), "state": "current", "href": ""},
            {"label": _("確認"), "state": "todo", "href": ""},
        ],
        "chips": [
            {"label": _("下書き"), "tone": "neutral"},
            {"label": _("審査中"), "tone": "info"},
            {"label": _("承認"), "tone": "success"},
            {"label": _("補正のお願い"), "tone": "warning"},
            {"label": _("期限超過"), "tone": "error"},
        ],
        "banners": [
            {"kind": "success", "title": _("申請を受け付けました。"), "text": _("結果は14日以内にお知らせします。")},
            {
                "kind": "error",
                "title": _("送信できませんでした。"),
                "text": _("少し待ってから、もう一度お試しください。"),
            },
            {"kind": "warning", "title": _("補正のお願いがあります。"), "text": ""},
            {"kind": "info", "title": _("11月29日（日曜日）は、システムの点検のため利用できません。"), "text": ""},
        ],
        "cards": [
            {
                "title": _("児童手当 認定請求"),
                "href": "#cards",
                "text": _("お子さまが生まれたときや、市外から転入したときの手続です。"),
                "meta": _("子育て支援課・標準処理期間 14日"),
                "chip": {"label": _("オンラインで完了"), "tone": "success"},
            },
            {
                "title": _("緑野市放課後児童健全育成事業利用申請および学校休業日特別利用希望の届出"),
                "href": "#cards",
                "text": _("名前の長い手続も、折り返して読めるように表示します。"),
                "meta": _("放課後児童課"),
                "chip": {"label": _("補正のお願い"), "tone": "warning"},
            },
            {"title": _("リンクのないカード"), "text": _("説明だけのときに使います。")},
        ],
        "rows": [
            {"label": _("氏名"), "text": "髙橋 さくら"},
            {"label": _("住所"), "text": "緑野市中央一丁目2番3号\nみどりのガーデンテラスサウスウイング1204号室"},
            {"label": _("建物名"), "text": ""},
        ],
    }


@public
@require_GET
def style(request: HttpRequest) -> HttpResponse:
    """The style guide; 404 in a real city."""
    if not settings.DEMO:
        raise Http404
    return render(request, "portal/style.html", _context())
