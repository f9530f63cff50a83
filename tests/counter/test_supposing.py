"""What earlier answers say stands on the page to be confirmed; nothing typed is changed, nothing wrong is supposed."""

import datetime as dt
from dataclasses import replace

import pytest

from applications.conditions import outcome
from applications.form_pages import deciding_answers, with_first_rows
from applications.typed import as_data, from_answers, from_date, read
from benchmarks.families import DAY, FAMILIES, MOVING_IN, paper_form
from cityhall.days import today
from counter import form_pages
from counter.combined import asked, asked_page_by_page, boxes, combine, join, split, suppose
from counter.form_pages import Filling, page_context
from tests.counter.combinedkit import parts_of

TODAY = DAY
OLD = {
    "postal_code": "100-0001",
    "prefecture": "東京都",
    "city": "千代田区",
    "town": "千代田",
    "street": "1",
    "building": "",
}


def name(given):
    return {"family": "高橋", "given": given, "family_kana": "タカハシ", "given_kana": "ハナ"}


def row(row_id, given, born, relationship):
    values = {
        "household_name": name(given),
        "household_birth_date": from_date(dt.date.fromisoformat(born)),
        "household_relationship": relationship,
    }
    return {"id": row_id, "values": values}


MOTHER = row("r1", "美咲", "1990-07-12", "妻")
PUPIL = row("r2", "陸", "2018-06-20", "子")
SMALL = row("r3", "葵", "2022-08-03", "長女")
MOVED = {
    "applicant_name": name("健太"),
    "applicant_birth_date": from_date(dt.date(1988, 5, 1)),
    "applicant_address": OLD,
    "applicant_move_kind": "in",
    "applicant_moving_on": from_date(dt.date(2026, 11, 20)),
}


@pytest.fixture(scope="module")
def combined():
    return combine(parts_of(*MOVING_IN.needs))


def supposed(combined, values, *keys):
    """What the page with these questions would show filled in."""
    page = next(one for one in combined.form.pages if any(field.key == keys[0] for field in one.fields))
    found = suppose(combined, with_first_rows(page.fields, values), page.fields, today=TODAY)
    return [found.values.get(key) if key in found.paths else None for key in keys]


def children(combined, *household):
    page = next(one for one in combined.form.pages if any(field.key == "children" for field in one.fields))
    values = MOVED | {"household": list(household)}
    return suppose(combined, with_first_rows(page.fields, values), page.fields, today=TODAY).values["children"]


def test_family_is_named_once(combined):
    values = MOVED | {"household": [MOTHER, PUPIL, SMALL]}
    assert supposed(combined, values, "spouse_exists", "spouse_name", "spouse_lives_apart") == [
        "yes",
        name("美咲"),
        "no",
    ]
    rows = children(combined, MOTHER, PUPIL, SMALL)
    assert [one["values"]["children_name"]["given"] for one in rows] == ["陸", "葵"]
    assert rows[0]["values"]["children_living"] == "together"
    assert rows[0]["values"]["in_1"] == ["yes"]


def test_family_is_named_in_other_words_too(combined):
    words = [row("r1", "Anna", "1990-07-12", "Wife"), row("r2", "Leo", "2018-06-20", "Son")]
    assert supposed(combined, MOVED | {"household": words}, "spouse_exists", "spouse_name") == ["yes", name("Anna")]
    assert [one["values"]["children_name"]["given"] for one in children(combined, *words)] == ["Leo"]


def test_each_procedure_is_about_the_child_of_its_age(combined):
    values = MOVED | {"household": [MOTHER, PUPIL, SMALL]}
    assert supposed(combined, values, "subject_name", "subject_is_unborn") == [name("葵"), "no"]
    assert supposed(combined, values, "subject2_name", "subject2_grade") == [name("陸"), "g2"]


def test_subject_of_a_family_that_moves_lives_at_the_new_address():
    found = combine(parts_of(next(iter(MOVING_IN.needs)), "yokaigo-nintei"))
    new = OLD | {"town": "丸の内"}
    values = MOVED | {"household": [MOTHER]}
    assert supposed(found, values | {"applicant_new_address": new}, "subject_address") == [new]
    assert supposed(found, values, "subject_address") == [OLD]


