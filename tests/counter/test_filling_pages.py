"""The pages of the questions: what is missing, sources side by side, the tablet turned round, two tablets."""

import pytest
from django.test import Client
from django.urls import reverse

from applications import definition
from applications.models import FormVersion, Procedure
from applications.typed import as_data
from cityhall.enums import Role
from counter.enums import Mark, Source, VisitState
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.visits import chosen_procedures
from counter.services import visits
from tests import factories
from tests.counter import fillkit
from tests.counter.fillkit import BANK, KIND, REASON, complete, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department, municipality):
    return fillkit.make_place(department)


@pytest.fixture
def both(department):
    return fillkit.make_both(department)


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


def missing(visit, query=""):
    return reverse("counter:visit_missing", args=[visit.public_id]) + query


def page(visit, key, query=""):
    return reverse("counter:visit_page", args=[visit.public_id, key]) + query


def post(desk, address, visit, action="next", **typed):
    names = {f"q-{name}".replace("__", "."): value for name, value in typed.items() if name != "on"}
    data = {"revision": fresh(visit).revision, "action": action} | names
    return desk.post(address, data | ({"on": typed["on"]} if "on" in typed else {}))


def labels(answer):
    return [question.block.field.label for question in answer.context["questions"]]


def without(*keys):
    return {key: value for key, value in complete().items() if key not in keys}


def sourced(values, source=Source.BROUGHT):
    return {"values": values, "sources": dict.fromkeys(values, source)}


def test_only_what_is_missing_is_asked(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(without(KIND, BANK, REASON)))
    answer = desk.get(missing(visit))
    # the bank is asked for once it is known that there is one
    assert labels(answer) == ["受け取り方", "引っ越しの理由"]
    assert [question.title for question in answer.context["questions"]] == ["児童手当", "転居届"]
    assert labels(desk.get(missing(visit, "?all=1"))) == ["電話番号", "お子さん", "受け取り方", "引っ越しの理由"]


def test_answers_bring_up_the_next_questions_until_all_is_there(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(without(KIND, BANK, REASON)))
    answer = post(desk, missing(visit), visit, on=f"{KIND} {REASON}", p1_kind="bank", p2_reason="転勤")
    assert answer.url == missing(visit)
    assert labels(desk.get(missing(visit))) == ["銀行名"]
    post(desk, missing(visit), visit, on=BANK, p1_bank="緑銀行")
    answer = desk.get(missing(visit))
    assert (answer.context["is_complete"], labels(answer)) == (True, [])
    assert fresh(visit).sources[BANK] == Source.STAFF
    post(desk, missing(visit), visit, "review", on="")
    assert fresh(visit).state == VisitState.REVIEWING


def test_mistakes_stand_at_the_question_and_above(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(without(KIND, BANK, REASON)))
    answer = post(desk, missing(visit), visit, on=f"{KIND} {REASON}", p1_kind="cash", p2_reason="")
    text = answer.content.decode()
    assert (answer.status_code, [one.key for one in answer.context["problems"]]) == (200, [REASON])
    assert 'href="#id_q-p2_reason"' in text
    assert 'id="id_q-p2_reason_error"' in text
    # what was typed is kept all the same
    assert fresh(visit).values[KIND] == "cash"


def test_sources_stand_side_by_side_and_can_be_changed(desk, place, both, clerk):
    offers = {"applicant_phone": {Source.RECORD: "090-1234-5678"}}
    values = complete() | {"applicant_phone": "042-000-0000"}
    visit = fillkit.filling(place, clerk, both, **sourced(values), offers=offers)
    text = desk.get(page(visit, "page_applicant")).content.decode()
    assert "事前入力（QR）" in text
    assert 'value="take:applicant_phone:record"' in text
    typed = {
        "applicant_name.family": "高橋",
        "applicant_name.given": "さくら",
        "applicant_name.family_kana": "タカハシ",
        "applicant_name.given_kana": "サクラ",
        "applicant_phone": "042-000-0000",
    }
    answer = post(desk, page(visit, "page_applicant"), visit, "take:applicant_phone:record", **typed)
    assert answer.url == page(visit, "page_applicant") + "#question-applicant_phone"
    visit = fresh(visit)
    assert (visit.values["applicant_phone"], visit.sources["applicant_phone"]) == ("090-1234-5678", Source.RECORD)
    assert visit.sources["applicant_name"] == Source.BROUGHT


