"""Versions of layouts: drafts are free, what is in use is frozen."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from cityhall.enums import FileState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.files import UploadRefused, check_pending_files
from counter.enums import LayoutState, SpotKind
from counter.errors import BlankNotChecked, LayoutHasDraft, LayoutHasProblems, LayoutInUse
from counter.models import FormLayout, LayoutField
from counter.queries.layouts import spots_on
from counter.services import layouts
from tests.counter.layoutkit import blank_pdf, make_layout, spot, upload
from tests.counter.test_layouts_print import with_document

pytestmark = pytest.mark.django_db
VALUES = spot(question="mail").to_json() | {}
del VALUES["number"]


@pytest.fixture
def procedure(department, municipality):
    return with_document(department)


@pytest.fixture
def draft(procedure, administrator):
    return make_layout(procedure, administrator, spot(question="who"))


def test_a_pdf_waits_for_its_check_before_it_is_measured(procedure, administrator):
    made = layouts.make_layout(
        procedure=procedure, title="届", upload=upload(), by=administrator, valid_from=dt.date(2026, 4, 1)
    )
    assert not layouts.take_sizes(made)
    with pytest.raises(BlankNotChecked):
        layouts.activate(made, by=administrator)
    check_pending_files()
    made.blank.refresh_from_db()
    assert layouts.take_sizes(made)
    assert made.page_sizes == [[210.0, 297.0]]


def test_what_is_no_pdf_is_refused(procedure, administrator):
    with pytest.raises(UploadRefused):
        layouts.make_layout(
            procedure=procedure, title="届", upload=upload(b"text"), by=administrator, valid_from=dt.date(2026, 4, 1)
        )
    assert not FormLayout.objects.exists()


def test_a_pdf_of_too_many_pages_has_no_sizes(procedure, administrator):
    made = layouts.make_layout(
        procedure=procedure,
        title="届",
        upload=upload(blank_pdf(*[(210, 297)] * 21)),
        by=administrator,
        valid_from=dt.date(2026, 4, 1),
    )
    check_pending_files()
    made.blank.refresh_from_db()
    assert made.blank.state == FileState.CLEAN
    assert not layouts.take_sizes(made)


def test_a_procedure_has_one_draft(draft, procedure, administrator):
    with pytest.raises(LayoutHasDraft):
        make_layout(procedure, administrator)
    layouts.activate(draft, by=administrator)
    layouts.make_next(draft, by=administrator)
    with pytest.raises(LayoutHasDraft):
        layouts.make_next(draft, by=administrator)


def test_a_layout_in_use_is_frozen(draft, administrator):
    layouts.activate(draft, by=administrator)
    assert draft.state == LayoutState.ACTIVE
    assert [one.question for one in spots_on(draft)] == ["who"]
    assert not draft.fields.exists()
    with pytest.raises(LayoutInUse):
        layouts.save_spot(draft, values=VALUES)
    with pytest.raises(LayoutInUse):
        layouts.remove_spot(draft, number=1)
    with pytest.raises(LayoutInUse):
        layouts.discard(draft, by=administrator)
    with pytest.raises(LayoutInUse):
        layouts.change_settings(draft, title="x", valid_from=draft.valid_from, prints_rest=True, by=administrator)


@pytest.mark.parametrize("columns", [{"title": "別"}, {"placed": []}, {"state": "draft", "activated_at": None}])
def test_the_database_itself_keeps_a_layout_in_use(draft, administrator, columns):
    FormLayout.objects.filter(pk=draft.pk).update(title="下書きは変えられる")
    layouts.activate(draft, by=administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormLayout.objects.filter(pk=draft.pk).update(**columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormLayout.objects.filter(pk=draft.pk)._raw_delete("default")
    layouts.end(draft, by=administrator)
    layouts.end(draft, by=administrator)
    assert draft.ended_by == administrator
    assert AuditEvent.objects.filter(target_type="counter.formlayout", detail="ended").count() == 1


def test_the_next_version_begins_with_the_same_places(draft, administrator):
    layouts.activate(draft, by=administrator)
    made = layouts.make_next(draft, by=administrator)
    assert (made.number, made.blank, made.page_sizes) == (2, draft.blank, draft.page_sizes)
    assert spots_on(made) == spots_on(draft)
    layouts.discard(made, by=administrator)
    draft.blank.refresh_from_db()
    assert draft.blank.delete_after is None


def test_a_draft_with_wrong_places_is_not_taken_into_use(draft, administrator):
    layouts.save_spot(draft, values=VALUES | {"x": 200})
    with pytest.raises(LayoutHasProblems):
        layouts.activate(draft, by=administrator)
    layouts.remove_spot(draft, number=2)
    layouts.remove_spot(draft, number=2)
    layouts.remove_spot(draft, number=1)
    with pytest.raises(LayoutHasProblems):
        layouts.activate(draft, by=administrator)


def test_places_are_written_copied_and_missed(draft):
    number = layouts.save_spot(draft, values=VALUES)
    layouts.save_spot(draft, values=VALUES | {"x": 70}, number=number)
    copied = layouts.copy_spot(draft, number=number)
    row = LayoutField.objects.get(layout=draft, number=copied)
    assert (row.x, row.y) == (70, 39)
    with pytest.raises(StaleState):
        layouts.save_spot(draft, values=VALUES, number=99)
    with pytest.raises(StaleState):
        layouts.copy_spot(draft, number=99)


def test_another_pdf_takes_the_place_of_the_first(draft, administrator):
    old = draft.blank
    layouts.change_settings(
        draft, title="新", valid_from=draft.valid_from, prints_rest=False, by=administrator, upload=upload()
    )
    assert draft.page_sizes == []
    assert draft.fields.count() == 1
    assert StoredFile.objects.get(pk=old.pk).delete_after is not None


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"width": 0}, "layout_field_lies_on_paper"),
        ({"question": "mail", "fixed": "number"}, "layout_field_has_one_source"),
        ({"question": ""}, "layout_field_has_one_source"),
        ({"largest": 5}, "layout_field_sizes_in_order"),
        ({"kind": SpotKind.BOXES}, "layout_field_boxes_are_counted"),
        ({"kind": SpotKind.CIRCLE}, "layout_field_mark_has_option"),
    ],
)
def test_constraints_of_places(draft, wrong, name):
    from cityhall.db import violated

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        LayoutField.objects.create(layout=draft, number=9, **VALUES | wrong)
    assert violated(caught.value) == name