def test_two_children_of_one_age_are_asked_about(combined):
    values = MOVED | {"household": [SMALL, row("r4", "蓮", "2023-01-05", "二男")]}
    assert supposed(combined, values, "subject_name", "subject_is_unborn", "subject2_name") == [None, None, None]


@pytest.mark.parametrize(("born", "grade"), [("2020-04-01", "g1"), ("2020-04-02", None), ("2014-04-02", "g6")])
def test_school_begins_with_the_april_after_the_sixth_birthday(combined, born, grade):
    assert supposed(combined, MOVED | {"household": [row("r1", "陸", born, "子")]}, "subject2_grade") == [grade]


def test_grown_up_children_get_no_allowance(combined):
    rows = children(combined, row("r1", "誠", "2008-04-01", "長男"), row("r2", "翼", "2008-04-02", "二男"))
    assert [one["values"]["children_name"]["given"] for one in rows] == ["翼"]


def test_words_seen_from_another_head_say_nothing(combined):
    values = MOVED | {"household": [row("r1", "正雄", "1960-01-01", "世帯主"), MOTHER, SMALL]}
    assert supposed(combined, values, "spouse_exists", "spouse_name") == [None, None]
    assert children(combined, *values["household"])[0]["values"].get("children_name") is None


def test_what_somebody_typed_stays(combined):
    values = MOVED | {"household": [MOTHER], "spouse_exists": "no", "spouse_name": name("別人")}
    page = next(one for one in combined.form.pages if any(field.key == "spouse_name" for field in one.fields))
    found = suppose(combined, values, page.fields, today=TODAY)
    assert (found.values["spouse_exists"], found.values["spouse_name"]) == ("no", name("別人"))
    assert not found.paths & {"spouse_exists", "spouse_name"}


def test_rows_that_are_there_keep_their_marks(combined):
    """Whoever took a mark away does not find it again."""
    held = [{"id": "r1", "values": {"children_name": name("陸")}}]
    page = next(one for one in combined.form.pages if any(field.key == "children" for field in one.fields))
    found = suppose(combined, MOVED | {"children": held}, page.fields, today=TODAY)
    assert "in_1" not in found.values["children"][0]["values"]
    assert found.values["children"][0]["values"]["children_relation"] == {"chosen": "child", "other": ""}


def test_closed_rows_are_left_alone(combined):
    page = next(one for one in combined.form.pages if any(field.key == "children" for field in one.fields))
    values = {"children": [{"id": "r1"}]}
    assert suppose(combined, values, page.fields, today=TODAY).values["children"] == [{"id": "r1"}]


def test_moving_in_tells_why_and_when(combined):
    keys = (
        "applicant_allowance_reason",
        "applicant_allowance_from",
        "applicant_previous_city",
        "applicant_january_city",
    )
    found = supposed(combined, MOVED, *keys)
    assert found[0] == {"chosen": "move_in", "other": ""}
    assert found[1:] == [MOVED["applicant_moving_on"], "東京都千代田区", "東京都千代田区"]


def test_day_that_is_over_is_not_supposed_for_one_to_come(combined):
    later = from_date(today() + dt.timedelta(days=7))
    assert supposed(combined, MOVED, "applicant_supply_from") == [None]
    assert supposed(combined, MOVED | {"applicant_moving_on": later}, "applicant_supply_from") == [later]


def test_move_of_another_year_says_nothing_of_january(combined):
    values = MOVED | {"applicant_moving_on": from_date(dt.date(2025, 12, 30))}
    assert supposed(combined, values, "applicant_lived_elsewhere", "applicant_january_city") == [None, None]


def test_garbage_supposes_nothing(combined):
    broken = {"id": "r1", "values": {"household_name": name("陸"), "household_birth_date": {"year": "x"}}}
    values = {"household": [broken, {"id": "r2", "values": {}}], "applicant_moving_on": {"era": "reiwa", "year": "99"}}
    assert supposed(combined, values, "subject_name", "spouse_exists", "applicant_january_city") == [None, None, None]