def test_what_the_resident_types_is_theirs(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(without(REASON)))
    answer = desk.get(missing(visit, "?facing=resident"))
    text = answer.content.decode()
    # nothing of the staff's
    assert ("visit-bar" in text, "visit-pages" in text) == (False, False)
    answer = post(desk, missing(visit, "?facing=resident"), visit, on=REASON, p2_reason="転勤")
    assert answer.url == missing(visit, "?facing=resident")
    assert fresh(visit).sources[REASON] == Source.RESIDENT


def test_marked_question_is_asked_again(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(complete()), marks={REASON: Mark.WRONG})
    answer = desk.get(missing(visit))
    assert labels(answer) == ["引っ越しの理由"]
    assert "ちがいます" in answer.content.decode()
    post(desk, missing(visit), visit, on=REASON, p2_reason="転勤のため")
    assert fresh(visit).marks == {}


def test_rows_come_and_go_without_a_script(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(complete()))
    answer = post(desk, page(visit, "page_children"), visit, "row-add:children")
    [row] = fresh(visit).values["children"]
    assert f'name="q-children.{row["id"]}.p1_school"' in answer.content.decode()
    remove = f"row-remove:children:{row['id']}"
    post(desk, page(visit, "page_children"), visit, remove, children=row["id"], children__open=row["id"])
    assert "children" not in fresh(visit).values


def test_the_slower_tablet_keeps_what_it_typed(login, place, both, clerk, handler):
    visit = fillkit.filling(place, clerk, both, **sourced(complete()))
    seen = fresh(visit).revision
    faster, slower = login(clerk, Client()), login(handler, Client())
    data = {"revision": seen, "action": "next", "q-p2_reason": "転勤"}
    assert faster.post(page(visit, "page_p2"), data).status_code == 302
    answer = slower.post(page(visit, "page_p2"), data | {"q-p2_reason": "進学"})
    assert (answer.status_code, fresh(visit).values[REASON]) == (409, "転勤")
    text = answer.content.decode()
    assert 'value="進学"' in text
    assert f'name="revision" value="{fresh(visit).revision}"' in text
    # the same button twice is no conflict
    assert faster.post(page(visit, "page_p2"), data).status_code == 302


def test_unknown_page_and_strangers_find_nothing(login, place, both, clerk, resident):
    visit = fillkit.filling(place, clerk, both)
    assert login(clerk).get(page(visit, "page_p9")).status_code == 404
    elsewhere = factories.make_staff(role=Role.CLERK, department=factories.make_department())
    for person in (elsewhere, resident):
        stranger = login(person, Client())
        addresses = [missing(visit), page(visit, "page_p1"), reverse("counter:visit_review", args=[visit.public_id])]
        assert [stranger.get(address).status_code for address in addresses] == [404, 404, 404]
        assert stranger.post(addresses[0], {"revision": visit.revision}).status_code == 404
    assert Client().get(missing(visit)).status_code == 302


def test_other_states_lead_to_their_own_page(desk, place, both, clerk):
    visit = fillkit.identified(place, clerk, both)
    assert desk.get(missing(visit)).url == reverse("counter:visit_procedures", args=[visit.public_id])


def test_new_form_is_offered_with_its_differences(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(complete()))
    fillkit.publish(both[1], [*fillkit.MOVING, {"key": "floor", "type": "number", "label": "階"}])
    text = desk.get(missing(visit)).content.decode()
    assert "「階」は、新しい質問です。" in text
    post(desk, reverse("counter:visit_renew", args=[visit.public_id]), visit)
    assert labels(desk.get(missing(visit))) == ["階"]


def test_queries_of_the_filled_screen(desk, place, department, clerk, resident, django_assert_max_num_queries):
    procedures = [
        fillkit.make_procedure(department, fillkit.ALLOWANCE if number % 2 else fillkit.MOVING) for number in range(12)
    ]
    visit = fillkit.identified(place, clerk, procedures, resident=resident)
    visits.fill_known(visit, clerk)
    visits.begin_questions(visit, clerk)
    desk.get(missing(visit))
    for address in (missing(visit), page(visit, "page_applicant")):
        with django_assert_max_num_queries(15):
            assert desk.get(address).status_code == 200


def read(visit, query=""):
    return reverse("counter:visit_review", args=[visit.public_id]) + query


@pytest.fixture
def reviewing(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(complete()))
    visits.to_review(visit, clerk)
    return fresh(visit)


