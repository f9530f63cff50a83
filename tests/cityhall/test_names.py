"""Names of departments and of the city in other languages."""

import pytest
from django.urls import reverse
from django.utils import translation

from cityhall.models import Municipality
from cityhall.templatetags.spoken import name_in, name_said, paragraphs_said, place_said, said

pytestmark = pytest.mark.django_db


def test_department_is_named_in_the_language_of_the_page(department):
    department.names, department.place_names = {"en": "Tax <Division>"}, {"en": "Counter 3"}
    with translation.override("en"):
        assert (name_said(department), place_said(department)) == ("Tax &lt;Division&gt;", "Counter 3")
        department.names = {"en": ""}
        # what has no words is Japanese, and says so
        assert name_said(department) == f'<span lang="ja">{department.name}</span>'
    with translation.override("ja"):
        assert name_said(department) == department.name
    assert name_said(None) == ""


def test_name_on_a_page_of_several_languages_says_which_it_is(department):
    department.names = {"en": "Tax Division"}
    assert name_in(department, "en") == '<span lang="en">Tax Division</span>'
    assert name_in(department, "ja-easy") == f'<span lang="ja">{department.name}</span>'
    assert name_in(Municipality(name="緑野市", name_en="Midorino"), "en") == '<span lang="en">Midorino</span>'


def test_paragraphs_in_two_languages_are_marked_one_by_one():
    with translation.override("en"):
        assert (
            paragraphs_said("I <agree>\n\n同意します")
            == '<p lang="en">I &lt;agree&gt;</p>\n<p lang="ja">同意します</p>'
        )
        assert said("<b>") == "&lt;b&gt;"


def test_administrator_edits_names(login, administrator, department):
    browser = login(administrator)
    address = reverse("admin:cityhall_department_change", args=[department.pk])
    form = browser.get(address).context["adminform"].form
    sent = {name: value for name, value in form.initial.items() if isinstance(value, str | int | bool)}
    sent |= {f"{name}_en": f"{name} here" for name in ("names", "place_names")}
    answer = browser.post(address, sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    department.refresh_from_db()
    assert (department.names, department.place_names) == ({"en": "names here"}, {"en": "place_names here"})