def test_page_names_what_nobody_typed(combined):
    number = next(n for n, one in enumerate(combined.form.pages, 1) if one.key == "page_spouse")
    filling = Filling(combined, MOVED | {"household": [MOTHER]})
    assert "配偶者の氏名" in filling.supposed_labels(number)
    assert filling.page_form(number).initial["spouse_name"] == name("美咲")
    assert "spouse_name" not in filling.values
    typed = Filling(combined, filling.values | {"spouse_name": name("美咲"), "spouse_exists": "yes"})
    assert "配偶者の氏名" not in typed.supposed_labels(number)


def test_page_is_supposed_once(combined, monkeypatch):
    asked_for = []
    monkeypatch.setattr(form_pages, "suppose", lambda *given, **more: asked_for.append(1) or suppose(*given, **more))
    number = next(n for n, one in enumerate(combined.form.pages, 1) if one.key == "page_spouse")
    filling = Filling(combined, MOVED | {"household": [MOTHER]})
    page_context(filling, number, filling.page_form(number))
    assert len(asked_for) == 1


def test_page_without_premises_names_nothing(combined):
    assert Filling(combined, {}).supposed_labels(2) == []


def test_one_consent_is_told_to_every_form_with_its_own_text(combined):
    field = combined.form.by_key["applicant_records_consent"]
    texts = [combined.part_fields[owner].consent_text for owner in combined.owners[field.key]]
    assert len(texts) >= 5
    assert all(text in field.consent_text for text in texts)


def _counted(family):
    combined = combine(parts_of(*family.needs))
    drafts = {one.key: from_answers(one.form.fields, family.needs[one.key]) for one in combined.parts}
    truth = join(combined, drafts).values
    found = outcome(combined.form, deciding_answers(combined.form, truth, {}), today=TODAY)
    return combined, found, truth


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.name)
def test_paper_is_counted_on_the_forms_as_they_were(family):
    """The figures of docs/combined-forms.md: a question left out today does not make the paper shorter."""
    paper = sum(
        boxes(one, outcome(one, family.needs[key], today=TODAY)) for key in family.needs if (one := paper_form(key))
    )
    assert paper == {"moving": 248, "bereavement": 95, "the": 86}[family.name.split()[0].rstrip(",")]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.name)
def test_family_is_asked_a_quarter_of_the_boxes_of_its_paper(family):
    """The figures of docs/combined-forms.md."""
    combined, found, truth = _counted(family)
    counted = asked_page_by_page(combined, found, truth, (), today=TODAY)
    paper = {"moving": 248, "bereavement": 95, "the": 86}[family.name.split()[0].rstrip(",")]
    assert counted.total == {248: 61, 95: 23, 86: 21}[paper]
    assert counted.total <= paper / 4


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.name)
def test_supposing_asks_less_and_a_wrong_supposition_is_asked(family):
    combined, found, truth = _counted(family)
    counted = asked_page_by_page(combined, found, truth, (), today=TODAY)
    assert counted.total < asked(combined, found)
    nobody = asked_page_by_page(combined, found, {}, (), today=TODAY)
    assert (nobody.questions, nobody.confirmations) == (asked(combined, found), 0)


BABY = row("r4", "蓮", "2026-11-09", "子")


def test_child_born_after_april_is_a_child_of_the_family(combined):
    rows = children(combined, MOTHER, BABY)
    assert [one["values"]["children_name"]["given"] for one in rows] == ["蓮"]


def test_applicant_stands_among_the_household_to_be_marked(combined):
    """Nobody types themselves once more; no procedure is theirs until they mark it."""
    page = next(one for one in combined.form.pages if one.key == "page_household")
    found = suppose(combined, with_first_rows(page.fields, MOVED), page.fields, today=TODAY).values["household"]
    assert found == [
        {
            "id": "self",
            "values": {
                "household_name": name("健太"),
                "household_birth_date": MOVED["applicant_birth_date"],
                "household_relationship": "世帯主",
            },
        }
    ]
    told = split(combined, MOVED | {"household": [*found, MOTHER]})
    assert {key: values.get("members") or values.get("movers") for key, values in told.items()}["kokuho-kanyu"] is None


