"""Pages of the form designer."""

from django.urls import reverse

from applications.models import Procedure

SECTION_PAGES = ("design_section", "design_section_logic", "design_field_add")


def pages_of_designer(_user):
    """Forms of the demo as their builders see them; the largest has rows, conditions and a calculation."""
    yield from (reverse(f"applications:{name}") for name in ("design_list", "design_new", "procedure_export"))
    key = "jido-teate-nintei"
    form = Procedure.objects.get(key=key).current_version.definition
    names = ["overview", "copy", "settings", "section_add", "publish", "versions", "trial_check"]
    yield from (reverse(f"applications:design_{name}", args=[key]) for name in names)
    yield reverse("applications:design_version", args=[key, 1])
    for number, page in enumerate(form["pages"], start=1):
        yield reverse("applications:design_trial", args=[key, number])
        yield from (reverse(f"applications:{name}", args=[key, page["key"]]) for name in SECTION_PAGES)
        for field in page["fields"]:
            yield reverse("applications:design_field", args=[key, field["key"]])
            for kind in ("value",) if field["type"] == "calculated" else ("visible",):
                yield reverse("applications:design_logic", args=[key, field["key"], kind])
    group = next(field for page in form["pages"] for field in page["fields"] if field["type"] == "rows")
    inside = f"{group['key']}.{group['fields'][0]['key']}"
    yield reverse("applications:design_field", args=[key, inside])
    yield reverse("applications:design_logic", args=[key, inside, "required"])
