"""Staff write a form's words in other languages: beside the Japanese ones, part of the form in work."""

import pytest

from applications.definition import form_of
from applications.designer.operations import Design, rename_field, set_words
from applications.models import FormDesign, Procedure
from tests.applications.designkit import document, make_procedure, messages_of, revision, text_of, url

EN = "?lang=en"


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


def words(procedure):
    return document(procedure.key).get("translations", {})


def send(client, query=EN, *, seen=None, **said):
    data = {f"w-{place.replace('__', ':')}": text for place, text in said.items()}
    number = revision() if seen is None else seen
    return client.post(url("design_words") + query, data | {"revision": number}, follow=True)


def test_words_are_kept_with_the_form_in_work_and_published_with_it(login, handler, procedure):
    client = login(handler)
    page = client.get(url("design_words") + EN)
    lines = {one.place: one for one in page.context["lines"]}
    assert lines["form:name"].japanese == procedure.name
    assert lines["kind:label"].words == ""
    assert page.context["missing"] == page.context["total"] == len(lines)
    answer = send(client, kind__label="Kind", form__name="Filing")
    assert messages_of(answer) == ["訳を保存しました。新しい版を公開すると、画面に出ます。"]
    assert words(procedure) == {"en": {"form:name": "Filing", "kind:label": "Kind"}}
    seen = client.get(url("design_publish"))
    assert [(one.kind, one.label, one.about) for one in seen.context["changes"]] == [
        ("changed", "訳（English）", "2箇所")
    ]
    data = {"revision": revision(), "change_note": "英語", "seen": seen.context["seen"]}
    client.post(url("design_publish"), data)
    version = Procedure.objects.get(pk=procedure.pk).current_version
    assert form_of(version).translations["en"]["kind:label"] == "Kind"


def test_each_language_is_a_table_of_its_own_and_blanks_are_japanese_again(login, handler, procedure):
    client = login(handler)
    send(client, kind__label="Kind")
    send(client, "?lang=ja-easy", kind__label="どれですか")
    assert words(procedure) == {"en": {"kind:label": "Kind"}, "ja-easy": {"kind:label": "どれですか"}}
    send(client, kind__label="  ")
    assert words(procedure) == {"ja-easy": {"kind:label": "どれですか"}}


def test_wrong_words_are_said_by_their_box_and_nothing_is_lost(login, handler, procedure):
    client = login(handler)
    page = send(client, kind__label="x" * 301, form__name="Filing")
    text = text_of(page)
    assert "訳は300文字までにしてください。" in text
    assert "x" * 301 in page.content.decode()
    assert 'value="Filing"' in page.content.decode()
    assert not FormDesign.objects.exists()


def test_slower_of_two_keeps_what_they_typed(login, handler, procedure):
    client = login(handler)
    old = revision()
    send(client, form__name="Filing")
    page = send(client, "?lang=ja-easy", seen=old, kind__label="どれですか")
    assert "先に変更されました" in text_of(page)
    assert 'value="どれですか"' in page.content.decode()
    assert words(procedure) == {"en": {"form:name": "Filing"}}
    # twice the same is saved once
    before = revision()
    send(client, form__name="Filing")
    assert revision() == before


def test_unknown_languages_and_places_are_nothing(login, handler, procedure):
    client = login(handler)
    assert client.get(url("design_words") + "?lang=xx").status_code == 302
    send(client, nowhere__label="Gone", kind__label="Kind")
    assert words(procedure) == {"en": {"kind:label": "Kind"}}


def test_words_go_with_a_question_that_gets_another_key():
    rows = {"key": "people", "type": "rows", "label": "人", "fields": [{"key": "given", "type": "text", "label": "名"}]}
    page = {"key": "page_1", "title": "人", "fields": [rows, {"key": "kind", "type": "text", "label": "種類"}]}
    design = Design({"schema": 1, "pages": [page]}, [], 0)
    design = set_words(design, "en", {"people.given:label": "Given", "kind:label": "Kind"})
    design, _path = rename_field(design, "people.given", "first")
    design, _path = rename_field(design, "kind", "sort")
    assert design.document["translations"]["en"] == {"people.first:label": "Given", "sort:label": "Kind"}
