import copy

import pytest

from applications.definition import DefinitionError, parse
from applications.enums import FieldType
from tests.applications.sample import all_types


def _changed(change):
    document = copy.deepcopy(all_types())
    change(document)
    return document


def _field(document, key):
    return next(field for page in document["pages"] for field in page["fields"] if field["key"] == key)


def test_parse_reads_every_type():
    form = parse(all_types())
    assert {field.type for field in form.fields} == set(FieldType)
    assert [page.title for page in form.pages] == ["申請者", "申請の内容", "添付と同意"]
    assert form.by_key["kind"].label_of("change") == "変更"
    assert form.page_of("consent") == 3


def test_parse_fills_in_what_is_left_out():
    field = parse(all_types()).by_key["note"]
    assert (field.required, field.help, field.concept, field.options) == (False, "", "", ())
    assert parse(all_types()).by_key["kana"].max_length == 100
    assert parse(all_types()).by_key["proof"].accept == ("image", "pdf")


def test_page_of_an_unknown_key_is_a_key_error():
    with pytest.raises(KeyError):
        parse(all_types()).page_of("nothing")


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("form", lambda d: d.update(schema=2)),
        ("form", lambda d: d.update(pages=[])),
        ("form", lambda d: d.update(pages=[d["pages"][0]] * 31)),
        ("form", lambda d: d["pages"][1].update(key="applicant")),
        ("form", lambda d: d["pages"][1]["fields"].append(dict(_field(d, "name")))),
        ("page 1", lambda d: d["pages"][0].update(fields=[])),
        ("page 1", lambda d: d["pages"][0].update(colour="red")),
        ("page 1", lambda d: d["pages"][0].update(title=" ")),
        ("page 1", lambda d: _field(d, "name").update(key="Name")),
        ("page 1", lambda d: _field(d, "name").update(key="a" * 61)),
        ("name", lambda d: _field(d, "name").update(type="colour")),
        ("name", lambda d: _field(d, "name").update(colour="red")),
        ("name", lambda d: _field(d, "name").update(required="yes")),
        ("name", lambda d: _field(d, "name").update(max_length=-1)),
        ("name", lambda d: _field(d, "name").update(max_length=True)),
        ("name", lambda d: _field(d, "name").update(min_length=61)),
        ("name", lambda d: _field(d, "name").update(concept="applicant.shoe_size")),
        ("name", lambda d: _field(d, "name").update(options=[{"value": "a", "label": "A"}])),
        ("name", lambda d: _field(d, "name").update(label=3)),
        ("name", lambda d: _field(d, "name").update(min=1)),
        ("kind", lambda d: _field(d, "kind").update(options=[])),
        ("kind", lambda d: _field(d, "kind").update(options=[{"value": "a", "label": "A"}] * 2)),
        ("kind", lambda d: _field(d, "kind").update(options="a")),
        ("income", lambda d: _field(d, "income").update(min=1.5)),
        ("income", lambda d: _field(d, "income").update(min="NaN")),
        ("income", lambda d: _field(d, "income").update(min=5, max=4)),
        ("birth", lambda d: _field(d, "birth").update(max="tomorrow")),
        ("visit", lambda d: _field(d, "visit").update(min="2026-12-02", max="2026-12-01")),
        ("call_at", lambda d: _field(d, "call_at").update(min="17:16")),
        ("call_at", lambda d: _field(d, "call_at").update(min="25:00")),
        ("note", lambda d: _field(d, "note").update(charset="klingon")),
        ("note", lambda d: _field(d, "note").update(label="個人番号（12桁）")),
        ("rent", lambda d: _field(d, "rent").update(decimals=2)),
        ("found_by", lambda d: _field(d, "found_by").update(options=[{"value": "other", "label": "他"}])),
        ("registered", lambda d: _field(d, "registered").update(required=True)),
        ("registered", lambda d: _field(d, "registered").pop("concept")),
        ("total", lambda d: _field(d, "total").pop("value")),
        ("costs_text", lambda d: _field(d, "costs_text").update(text=" ")),
        ("page 2", lambda d: _field(d, "rent").update(key="found_by__other")),
        ("proof", lambda d: _field(d, "proof").update(accept=["exe"])),
        ("consent", lambda d: _field(d, "consent").update(consent_version="")),
    ],
)
def test_parse_names_the_place_of_a_mistake(where, change):
    with pytest.raises(DefinitionError) as caught:
        parse(_changed(change))
    assert caught.value.where == where
    assert str(caught.value).startswith(f"{where}: ")


def test_limits_that_move_with_the_calendar_and_labels_of_cards_are_good():
    def change(document):
        _field(document, "birth").update(min="2999-01-01", max="today")
        _field(document, "note").update(label="マイナンバーカードの有効期限")

    assert parse(_changed(change)).by_key["birth"].max == "today"


@pytest.mark.parametrize("document", [None, [], "form", 3, {"schema": 1, "pages": [3]}, {"schema": 1, "pages": "a"}])
def test_parse_refuses_other_shapes(document):
    with pytest.raises(DefinitionError):
        parse(document)