def test_review_shows_everything_and_takes_a_no(desk, reviewing):
    text = desk.get(read(reviewing)).content.decode()
    for words in ("高橋　さくら", "緑銀行", "通帳の写し", "児童手当", "子育て支援課", "事前入力（QR）"):
        assert words in text
    answer = post(desk, read(reviewing, "?facing=resident"), reviewing, f"wrong:{REASON}:2")
    assert answer.url == read(reviewing, "?facing=resident") + f"#answer-{REASON}-2"
    assert fresh(reviewing).marks == {REASON: Mark.WRONG}
    # nobody goes on while something is wrong
    assert post(desk, read(reviewing), reviewing, "fine").url == read(reviewing)
    post(desk, reverse("counter:visit_back", args=[reviewing.public_id]), reviewing)
    assert labels(desk.get(missing(reviewing))) == ["引っ越しの理由"]


def test_review_turned_round_has_nothing_of_the_staffs(desk, reviewing):
    text = desk.get(read(reviewing, "?facing=resident&by=person")).content.decode()
    assert ("visit-bar" in text, "事前入力（QR）" in text, "転勤のため" in text) == (False, False, True)


def test_yes_leads_to_the_signature(desk, reviewing):
    answer = post(desk, read(reviewing, "?facing=resident"), reviewing, "fine")
    assert answer.url == reverse("counter:visit_sign", args=[reviewing.public_id])


def test_double_tap_on_the_way_to_the_review_is_harmless(desk, place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **sourced(complete()))
    data = {"revision": visit.revision, "action": "review", "on": ""}
    first, second = desk.post(missing(visit), data), desk.post(missing(visit), data)
    assert [first.status_code, second.status_code] == [302, 302]
    assert Visit.objects.get(pk=visit.pk).state == VisitState.REVIEWING


def in_language(desk, visit, language):
    """The review turned round after a language was touched."""
    sent = {"lang": language, "page": "visit_review", "by": "procedure"}
    address = reverse("counter:visit_language", args=[visit.public_id])
    return desk.post(address, sent, follow=True).content.decode()


def test_resident_reads_the_review_in_another_language(desk, reviewing):
    chosen = reviewing.procedures.select_related("procedure", "form_version").order_by("position").first()
    document = chosen.form_version.definition
    field = document["pages"][0]["fields"][0]
    words = {**document, "translations": {"en": {f"{field['key']}:label": "Words in English"}}}
    form = definition.document_of(definition.parse(words))
    version = FormVersion.objects.create(
        procedure=chosen.procedure, number=99, definition=form, sha256=definition.fingerprint(form)
    )
    chosen.form_version = version
    chosen.save()
    Procedure.objects.filter(pk=chosen.procedure_id).update(current_version=version)
    turned = in_language(desk, reviewing, "en")
    assert "Words in English" in turned
    assert "やさしい にほんご" in turned
    assert "<h1>Please check</h1>" in turned
    assert all(words in turned for words in ("Not right", "This is right", 'lang="en" aria-current="true"'))
    easy = in_language(desk, reviewing, "ja-easy")
    assert "<h1>よく みて ください</h1>" in easy
    # the staff read the words of the forms that are filed
    in_language(desk, reviewing, "en")
    assert "Words in English" not in desk.get(read(reviewing, "?by=procedure")).content.decode()
    assert "Words in English" not in in_language(desk, reviewing, "ja")


def test_what_was_accepted_is_asked_again_once_the_household_is_corrected(place, clerk, department, login):
    """Nobody is a spouse who is not there; what the record says, and what was typed otherwise, stays."""
    wife, child = fillkit.person("r1", "美咲", 1990, "妻"), fillkit.person("r2", "葵", 2022, "子")
    row = {"id": "r1", "values": {key.replace("household", "children"): one for key, one in child["values"].items()}}
    del row["values"]["children_relationship"]
    row["values"]["children_living"] = "together"
    values = {"household": [wife, child], "spouse_exists": "yes", "spouse_occupation": "農業", "children": [row]}
    form = fillkit.make_procedure(department, fillkit.FAMILY)
    sources = dict.fromkeys(values, "staff") | {"children": "record"}
    visit = fillkit.filling(place, clerk, [form], values=values, sources=sources)
    group = combined_of(chosen_procedures(visit), at_desk=True).form.by_key["household"]
    data = as_data([group], {"household": [fillkit.person("r3", "正", 1950, "父")]})
    sent = dict(data.lists()) | {"revision": str(visit.revision), "action": "next"}
    login(clerk).post(reverse("counter:visit_page", args=[visit.public_id, "page_household"]), sent)
    kept = fillkit.fresh(visit)
    assert set(kept.values) == {"household", "spouse_occupation", "children"}
    assert "spouse_exists" not in kept.sources
