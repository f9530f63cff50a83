"""A designer is told, before a form becomes a version, what the counter can no longer do with it."""

import copy
import datetime as dt

import pytest

from applications import publishing_advice
from applications.definition import parse
from applications.models import Procedure
from applications.publishing_advice import Advice
from applications.services import designing
from cityhall.registry import Registry
from counter.publishing_advice import advise_on_combining, advise_on_layouts
from tests import factories
from tests.applications import designkit
from tests.applications.designkit import act, messages_of, text_of, url
from tests.counter.homekit import publish
from tests.counter.kit import make_procedures
from tests.counter.layoutkit import make_layout, spot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


def form_with(*fields):
    return {"schema": 1, "pages": [{"key": "who", "title": "申請する方", "fields": list(fields)}]}


def choice_of(*values):
    options = [{"value": one, "label": f"区分{one}"} for one in values]
    return {"key": "sex", "type": "choice", "label": "性別", "concept": "applicant.sex", "options": options}


TEXT = {"key": "sex", "type": "text", "label": "性別", "concept": "applicant.sex", "max_length": 10}


@pytest.fixture
def procedure(department):
    """One that asks for the sex by two choices, and is being designed."""
    made = designkit.make_procedure(department)
    designkit.published(made, form_with(choice_of("male", "female"), {"key": "note", "type": "text", "label": "備考"}))
    return Procedure.objects.get(pk=made.pk)


@pytest.fixture
def other(department):
    """Another one of the counter, which asks for it by three."""
    made = make_procedures(1, department=department)[0]
    made.name = "児童手当の認定請求"
    made.save()
    publish(made, form_with(choice_of("male", "female", "none")))
    return made


def current(procedure):
    return parse(procedure.current_version.definition)


def test_other_choices_for_one_concept_are_told_with_the_name_of_the_other(procedure, other):
    [advice] = advise_on_combining(procedure, current(procedure))
    assert "「性別」" in advice.text
    assert "二度お尋ねします" in advice.text
    assert advice.names == ("「児童手当の認定請求」（選択肢が違う）",)
    assert not advice.refuses


def test_another_type_is_told_and_the_same_question_is_not(procedure, other):
    publish(other, form_with(TEXT))
    [advice] = advise_on_combining(Procedure.objects.get(pk=procedure.pk), current(procedure))
    assert advice.names == ("「児童手当の認定請求」（質問の種類が違う）",)
    publish(other, form_with(choice_of("male", "female")))
    assert list(advise_on_combining(procedure, current(procedure))) == []


def test_procedures_that_no_desk_takes_do_not_count(procedure, other):
    other.channels = ["online"]
    other.save()
    assert list(advise_on_combining(procedure, current(procedure))) == []


def test_advice_takes_as_many_queries_for_one_other_as_for_three(
    procedure, other, department, django_assert_num_queries
):
    for one in make_procedures(2, department=department):
        publish(one, form_with(TEXT))
    form = current(procedure)
    with django_assert_num_queries(1):
        [advice] = advise_on_combining(procedure, form)
    assert len(advice.names) == 3


def test_designer_sees_the_warning_and_can_still_publish(login, handler, procedure, other):
    client = login(handler)
    act(client, "delete:note")
    page = client.get(url("design_publish"))
    assert [one.names for one in page.context["advice"]] == [("「児童手当の認定請求」（選択肢が違う）",)]
    assert "「児童手当の認定請求」（選択肢が違う）" in text_of(page)
    before = procedure.versions.count()
    answer = client.post(url("design_publish"), {"revision": "1", "change_note": "備考を聞かない"}, follow=True)
    assert procedure.versions.count() == before + 1
    # nothing is left to do because of it afterwards
    assert len(messages_of(answer)) == 1


@pytest.fixture
def layout(procedure, administrator):
    """The paper in use, with a place for the note and one for the sex."""
    spots = spot(number=1, question="sex", y=20), spot(number=2, question="note", y=60)
    return make_layout(procedure, administrator, *spots, active=True, title="児童クラブ申込書")


def without_note(procedure):
    document = copy.deepcopy(procedure.current_version.definition)
    document["pages"][0]["fields"].pop()
    return parse(document)


def test_layout_that_loses_a_question_is_named_with_the_question(procedure, layout):
    [advice] = advise_on_layouts(procedure, without_note(procedure))
    assert "「児童クラブ申込書」（第1版）" in advice.text
    assert advice.names == ("備考",)
    assert advice.url == f"/staff/layouts/{procedure.key}/1/"
    assert advice.follows
    assert list(advise_on_layouts(procedure, current(procedure))) == []


def test_layouts_that_print_no_more_are_left_out_and_coming_ones_are_named(procedure, layout, administrator):
    tomorrow = dt.date(2099, 1, 1)
    coming = make_layout(
        procedure, administrator, spot(question="note"), active=True, title="新しい申込書", valid_from=tomorrow
    )
    found = list(advise_on_layouts(procedure, without_note(procedure)))
    assert [one.url for one in found] == [f"/staff/layouts/{procedure.key}/{number}/" for number in (1, 2)]
    newer = make_layout(procedure, administrator, spot(question="sex"), active=True, title="今の申込書")
    found = list(advise_on_layouts(procedure, without_note(procedure)))
    assert [one.url for one in found] == [f"/staff/layouts/{procedure.key}/{coming.number}/"]
    assert newer.number > coming.number


def test_designer_is_told_of_the_layout_before_and_after_publishing(login, handler, procedure, layout):
    client = login(handler)
    act(client, "delete:note")
    assert "「児童クラブ申込書」（第1版）" in text_of(client.get(url("design_publish")))
    answer = client.post(url("design_publish"), {"revision": "1", "change_note": "備考を聞かない"}, follow=True)
    done, todo = messages_of(answer)
    assert done.startswith("第")
    assert "「児童クラブ申込書」（第1版）" in todo
    assert todo.endswith("備考")


def test_form_that_no_app_above_can_work_with_is_refused(login, handler, procedure, monkeypatch):
    registry = Registry()
    registry.register("test", lambda _procedure, _form: [Advice("まとめられない様式です。", refuses=True)])
    monkeypatch.setattr(publishing_advice, "advisers", registry)
    client = login(handler)
    act(client, "delete:note")
    before = procedure.versions.count()
    page = client.get(url("design_publish"))
    assert "このままでは新しい版にできません" in text_of(page)
    assert 'name="change_note"' not in text_of(page)
    answer = client.post(url("design_publish"), {"revision": "1", "change_note": "備考を聞かない"})
    assert "まとめられない様式です。" in text_of(answer)
    assert procedure.versions.count() == before
    with pytest.raises(publishing_advice.Unpublishable):
        designing.publish_design(procedure=procedure, expected_revision=1, change_note="", by=factories.make_user())
