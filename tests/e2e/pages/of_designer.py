"""Pages of the form designer."""

from django.urls import reverse

from applications.models import Procedure

KEY = "jido-teate-nintei"
"""The largest form of the demo has rows, conditions and a calculation."""


def pages_of_designer(_user):
    """Forms of the demo as their builders see them."""
    yield from (reverse(f"applications:{name}") for name in ("design_list", "design_new", "procedure_export"))
    names = ["overview", "copy", "settings", "section_add", "publish", "versions", "trial_check"]
    yield from (reverse(f"applications:design_{name}", args=[KEY]) for name in names)
    yield reverse("applications:design_version", args=[KEY, 1])
    sections = Procedure.objects.get(key=KEY).current_version.definition["pages"]
    for name in ("section", "section_logic", "field_add"):
        yield reverse(f"applications:design_{name}", args=[KEY, sections[0]["key"]])
    for number in range(1, len(sections) + 1):
        yield reverse("applications:design_trial", args=[KEY, number])
    yield from pages_of_fields([field for section in sections for field in section["fields"]])


def pages_of_fields(fields):
    """One field of each type, its conditions, and a field of a group: more of a type look the same."""
    for field in {field["type"]: field for field in fields}.values():
        yield reverse("applications:design_field", args=[KEY, field["key"]])
        kind = "value" if field["type"] == "calculated" else "visible"
        yield reverse("applications:design_logic", args=[KEY, field["key"], kind])
    group = next(field for field in fields if field["type"] == "rows")
    inside = f"{group['key']}.{group['fields'][0]['key']}"
    yield reverse("applications:design_field", args=[KEY, inside])
    yield reverse("applications:design_logic", args=[KEY, inside, "required"])
