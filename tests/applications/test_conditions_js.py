"""The browser's modules give what the vectors say, and what Python gives."""

from applications.conditions import logic_document
from tests.applications.condition_forms import VECTORS, form_of_pages, in_browser


def _case(vector):
    rest = {"answers": vector["answers"], "today": vector.get("today", VECTORS["today"])}
    if "pages" in vector:
        return rest | {"form": logic_document(form_of_pages(vector["pages"]))}
    name = "condition" if "condition" in vector else "value"
    return rest | {name: vector[name], "fields": VECTORS["fields"]}


def _wanted(vector):
    expect = vector["expect"]
    if "pages" in vector:
        return {**expect, "visible": sorted(expect["visible"]), "required": sorted(expect["required"])}
    return expect


def test_every_vector_holds_in_the_browsers_modules():
    vectors = [*VECTORS["conditions"], *VECTORS["values"], *VECTORS["outcomes"]]
    found = in_browser([_case(vector) for vector in vectors])
    wrong = [
        (vector["name"], one, _wanted(vector))
        for vector, one in zip(vectors, found, strict=True)
        if one != _wanted(vector)
    ]
    assert wrong == []
