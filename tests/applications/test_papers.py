"""Papers seen at the counter stand for the files of a form, there and nowhere else; an agent files by a mandate."""

import pytest
from django.db import IntegrityError, transaction

from applications.answers import display_rows
from applications.definition import form_of, parse
from applications.enums import Channel, IdentityShown
from applications.models import Reception
from applications.papers import paper_questions, paper_words
from applications.queries.cases import case_file
from applications.services.applicants import MandateEnded
from applications.services.receptions import Person, Received, start_for
from applications.services.starting import Filled
from applications.services.submission import Incomplete, submit
from residents.models import Mandate
from tests.applications import sample
from tests.applications.casekit import NOW

pytestmark = pytest.mark.django_db

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "one",
            "title": "申請者",
            "fields": [
                {"key": "reason", "type": "text", "label": "理由", "required": True},
                {"key": "proof", "type": "file", "label": "本人確認書類", "required": True},
                {"key": "sign", "type": "signature", "label": "署名", "required": True},
                {
                    "key": "children",
                    "type": "rows",
                    "label": "お子さん",
                    "fields": [
                        {"key": "name", "type": "text", "label": "氏名"},
                        {"key": "card", "type": "photo", "label": "資格確認書", "required": True},
                    ],
                },
            ],
        }
    ],
}
TYPED = {"reason": "転入", "children": [{"id": "r1", "values": {"name": "一葉"}}]}
SEEN = ("children.card", "proof", "sign")


@pytest.fixture
def procedure(municipality, department):
    return sample.make_procedure(
        department=department, document=DOCUMENT, channels=["online", "counter", "paper"], standard_days=None
    )


def begin(procedure, clerk, resident, papers=SEEN, channel=Channel.COUNTER, agent=None):
    received = Received(
        channel=channel,
        received_on=NOW.date() if channel == Channel.PAPER else None,
        identity=IdentityShown.LICENCE,
        papers_seen=papers,
    )
    return start_for(
        procedure=procedure,
        person=Person(resident=resident, agent=agent),
        received=received,
        by=clerk,
        request_key="k",
        filled=Filled(procedure.current_version, TYPED),
        now=NOW,
    )


def test_questions_a_paper_answers_are_files_photos_and_signatures():
    assert list(paper_questions(parse(DOCUMENT))) == ["proof", "sign", "children.card"]


def test_papers_seen_at_the_counter_need_no_files(procedure, clerk, resident):
    case = submit(application=begin(procedure, clerk, resident), by=clerk, now=NOW)
    assert case.number
    reception = Reception.objects.get()
    assert (reception.papers_seen, reception.papers_seen_by, reception.papers_seen_at) == (sorted(SEEN), clerk, NOW)


def test_paper_nobody_saw_is_asked_for(procedure, clerk, resident):
    draft = begin(procedure, clerk, resident, papers=("sign",))
    with pytest.raises(Incomplete) as caught:
        submit(application=draft, by=clerk, now=NOW)
    assert [problem.key for problem in caught.value.problems] == ["proof", "children.r1.card"]


def test_only_the_counter_knows_papers(procedure, clerk, resident):
    draft = begin(procedure, clerk, resident, channel=Channel.PAPER)
    with pytest.raises(Incomplete) as caught:
        submit(application=draft, by=clerk, now=NOW)
    assert len(caught.value.problems) == 3


def test_case_and_copy_say_that_the_paper_was_seen(procedure, clerk, handler, resident):
    case = submit(application=begin(procedure, clerk, resident), by=clerk, now=NOW)
    rows = case_file(user=handler, case=case).sections[0].rows
    assert [(row.key, row.text) for row in rows[:3]] == [
        ("reason", "転入"),
        ("proof", "窓口で確認"),
        ("sign", "紙に署名（窓口で確認）"),
    ]
    assert [row.text for row in rows[3].entries[0].rows] == ["一葉", "窓口で確認"]


def test_blank_file_without_a_paper_stays_blank(procedure):
    form = form_of(procedure.current_version)
    assert display_rows(form, {})[0].rows[1].text == ""
    assert paper_words(form.by_key["proof"]) == "窓口で確認"


def test_papers_are_seen_by_somebody(procedure, clerk, resident):
    begin(procedure, clerk, resident)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reception.objects.update(papers_seen_by=None)


def test_agent_files_by_the_mandate_and_it_is_recorded(procedure, clerk, resident, supporter):
    mandate = Mandate.objects.create(principal=resident, agent=supporter, evidence="委任状", valid_from=NOW.date())
    case = submit(application=begin(procedure, clerk, resident, agent=supporter), by=clerk, now=NOW)
    assert (case.resident, case.mandate) == (resident, mandate)


def test_mandate_for_something_else_files_nothing(procedure, clerk, resident, supporter):
    Mandate.objects.create(
        principal=resident, agent=supporter, evidence="委任状", valid_from=NOW.date(), procedure_keys=["other"]
    )
    with pytest.raises(MandateEnded):
        begin(procedure, clerk, resident, agent=supporter)


def test_mandate_taken_back_before_sending_files_nothing(procedure, clerk, resident, supporter):
    Mandate.objects.create(principal=resident, agent=supporter, evidence="委任状", valid_from=NOW.date())
    draft = begin(procedure, clerk, resident, agent=supporter)
    Mandate.objects.update(revoked_at=NOW)
    with pytest.raises(MandateEnded):
        submit(application=draft, by=clerk, now=NOW)
