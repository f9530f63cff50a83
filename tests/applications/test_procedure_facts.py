"""The short rows of a procedure's page."""

import pytest

from applications.enums import Channel, ResultKind
from applications.procedure_facts import procedure_facts
from tests.applications.casekit import make_procedure


@pytest.fixture
def procedure(department):
    return make_procedure(department, notices=False)


def facts(procedure):
    return {row["label"]: row["text"] for row in procedure_facts(procedure)}


def test_ways_in_are_said_as_residents_say_them(procedure):
    procedure.channels = list(Channel.values)
    assert facts(procedure)["申請の方法"] == "このサイト、窓口、リモート窓口、郵送、職員による代行入力"


@pytest.mark.parametrize(
    ("kind", "words"),
    [(ResultKind.CERTIFICATE, "証明書の交付"), (ResultKind.PAYMENT, "給付・支払い"), (ResultKind.NONE, None)],
)
def test_result_is_named_unless_there_is_none(procedure, kind, words):
    procedure.result_kind = kind
    assert facts(procedure).get("結果") == words
