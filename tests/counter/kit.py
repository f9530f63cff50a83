"""Makers of what the counter tests need. Plain functions; each call makes something new."""

import datetime as dt

from counter import codes
from counter.services import prefills
from tests import factories
from tests.applications import casekit

NOW = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
VALUES = {"applicant_name": {"family": "高橋", "given": "さくら"}, "p1_reason": "引っ越したため"}


def make_procedures(count=2, **fields):
    """Published procedures of one department."""
    department = fields.pop("department", None) or factories.make_department()
    return [casekit.make_procedure(department, notices=False, **fields) for _ in range(count)]


def keep(token=None, procedures=None, **fields):
    """A prefill and its token."""
    token = token or codes.new_token()
    values = {"token": token, "procedures": procedures or make_procedures(), "values": VALUES, "now": NOW}
    return prefills.keep(**values | fields), token
