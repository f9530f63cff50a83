"""What is brought to the desk: each thing once, with what for, as far as the answers call for it."""

from types import SimpleNamespace as Named

import pytest
import yaml

from applications.conditions import check as problems_of
from applications.definition import document_of, parse
from applications.enums import FILE_TYPES
from applications.guide import parse as parse_guide
from applications.required_papers import SOURCE
from applications.services.catalogue import FOLDER, read_catalogue
from applications.services.catalogue.guides import read_guides
from applications.typed import from_answers
from benchmarks.families import BEREAVEMENT, MOVING_IN, NEW_BABY
from counter.combined import Part, combine, join
from counter.combined.model import fields_of
from counter.home_papers import IDENTITY, at_desk

PROOF = "保護者それぞれの就労証明書など、家庭で保育できないことが分かる書類"


@pytest.fixture(scope="module")
def entries():
    return {entry.key: entry for entry in read_catalogue(FOLDER).procedures if entry.form}


def papers(entries, needs, *, answered=True, told=None):
    """By name, the procedures of each thing that a family brings."""
    parts = [Part(key, entries[key].form, key) for key in needs]
    combined = combine(parts)
    drafts = {part.key: from_answers(part.form.fields, needs[part.key]) for part in parts}
    values = join(combined, drafts).values if answered else {}
    texts = {key: entries[key].texts for key in needs}
    chosen = [
        Named(
            procedure=Named(key=key, name=key, my_number_at_desk=False, required_papers=texts[key]["required_papers"])
        )
        for key in needs
    ]
    found = at_desk(Named(chosen=chosen, filling=Named(combined=combined, values=values), told=told or {}))
    return {one.name: list(one.procedures) for one in found.papers}


def test_one_thing_of_several_procedures_is_one_line(entries):
    found = papers(entries, MOVING_IN.needs)
    assert found[PROOF] == ["hoiku-riyo-moshikomi", "hokago-jidokai-nyukai"]
    # who comes proves who they are once, for everything
    assert [name for name in found if "本人確認書類" in name] == [str(IDENTITY)]
    assert found[str(IDENTITY)] == []


def test_answers_rule_out_what_nobody_needs(entries):
    before, after = papers(entries, MOVING_IN.needs, answered=False), papers(entries, MOVING_IN.needs)
    gone = "子どもと別に住んでいる場合は、子どもの住所が分かるもの"
    assert gone in before
    assert gone not in after
    # without the notice of moving out over the portal its certificate is brought
    assert any(one.startswith("転出証明書") for one in after)
    needs = MOVING_IN.needs | {"tennyu-yoyaku": {**MOVING_IN.needs["tennyu-yoyaku"], "used_mynaportal": "yes"}}
    assert not any(one.startswith("転出証明書") for one in papers(entries, needs))
    assert len(after) < len(before)


def test_guide_rules_out_what_no_form_asks_for(entries):
    """Who has told the guide that nobody is foreign is not sent for a residence card; who has not been asked is."""
    card = "在留カードまたは特別永住者証明書（外国籍の方）"
    assert card in papers(entries, MOVING_IN.needs)
    assert card in papers(entries, MOVING_IN.needs, told={"applicant.foreign_members": "yes"})
    found = papers(entries, MOVING_IN.needs, told={"applicant.foreign_members": "no", "applicant.card_holders": "no"})
    assert card not in found
    assert not any(name.startswith("引っ越した方全員のマイナンバーカード") for name in found)
    assert str(IDENTITY) in found


def test_question_left_blank_on_a_page_that_is_done_rules_out_too(entries):
    found = papers(entries, MOVING_IN.needs)
    assert not any("ひとり親" in name for name in found)
    # the consent below is not given yet: whoever is at it may still say that they ask for a reduction
    assert "減免の理由が分かる書類（あてはまる方）" in found


def test_what_answers_call_for_stays(entries):
    assert "本人が亡くなったときは、相続人であることが分かる戸籍などの写し" in papers(entries, BEREAVEMENT.needs)
    assert not any(name.startswith("新しい健康保険") for name in papers(entries, BEREAVEMENT.needs))
    found = papers(entries, NEW_BABY.needs)
    assert any(name.startswith("請求する方の健康保険の資格情報") for name in found)
    assert not any(name.startswith("健康保険資格喪失証明書") for name in found)


def test_papers_of_the_catalogue_name_what_is_there(entries):
    document = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    listed = {text for entry in entries.values() for text in entry.texts["required_papers"]}
    labels = {
        one.label for entry in entries.values() for one in fields_of(entry.form).values() if one.type in FILE_TYPES
    }
    told = {one.concept for entry in read_guides(FOLDER) for one in parse_guide(entry.document).tells}
    said = [text for thing in document["things"] for text in thing["said"]]
    assert len(said) == len(set(said))
    assert set(said) <= listed | labels
    for key, needed in document["needed"].items():
        form = entries[key].form
        assert set(needed) <= set(entries[key].texts["required_papers"]), key
        for text, need in needed.items():
            assert set(need) in ({"question"}, {"when"}, {"unless_told"}), text
            if "unless_told" in need:
                assert need["unless_told"].keys() <= told, text
                continue
            if "question" in need:
                assert fields_of(form)[need["question"]].type in FILE_TYPES, text
                continue
            made = document_of(form)
            made["pages"][-1]["fields"].append(
                {"key": "probe", "type": "text", "label": "確認", "visible_when": need["when"]}
            )
            assert list(problems_of(parse(made))) == [], text
