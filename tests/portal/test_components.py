"""The components of the pages: what they say, what they escape, and that scripts and page agree."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.template import Context, Template
from django.template.loader import render_to_string

from cityhall.marks import required_on_condition
from portal.views.style import SampleForm, style

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


class OneOfEach(forms.Form):
    name = forms.CharField(label="氏名", help_text="<b>戸籍</b>のとおり")
    note = forms.CharField(label="備考", required=False, widget=forms.TextInput(attrs={"placeholder": "淡い文字"}))
    reason = required_on_condition(forms.CharField(label="理由", required=False))
    way = forms.ChoiceField(label="受け取り方", widget=forms.RadioSelect, choices=[("a", "郵便")])
    agree = forms.BooleanField(label="同意します")
    revision = forms.IntegerField(widget=forms.HiddenInput)


# --- button -----------------------------------------------------------------------------------
def test_button_with_href_is_a_link():
    html = render_to_string("components/button.html", {"label": "次へ", "href": "/my/", "kind": "outline"})
    assert html.strip() == '<a class="button button--outline button--lg" href="/my/">次へ</a>'


def test_button_without_href_submits_with_name_and_value():
    html = render_to_string("components/button.html", {"label": "承認", "name": "action", "value": "approve"})
    assert html.strip() == (
        '<button class="button button--solid button--lg" type="submit" name="action" value="approve">承認</button>'
    )


def test_button_does_not_take_the_form_of_the_page_for_an_id():
    html = render_to_string("components/button.html", {"label": "送る", "form": OneOfEach()})
    assert "form=" not in html


# --- fields -----------------------------------------------------------------------------------
def test_required_field_says_so_in_words_and_names_its_help():
    html = str(OneOfEach()["name"].as_field_group())
    assert '<label class="field__label" for="id_name">氏名<span class="field__mark field__mark--required">※必須' in html
    assert 'aria-describedby="id_name_helptext"' in html


def test_help_text_is_escaped():
    assert "&lt;b&gt;戸籍&lt;/b&gt;のとおり" in str(OneOfEach()["name"].as_field_group())


def test_optional_field_says_so_and_has_no_placeholder():
    html = str(OneOfEach()["note"].as_field_group())
    assert "※任意" in html
    assert "placeholder" not in html


def test_field_that_some_answers_require_says_neither_required_nor_optional():
    html = str(OneOfEach()["reason"].as_field_group())
    assert re.findall(r'class="field__mark[^>]*>([^<]+)', html) == ["※条件により必須"]


def test_wrong_field_is_marked_and_points_to_its_error():
    html = str(OneOfEach({})["name"].as_field_group())
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html


def test_choices_stand_in_a_fieldset_with_a_legend():
    html = str(OneOfEach()["way"].as_field_group())
    assert '<fieldset class="field field--group" id="id_way_group">' in html
    assert '<legend class="field__label">受け取り方' in html
    assert '<label class="choice" for="id_way_0"><input type="radio"' in html


def test_single_check_box_has_its_label_beside_it():
    html = str(OneOfEach()["agree"].as_field_group())
    assert "<fieldset" not in html
    assert '<label class="choice" for="id_agree"><input type="checkbox"' in html


# --- error summary ----------------------------------------------------------------------------
def test_error_summary_leads_to_controls_and_groups_but_not_to_hidden_ones():
    html = render_to_string("components/error_summary.html", {"form": OneOfEach({})})
    assert re.findall(r'href="#([^"]+)"', html) == ["id_name", "id_way_group", "id_agree"]
    assert html.count("<li>") == 4


def test_error_summary_of_a_fine_form_is_empty():
    assert render_to_string("components/error_summary.html", {"form": SampleForm()}).strip() == ""


# --- the other components ---------------------------------------------------------------------
def test_banner_of_an_unknown_kind_is_news():
    html = render_to_string("components/notification_banner.html", {"kind": "debug", "title": "<i>題</i>"})
    assert 'class="banner banner--info" role="status"' in html
    assert "&lt;i&gt;題&lt;/i&gt;" in html


def test_step_list_marks_the_current_step_once():
    steps = [{"label": "一", "state": "done", "href": "/1"}, {"label": "二", "state": "current", "href": "/2"}]
    html = render_to_string("components/step_list.html", {"steps": steps})
    assert html.count('aria-current="step"') == 1
    assert 'href="/1"' in html
    assert 'href="/2"' not in html


def test_breadcrumb_does_not_link_the_page_itself():
    items = [{"label": "ホーム", "href": "/"}, {"label": "ここ", "href": "/here/"}]
    html = render_to_string("components/breadcrumb.html", {"items": items})
    assert re.findall(r'href="([^"]+)"', html) == ["/"]
    assert '<span aria-current="page">ここ</span>' in html


def test_description_list_shows_blank_answers_as_blank():
    html = render_to_string("components/description_list.html", {"rows": [{"label": "建物名", "text": ""}]})
    assert "（入力なし）" in html


def test_pager_without_neighbours_is_nothing():
    assert render_to_string("components/pager.html", {"next_url": "", "previous_url": None}).strip() == ""


# --- filters ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("{{ value|wareki }}", dt.date(2026, 11, 21), "令和8年11月21日"),
        ("{{ value|wareki }}", dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC), "令和8年11月21日"),
        ("{{ value|wareki }}", None, ""),
        ("{{ value|wareki_time }}", dt.datetime(2026, 11, 21, 0, 5, tzinfo=dt.UTC), "令和8年11月21日 9:05"),
        ("{{ value|wareki_time }}", None, ""),
        ("{{ value|reference }}", "12345678901", "1234-5678-901"),
        ("{{ value|reference }}", "", ""),
        ("{{ value|postal_code }}", "1234567", "123-4567"),
        ("{{ value|postal_code }}", "不明", "不明"),
    ],
)
def test_filters_show_values_as_people_write_them(source, value, expected):
    assert render(source, value=value) == expected


def test_markdown_keeps_the_small_part_and_drops_the_rest():
    text = "# 題\n\n**太字**と[案内](https://example.jp/)\n\n- 項目\n\n<script>x()</script> ![絵](https://example.jp/a.png)"
    html = render("{{ value|markdown }}", value=text)
    assert "<h3>題</h3>" in html
    assert "<strong>太字</strong>" in html
    assert 'href="https://example.jp/"' in html
    assert "<li>項目</li>" in html
    assert "<script" not in html
    assert "<img" not in html


def test_markdown_refuses_links_that_run_scripts():
    assert "href" not in render("{{ value|markdown }}", value="[押す](javascript:alert(1))")


# --- fixed parts --------------------------------------------------------------------------------
def test_fixed_part_sees_nothing_of_the_page_and_is_made_once(monkeypatch):
    source = Template('{% load ui %}{% fixed "components/status_chip.html" %}')
    first = source.render(Context({"label": "審査中", "tone": "info"}))
    assert first.strip() == '<span class="chip chip--neutral"></span>'
    monkeypatch.setattr(source.engine, "get_template", None)
    assert source.render(Context({"label": "別の人"})) == first


def test_public_text_is_marked_up_as_any_other():
    assert render("{{ value|public_markdown }}", value="**太字**<script>") == render(
        "{{ value|markdown }}", value="**太字**<script>"
    )


# --- scripts ----------------------------------------------------------------------------------
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_is_one_small_module_that_shows_its_markup(script):
    source = script.read_text(encoding="utf-8")
    assert source.startswith("/**\n")
    assert len(source.splitlines()) <= 150


def test_every_text_of_the_scripts_stands_in_the_page():
    offered = set()
    for page in (ROOT / "templates").rglob("*.html"):
        source = page.read_text(encoding="utf-8")
        for attributes in re.findall(r'<template id="[a-z-]*texts"(.*?)></template>', source, re.DOTALL):
            names = re.findall(r"data-([a-z-]+)=", attributes)
            offered |= {re.sub(r"-(\w)", lambda match: match[1].upper(), name) for name in names}
    used = set()
    for script in SCRIPTS:
        used |= set(re.findall(r'\b(?:text|say)\("(\w+)"', script.read_text(encoding="utf-8")))
    assert used
    assert used - offered == set()


# --- the style guide --------------------------------------------------------------------------
@pytest.fixture
def request_of_a_visitor(rf, db):
    request = rf.get("/style/")
    request.user = AnonymousUser()
    request.session = {}
    return request


def test_style_guide_shows_every_component_without_inline_code(request_of_a_visitor, settings):
    settings.DEMO = True
    html = style(request_of_a_visitor).content.decode()
    for block in ("button", "banner", "steps", "chip", "cards", "facts", "table", "dialog", "field", "error-summary"):
        assert re.search(rf'class="{block}[" ]', html), block
    assert not re.search(r"\sstyle=|\son\w+=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert len(html.encode()) < 100_000


def test_style_guide_is_not_in_a_real_city(request_of_a_visitor, settings):
    settings.DEMO = False
    with pytest.raises(Http404):
        style(request_of_a_visitor)


# --- what a line may be broken at ---------------------------------------------------------------
def test_number_stays_on_one_line_with_its_unit_and_the_rest_is_escaped():
    html = render("{{ text|whole_numbers }}", text="1通1,600円<b>（3か月以内）")
    assert html == (
        '<span class="nowrap">1通</span><span class="nowrap">1,600円</span>&lt;b&gt;（'
        '<span class="nowrap">3か月</span>以内）'
    )


def test_mail_address_breaks_before_the_at_and_after_dots():
    html = render("{{ text|mail_address }}", text="a.b<i>@example.jp")
    assert html == "a.<wbr>b&lt;i&gt;<wbr>@example.<wbr>jp"
    assert render("{{ text|mail_address }}", text=None) == ""
