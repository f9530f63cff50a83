"""What can be brought to a desk: the query and the rows say the same."""

import itertools

import pytest

from applications.enums import Channel, ProcedureMode, ProcedureState
from applications.models import Procedure
from counter.queries.offered import is_offered, offered
from tests.applications.casekit import make_procedure

pytestmark = pytest.mark.django_db


def test_the_query_and_the_rows_agree(department):
    """Every combination of what the rule looks at that the database takes."""
    made = itertools.product(
        [ProcedureState.PUBLISHED, ProcedureState.DRAFT, ProcedureState.CLOSED],
        [ProcedureMode.ONLINE, ProcedureMode.GUIDE_ONLY],
        [[Channel.COUNTER], [Channel.ONLINE, Channel.COUNTER], [Channel.ONLINE], []],
        [["person"], ["staff"], ["person", "staff"]],
        [True, False],
    )
    for number, (state, mode, channels, kinds, has_version) in enumerate(made):
        if state == ProcedureState.PUBLISHED and mode != ProcedureMode.GUIDE_ONLY and not has_version:
            continue
        row = make_procedure(department, key=f"row-{number}", notices=False, applicant_kinds=kinds)
        version = row.current_version if has_version else None
        Procedure.objects.filter(pk=row.pk).update(state=state, mode=mode, channels=channels, current_version=version)
    rows = {row.key for row in Procedure.objects.all() if is_offered(row)}
    assert rows == set(offered().values_list("key", flat=True))
    assert len(rows) == 4
