"""The one form of several stored forms."""

import pytest

from applications.models import FormVersion
from counter.forms import combined_of
from counter.models import PrefillProcedure
from tests.counter import kit

pytestmark = pytest.mark.django_db


def _chosen(procedures):
    return [PrefillProcedure(procedure=one, form_version=one.current_version) for one in procedures]


def test_each_procedure_is_a_part_under_its_key():
    procedures = kit.make_procedures(3)
    combined = combined_of(_chosen(procedures))
    assert [(part.key, part.title) for part in combined.parts] == [(one.key, one.name) for one in procedures]


def test_the_same_forms_are_combined_once_and_a_new_name_counts():
    procedures = kit.make_procedures(2)
    first = combined_of(_chosen(procedures))
    fresh = [
        PrefillProcedure(procedure=one, form_version=FormVersion.objects.get(pk=one.current_version_id))
        for one in procedures
    ]
    assert combined_of(fresh) is first
    assert combined_of(fresh, at_desk=True) is not first
    procedures[0].name = "児童手当の新しい申請"
    assert combined_of(_chosen(procedures)).parts[0].title == "児童手当の新しい申請"
