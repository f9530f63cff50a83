"""The page of one field: what it asks, what it keeps, what two tabs do to each other."""

import pytest

from applications.concepts import concepts_for
from applications.enums import FieldType
from applications.models import FormDesign, Procedure
from applications.services import designing
from tests.applications.designkit import MEANWHILE, document, keys, make_procedure, revision, text_of, url


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


def test_new_field_leads_to_its_settings(login, handler, procedure):
    response = login(handler).post(
        url("design_field_add", "person"), {"revision": "0", "label": "勤務先", "type": "text"}
    )
    assert response.url == url("design_field", "q1")
    assert document()["pages"][0]["fields"][-1] == {"key": "q1", "type": "text", "label": "勤務先"}


def test_group_offers_only_what_can_stand_in_it(login, handler, procedure):
    client = login(handler)
    address = url("design_field_add", "children") + "?group=child"
    assert 'value="rows"' not in text_of(client.get(address))
    refused = client.post(address, {"revision": "0", "label": "中のくり返し", "type": "rows"})
    assert refused.context["form"].errors["type"]
    client.post(address, {"revision": "0", "label": "続柄", "type": "text"})
    assert document()["pages"][1]["fields"][0]["fields"][-1]["label"] == "続柄"


def test_field_page_asks_only_what_the_kind_takes(login, handler, procedure):
    client = login(handler)
    names = set(client.get(url("design_field", "birth")).context["form"].fields)
    assert names == {"label", "help", "example", "required", "min", "max", "concept"}
    names = set(client.get(url("design_field", "kind")).context["form"].fields)
    assert names == {"label", "help", "example", "required", "options", "other", "concept"}


def test_field_is_saved(login, handler, procedure):
    login(handler).post(
        url("design_field", "kind"),
        {"revision": "0", "label": "申込みの区分", "required": "on", "options": "new | 新しく\nchange | 変更\nやめる"},
    )
    assert document()["pages"][0]["fields"][0] == {
        "key": "kind",
        "type": "choice",
        "label": "申込みの区分",
        "required": True,
        "options": [
            {"value": "new", "label": "新しく"},
            {"value": "change", "label": "変更"},
            {"value": "o1", "label": "やめる"},
        ],
    }


def test_field_in_rows_takes_the_words_for_people_of_whom_there_are_many(login, handler, procedure):
    client = login(handler)
    address = url("design_field", "child.birth")
    offered = text_of(client.get(address))
    assert 'value="children[].birth_date"' in offered
    assert 'value="applicant.birth_date"' not in offered
    client.post(address, {"revision": "0", "label": "生年月日", "concept": "children[].birth_date"})
    assert document()["pages"][1]["fields"][0]["fields"][1]["concept"] == "children[].birth_date"
    shown = client.post(url("design_trial", 2), {"action": "row-add:child"})
    assert "生年月日" in text_of(shown)
    form = document()
    form["pages"][0]["title"] = ""
    FormDesign.objects.update(document=form)
    # another mistake in the form takes nothing right away
    assert "生年月日" in text_of(client.get(url("design_trial", 2)))


def test_limit_of_today_is_written_as_people_say_it(login, handler, procedure):
    client = login(handler)
    client.post(url("design_field", "birth"), {"revision": "0", "label": "生年月日", "max": "今日"})
    assert document()["pages"][0]["fields"][1]["max"] == "today"
    assert 'value="今日"' in text_of(client.get(url("design_field", "birth")))


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("kind", {"label": "", "options": "a"}),
        ("kind", {"label": "区分", "options": ""}),
        ("kind", {"label": "区分", "options": "a | 一\na | 二"}),
        ("kind", {"label": "区分", "options": "a | 一\nb | 一"}),
        ("kind", {"label": "区分", "options": "一\n一"}),
        ("birth", {"label": "日", "min": "昨日"}),
        ("birth", {"label": "日", "min": "2026-02-30"}),
        ("adults", {"label": "数", "min": "5", "max": "1"}),
        ("adults", {"label": "数", "decimals": "99999999999"}),
        ("adults", {"label": "数", "concept": "applicant.nonsense"}),
        ("note", {"label": "文", "charset": "klingon"}),
        ("note", {"label": "文", "min_length": "9", "max_length": "3"}),
        ("child.paper", {"label": "書類", "accept": "exe"}),
        ("child.paper", {"label": "書類", "accept": "pdf", "max_files": "10000"}),
    ],
)
def test_mistakes_in_settings_are_told_and_kept_as_typed(login, handler, procedure, path, data):
    page = login(handler).post(url("design_field", path), {"revision": "0"} | data)
    assert page.status_code == 200
    assert page.context["form"].errors
    for value in data.values():
        assert value.split("\n")[0] in text_of(page)
    assert not FormDesign.objects.exists()