def test_row_of_the_applicant_is_nobody_of_the_others(combined):
    own = row("self", "健太", "1988-05-01", "世帯主")
    values = MOVED | {"household": [own, MOTHER, PUPIL, SMALL]}
    assert supposed(combined, values, "spouse_exists", "spouse_name") == ["yes", name("美咲")]
    assert supposed(combined, values, "applicant_household_position") == ["head"]


def test_who_has_a_head_of_the_household_is_a_member(combined):
    father = row("r1", "正雄", "1960-01-01", "世帯主")
    assert supposed(combined, MOVED | {"household": [father, MOTHER]}, "applicant_household_position") == ["member"]
    assert supposed(combined, MOVED, "applicant_household_position") == [None]


def relatives(combined, values):
    page = next(one for one in combined.form.pages if one.key == "page_relatives")
    return suppose(combined, with_first_rows(page.fields, values), page.fields, today=TODAY).values.get("relatives")


def test_who_else_lives_there_is_known(combined):
    aunt = row("r5", "和子", "1950-02-02", "母")
    values = MOVED | {"household": [MOTHER, PUPIL, SMALL, aunt], "subject_name": name("葵")}
    found = [
        (one["values"]["relatives_name"]["given"], one["values"]["relatives_kin"])
        for one in relatives(combined, values)
    ]
    assert found == [
        ("陸", {"chosen": "sibling", "other": ""}),
        ("和子", {"chosen": "grandmother", "other": ""}),
    ]


@pytest.mark.parametrize(
    "more", [{}, {"subject_name": name("知らない")}, {"subject_name": name("葵"), "relatives": []}]
)
def test_nobody_is_supposed_before_the_child_is_known_or_after_all_were_taken_away(combined, more):
    assert not relatives(combined, MOVED | {"household": [MOTHER, PUPIL, SMALL], **more})


def test_page_that_was_sent_without_anybody_is_remembered(combined):
    number = next(n for n, one in enumerate(combined.form.pages, 1) if one.key == "page_relatives")
    filling = Filling(combined, MOVED | {"household": [MOTHER, PUPIL, SMALL], "subject_name": name("葵")})
    assert filling.page_form(number).initial["relatives"]
    assert not filling.with_page(number, {}).page_form(number).initial.get("relatives")


def test_parents_are_father_and_mother_as_the_words_say(combined):
    page = next(one for one in combined.form.pages if one.key == "page_guardians")
    values = MOVED | {"household": [MOTHER, SMALL]}
    rows = suppose(combined, with_first_rows(page.fields, values), page.fields, today=TODAY).values["guardians"]
    assert [one["values"]["guardians_parent_kind"]["chosen"] for one in rows] == ["father", "mother"]


def test_child_that_joins_the_citys_insurance_has_it(combined):
    joining = {**SMALL, "values": {**SMALL["values"], "in_3": ["yes"]}}
    rows = children(combined, MOTHER, PUPIL, joining)
    insurances = [one["values"].get("children_health_insurance") for one in rows]
    assert insurances == [None, {"chosen": "kokuho", "other": ""}]


@pytest.mark.parametrize(("born", "kind"), [("2022-08-03", "second"), ("2023-06-01", None), ("2025-06-01", "third")])
def test_class_of_care_follows_from_the_age_where_both_years_agree(combined, born, kind):
    values = MOVED | {"household": [row("r1", "葵", born, "子")]}
    assert supposed(combined, values, "subject_child_care_class", "subject_sibling_care") == [kind, "none"]


def test_new_child_joins_the_insurance_with_the_birth():
    baby = combine(parts_of("kokuho-kanyu", "kodomo-iryohi"))
    values = {"household": [BABY]}
    assert supposed(baby, values, "applicant_insurance_reason", "applicant_insurance_from") == [
        {"chosen": "birth", "other": ""},
        from_date(dt.date(2026, 11, 9)),
    ]


def test_child_of_a_family_that_stays_was_not_elsewhere_in_january(combined):
    baby = combine(parts_of("jido-teate-nintei", "kokuho-kanyu"))
    assert supposed(baby, {"household": [BABY]}, "applicant_lived_elsewhere") == ["no"]
    assert supposed(baby, {"household": [SMALL]}, "applicant_lived_elsewhere") == [None]
    # who moves is asked, unless the day of the move says it
    within = MOVED | {"applicant_move_kind": "within", "household": [BABY]}
    assert supposed(combined, within, "applicant_lived_elsewhere") == [None]


