"""Pages on which staff place answers on the city's own paper."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.models import Procedure
from cityhall.services.files import check_pending_files
from counter.services import layouts
from portal.demo_city import form_layouts

KEY = form_layouts.PROCEDURE
WITHOUT = "kokuho-kanyu"


def pages_of_layouts(user):
    """The list, the form of the demo in use, and a new version of it with a place off the paper."""
    yield reverse("counter:layouts")
    yield f"{reverse('counter:layouts')}?q=ありえない"
    yield reverse("counter:layout_versions", args=[WITHOUT])
    yield reverse("counter:layout_versions", args=[KEY])
    yield reverse("counter:layout", args=[KEY, 1])
    draft = make_draft(user)
    yield reverse("counter:layout", args=[KEY, draft.number])
    yield from (
        reverse(f"counter:{name}", args=[KEY, draft.number]) for name in ("layout_settings", "layout_field_add")
    )
    yield reverse("counter:layout_field", args=[KEY, draft.number, 1])


def make_draft(user):
    """The places of the demo once more, the last of them too far to the right."""
    blank = SimpleUploadedFile("blank.pdf", form_layouts.blank_pdf(), content_type="application/pdf")
    made = layouts.make_layout(
        procedure=Procedure.objects.get(key=KEY),
        title=form_layouts.TITLE,
        upload=blank,
        by=user,
        valid_from=timezone.localdate(),
    )
    check_pending_files()
    made.blank.refresh_from_db()
    *good, last = form_layouts.spots()
    layouts.place_spots(made, (*good, type(last).from_json(last.to_json() | {"x": 190})))
    return made