def test_second_tab_is_told_and_its_text_is_kept(login, handler, procedure):
    client = login(handler)
    client.post(url("design_field", "note"), {"revision": "0", "label": "一つ目の画面"})
    page = client.post(url("design_field", "note"), {"revision": "0", "label": "二つ目の画面"})
    assert page.context["form"].non_field_errors()[0].startswith(MEANWHILE)
    assert 'value="二つ目の画面"' in text_of(page)
    assert page.context["revision"] == 1
    client.post(url("design_field", "note"), {"revision": "1", "label": "二つ目の画面"})
    assert document()["pages"][1]["fields"][1]["label"] == "二つ目の画面"


def test_two_who_begin_at_once_are_told_apart(handler, procedure):
    row = Procedure.objects.select_related("current_version").get(pk=procedure.pk)
    designing.change_design(procedure=row, expected_revision=0, operation=lambda one: one, by=handler)
    late = Procedure.objects.select_related("current_version").get(pk=procedure.pk)
    # the row of the first is not seen: this one looked before it was there
    late._state.fields_cache["design"] = None
    with pytest.raises(designing.ChangedMeanwhile):
        designing.change_design(procedure=late, expected_revision=0, operation=lambda one: one, by=handler)


def test_key_changes_only_before_it_was_published(login, handler, procedure):
    client = login(handler)
    assert "key" not in client.get(url("design_field", "note")).context["form"].fields
    client.post(url("design_field", "note"), {"revision": "0", "label": "備考", "key": "memo"})
    assert keys(document(), 1) == ["child", "note"]
    client.post(url("design_field_add", "person"), {"revision": revision(), "label": "勤務先", "type": "text"})
    client.post(url("design_field", "q1"), {"revision": revision(), "label": "勤務先", "key": "employer"})
    assert keys(document())[-1] == "employer"


def test_characters_no_database_can_hold_are_refused(login, handler, procedure):
    page = login(handler).post(url("design_field", "note"), {"revision": "0", "label": "a\0b"})
    assert page.status_code in (200, 400)
    assert not FormDesign.objects.exists()


@pytest.mark.parametrize("path", ["gone", "child.gone", "kind.name", "..", "child.name.more"])
def test_unknown_fields_are_not_found(login, handler, procedure, path):
    client = login(handler)
    for name, *more in (["design_field"], ["design_logic", "visible"]):
        assert client.get(url(name, path, *more)).status_code == 404
        assert client.post(url(name, path, *more), {"revision": "0"}).status_code == 404


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("a | 一\na | 二\nb | 三", "「a」という値が二度あります。"),
        ("a | 一\nb | 二\nc | 一", "同じことばの選択肢が二つ以上あります: 「一」。"),
    ],
)
def test_options_that_nobody_can_tell_apart_are_named(login, handler, procedure, options, told):
    data = {"revision": "0", "label": "区分", "options": options}
    page = login(handler).post(url("design_field", "kind"), data)
    assert page.context["form"].errors["options"][0].startswith(told)
    assert not FormDesign.objects.exists()


def test_meanings_are_offered_by_role_and_only_where_they_fit(login, handler, procedure):
    choices = login(handler).get(url("design_field", "birth")).context["form"].fields["concept"].choices
    groups = dict(choices[1:])
    assert ("applicant.birth_date", "申請者の生年月日") in groups["申請者"]
    offered = {key for options in groups.values() for key, _label in options}
    assert offered == {concept.key for concept in concepts_for(FieldType.DATE)}
    assert "applicant.name" not in offered
    assert '<optgroup label="申請者">' in text_of(login(handler).get(url("design_field", "birth")))