HUSBAND = row("r1", "正雄", "1941-02-03", "夫")
DEATH = ("kokuho-soshitsu", "kogaku-kaigo", "suido-chushi")
TOLD_OF_DEATH = ("applicant_supply_end_reason", "applicant_care_claim_kind", "applicant_supply_holder")


def test_death_is_told_once():
    found = combine(parts_of(*DEATH))
    values = {"household": [HUSBAND], "applicant_insurance_end_reason": {"chosen": "death", "other": ""}}
    reason, kind, holder = supposed(found, values, *TOLD_OF_DEATH)
    assert (reason, kind, holder) == ({"chosen": "death", "other": ""}, "heir", "高橋\u3000正雄")
    assert supposed(found, values, "applicant_heir_relation") == ["妻"]


def test_who_died_is_asked_where_it_may_be_one_of_two():
    found = combine(parts_of(*DEATH))
    death = {"applicant_insurance_end_reason": {"chosen": "death", "other": ""}}
    both = death | {"household": [HUSBAND, row("r2", "和子", "1940-02-03", "母")]}
    assert supposed(found, both, "applicant_supply_holder", "applicant_heir_relation") == [None, None]
    assert supposed(found, both, "applicant_care_claim_kind") == ["heir"]


def test_who_leaves_the_insurance_for_a_job_has_not_died():
    found = combine(parts_of(*DEATH))
    values = {"household": [HUSBAND], "applicant_insurance_end_reason": {"chosen": "employed", "other": ""}}
    assert supposed(found, values, *TOLD_OF_DEATH, "applicant_heir_relation") == [None] * 4


def test_heir_is_asked_for_nothing_that_the_city_knows():
    """An heir claims into their own account; others say from when, who they are, and whose account it is."""
    form = next(one for one in parts_of("kogaku-kaigo")).form
    asked_of_all = {"relationship", "month_from", "account_owner"}
    for kind, asked_for in (("heir", set()), ("account", asked_of_all - {"month_from"}), ("first", asked_of_all)):
        visible = outcome(form, {"request_kind": kind}, today=TODAY).visible
        assert asked_of_all & visible == asked_for
        assert {"insured_name", "insured_birth_date", "account"} <= visible
    self_claimed = outcome(form, {"request_kind": "first", "relationship": "self"}, today=TODAY).visible
    assert "applicant_birth_date" in self_claimed
    assert not {"insured_name", "insured_birth_date"} & self_claimed


def test_one_copy_of_the_record_is_supposed():
    found = combine(parts_of("juminhyo-seikyu", "suido-kaishi"))
    assert supposed(found, {}, "applicant_record_copies") == ["1"]


def test_widow_is_what_the_words_of_the_household_say():
    found = combine(parts_of("kokuho-soshitsu", "kogaku-kaigo"))
    values = {"household": [row("r1", "正雄", "1941-02-03", "夫")], "subject_name": name("正雄")}
    assert supposed(found, values, "applicant_heir_relation") == ["妻"]
    assert supposed(found, values | {"subject_name": name("誰か")}, "applicant_heir_relation") == [None]


def numbered(combined, key):
    return next(n for n, page in enumerate(combined.form.pages, 1) if any(one.key == key for one in page.fields))


def accepted(combined, *household):
    """A family that went through its pages and took what was supposed as it stood."""
    filling = Filling(combined, MOVED | {"household": list(household)})
    for key in ("spouse_exists", "children", "applicant_supply_people"):
        number = numbered(combined, key)
        fields = filling.page(number).fields
        filling = filling.sent(number, read(fields, as_data(fields, filling.begun(number).values)))
    return filling


def corrected(filling, *household):
    return filling.sent(numbered(filling.combined, "household"), {"household": list(household)})


def test_what_was_accepted_follows_a_corrected_household(combined):
    before = accepted(combined, MOTHER, PUPIL, SMALL)
    assert (before.values["spouse_exists"], before.values["applicant_supply_people"]) == ("yes", "4")
    after = corrected(before, PUPIL)
    gone = {"spouse_exists", "spouse_name", "spouse_birth_date", "children", "applicant_supply_people"}
    assert gone.isdisjoint(after.values)
    begun = after.begun(numbered(combined, "children")).values["children"]
    assert [one["values"]["children_name"]["given"] for one in begun] == ["陸"]
    assert after.begun(numbered(combined, "applicant_supply_people")).values["applicant_supply_people"] == "2"
    assert {key: after.values[key] for key in MOVED} == MOVED


def test_what_somebody_typed_otherwise_stays_when_the_household_is_corrected(combined):
    before = accepted(combined, MOTHER, PUPIL, SMALL)
    typed = {"applicant_supply_people": "6", "spouse_name": name("別人")}
    after = corrected(replace(before, values=before.values | typed), PUPIL)
    assert typed.items() <= after.values.items()


def test_child_who_is_gone_goes_and_the_others_keep_what_was_typed(combined):
    before = accepted(combined, MOTHER, PUPIL, SMALL)
    rows = before.values["children"]
    rows = [{**rows[0], "values": rows[0]["values"] | {"children_school": "緑小"}}, rows[1]]
    after = corrected(replace(before, values=before.values | {"children": rows}), MOTHER, PUPIL)
    assert after.values["children"] == rows[:1]
    assert "spouse_name" in after.values


def test_child_who_lives_elsewhere_stays(combined):
    before = accepted(combined, MOTHER, PUPIL, SMALL)
    rows = before.values["children"]
    rows = [rows[0], {**rows[1], "values": rows[1]["values"] | {"children_living": "apart"}}]
    after = corrected(replace(before, values=before.values | {"children": rows}), MOTHER, PUPIL)
    assert after.values["children"] == rows


def test_name_that_was_corrected_is_asked_again_in_a_row_with_more(combined):
    before = accepted(combined, MOTHER, PUPIL)
    more = {"children_school": "緑小"}
    rows = [{**one, "values": one["values"] | more} for one in before.values["children"]]
    after = corrected(
        replace(before, values=before.values | {"children": rows}), MOTHER, row("r2", "睦", "2018-06-20", "子")
    )
    kept = after.values["children"][0]["values"]
    assert "children_name" not in kept
    assert kept["children_birth_date"] == rows[0]["values"]["children_birth_date"]
    assert kept["children_school"] == "緑小"
    assert any(one.key.startswith("children.") for one in after.checked.problems)


def test_page_sent_as_it_was_changes_nothing_elsewhere(combined):
    before = accepted(combined, MOTHER, PUPIL, SMALL)
    assert corrected(before, *before.values["household"]).values == before.values


def test_child_of_the_register_is_no_reason_when_another_day_was_told():
    baby = combine(parts_of("kokuho-kanyu", "kodomo-iryohi"))
    other_day = from_date(dt.date(2026, 11, 18))
    values = {"household": [BABY], "applicant_subsidy_from": other_day}
    assert supposed(baby, values, "applicant_insurance_reason", "applicant_insurance_from") == [None, None]


def test_child_whom_nobody_marked_at_the_desk_is_no_reason():
    baby = combine(parts_of("kokuho-kanyu", "kodomo-iryohi"), at_desk=True)
    tick = baby.ticks["kokuho-kanyu", "members"]
    keys = "applicant_insurance_reason", "applicant_insurance_from"
    assert supposed(baby, {"household": [BABY]}, *keys) == [None, None]
    marked = {"id": BABY["id"], "values": {**BABY["values"], tick: ["yes"]}}
    assert supposed(baby, {"household": [marked]}, *keys)[1] == from_date(dt.date(2026, 11, 9))


def test_day_of_a_growing_family_is_said_once():
    growing = combine(parts_of("kodomo-iryohi", "jido-teate-gaku-kaitei"))
    day = from_date(dt.date(2026, 11, 18))
    values = {"applicant_subsidy_reason": {"chosen": "birth", "other": ""}, "applicant_subsidy_from": day}
    assert supposed(growing, values, "applicant_allowance_from") == [day]
