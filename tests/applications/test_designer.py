"""The designer's pages: who gets in, what a button does, what two tabs do to each other, how many queries it takes."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse

from applications.enums import ApplicationState, ProcedureMode, ProcedureState
from applications.models import Application, FormDesign, FormVersion, LifeEvent, Procedure
from applications.services import designing, procedures
from applications.services.publishing import publish
from cityhall.enums import AuditAction, GrantedRightKind, Role
from cityhall.models import AuditEvent, GrantedRight, StaffRole
from residents.enums import IdentityLevel
from tests import factories
from tests.applications import casekit
from tests.applications.designkit import keys, long_form, small_form

MEANWHILE = "別の画面で、この様式が先に変更されました。"


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    """A published procedure whose form is the small one."""
    made = casekit.make_procedure(
        department, key="moshikomi", name="放課後児童クラブの申込み", applicant_kinds=["person"]
    )
    published(made, small_form())
    return Procedure.objects.get(pk=made.pk)


def published(procedure, document, note="様式を変更"):
    return publish(procedure=procedure, form=designing.checked_form(document), change_note=note)[0]


def in_work(procedure, document, by):
    """Begin to work on a procedure with this document."""
    fresh = Procedure.objects.select_related("current_version").get(pk=procedure.pk)
    return FormDesign.objects.create(
        procedure=fresh, document=document, base_version=fresh.current_version, changed_by=by
    )


def url(name, *parts, key="moshikomi"):
    return reverse(f"applications:{name}", args=[key, *parts])


def text_of(response):
    return response.content.decode()


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def document(key="moshikomi"):
    return FormDesign.objects.get(procedure__key=key).document


def revision(key="moshikomi"):
    row = FormDesign.objects.filter(procedure__key=key).first()
    return row.revision if row else 0


def act(client, action, **data):
    return client.post(url("design_act"), {"revision": revision(), "action": action} | data, follow=True)


# --- who gets in --------------------------------------------------------------------------------

PEOPLE = {
    "handler": 200,
    "approver": 200,
    "administrator": 200,
    "clerk": 404,
    "contract_clerk": 404,
    "auditor": 404,
    "resident": 404,
    "stranger": 404,
    "granted": 404,
}


@pytest.fixture
def stranger(departments):
    return factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])


@pytest.fixture
def granted(departments):
    """A handler of another department, which may decide here: no right to change a form."""
    GrantedRight.objects.create(
        from_department=departments["kosodate"],
        to_department=departments["shimin"],
        kind=GrantedRightKind.DECISION,
        procedure_key="moshikomi",
        active_from="2020-01-01",
    )
    return factories.make_staff(role=Role.HANDLER, department=departments["shimin"])


@pytest.mark.parametrize("person", PEOPLE)
def test_procedure_opens_for_its_people_only(request, login, procedure, person):
    response = login(request.getfixturevalue(person)).get(url("design_overview"))
    assert response.status_code == PEOPLE[person]
    assert ("放課後児童クラブの申込み" in text_of(response)) == (PEOPLE[person] == 200)


POSTS = {
    "design_act": [],
    "design_copy": [],
    "design_settings": [],
    "design_state": [],
    "design_section_add": [],
    "design_section": ["person"],
    "design_section_logic": ["children"],
    "design_field_add": ["person"],
    "design_field": ["kind"],
    "design_field_preview": ["kind"],
    "design_logic": ["note", "visible"],
    "design_publish": [],
    "design_keep": [],
    "design_restore": [1],
    "design_trial": [1],
    "design_trial_clear": [],
}


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("person", ["stranger", "granted", "clerk", "auditor"])
def test_others_change_nothing(request, login, procedure, name, person):
    before = Procedure.objects.values().get(pk=procedure.pk)
    client = login(request.getfixturevalue(person))
    response = client.post(url(name, *POSTS[name]), {"revision": "0", "action": "delete:kind", "state": "closed"})
    assert response.status_code == 404
    assert Procedure.objects.values().get(pk=procedure.pk) == before
    assert not FormDesign.objects.exists()


def test_list_shows_the_procedures_of_the_own_departments(login, procedure, departments, handler, administrator):
    casekit.make_procedure(departments["kaigo"], name="要介護認定の申請")
    own = text_of(login(handler).get(reverse("applications:design_list")))
    assert "放課後児童クラブの申込み" in own
    assert "要介護認定の申請" not in own
    every = text_of(login(administrator, Client()).get(reverse("applications:design_list")))
    assert "要介護認定の申請" in every


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_whatever_its_length(login, department, handler, django_assert_num_queries, count, resident):
    for number in range(count):
        one = casekit.make_procedure(department, key=f"one-{number}")
        in_work(one, small_form(), handler)
        casekit.make_case(one, resident, state=ApplicationState.DRAFT)
    client = login(handler)
    # session, person, rights (4), departments, procedures, drafts, the city
    with django_assert_num_queries(10):
        page = client.get(reverse("applications:design_list"))
    assert page.content.decode().count("1件") == count


def test_list_is_filtered_and_paged(login, department, handler, monkeypatch):
    monkeypatch.setattr("applications.queries.designing.PAGE_LENGTH", 2)
    for number in range(5):
        casekit.make_procedure(department, key=f"k{number}", name=f"手続その{number}")
    client = login(handler)
    first = client.get(reverse("applications:design_list"))
    assert [row["procedure"].key for row in first.context["rows"]] == ["k0", "k1"]
    second = client.get(reverse("applications:design_list") + first.context["next_url"])
    assert [row["procedure"].key for row in second.context["rows"]] == ["k2", "k3"]
    found = client.get(reverse("applications:design_list"), {"text": "その4"})
    assert [row["procedure"].key for row in found.context["rows"]] == ["k4"]


# --- a new procedure, a copy --------------------------------------------------------------------


def test_new_procedure_is_in_preparation_with_an_empty_form(login, handler, department):
    response = login(handler).post(
        reverse("applications:design_new"),
        {
            "name": "防災訓練への参加",
            "name_kana": "さんかのもうしこみ",
            "summary": "参加の申込みです。",
            "department": department.pk,
            "key": "bosai-kunren",
        },
    )
    assert response.url == url("design_overview", key="bosai-kunren")
    made = Procedure.objects.get(key="bosai-kunren")
    assert (made.state, made.current_version, made.department) == (ProcedureState.DRAFT, None, department)
    assert "防災訓練への参加" in made.search_text
    assert document("bosai-kunren")["pages"][0]["fields"] == []
    assert AuditEvent.objects.get(action=AuditAction.CREATE, target_id="bosai-kunren").actor == handler


def test_new_procedure_gets_a_key_when_nobody_thinks_of_one(login, handler, department):
    login(handler).post(
        reverse("applications:design_new"),
        {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": department.pk},
    )
    assert Procedure.objects.get().key.startswith("tetsuzuki-")


@pytest.mark.parametrize("name", ["design_new", "design_copy"])
def test_page_sent_twice_makes_one_procedure(login, handler, department, procedure, name):
    client = login(handler)
    address = reverse("applications:design_new") if name == "design_new" else url(name)
    drawn = client.get(address).context["form"]["drawn_key"].value()
    data = {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": department.pk, "drawn_key": drawn}
    assert [client.post(address, data).url for _time in "12"] == [url("design_overview", key=drawn)] * 2
    assert (Procedure.objects.count(), AuditEvent.objects.filter(action=AuditAction.CREATE).count()) == (2, 1)
    # back in the browser and other words: another procedure
    assert client.post(address, data | {"name": "別の名前"}).url != url("design_overview", key=drawn)
    assert Procedure.objects.count() == 3


@pytest.mark.parametrize("key", ["Bosai", "new", "import", "bosai_kunren", "防災", "-x", "moshikomi"])
def test_bad_and_taken_keys_are_told_and_kept(login, handler, department, procedure, key):
    page = login(handler).post(
        reverse("applications:design_new"),
        {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": department.pk, "key": key},
    )
    assert page.context["form"].errors["key"]
    assert f'value="{key}"' in text_of(page)
    assert Procedure.objects.count() == 1


def test_new_procedure_for_another_department_is_refused(login, handler, departments):
    page = login(handler).post(
        reverse("applications:design_new"),
        {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": departments["kaigo"].pk},
    )
    assert page.context["form"].errors["department"]


def test_copy_takes_settings_and_form_and_leaves_the_past(login, handler, procedure, department):
    event = LifeEvent.objects.create(key="birth", name="出生")
    procedure.life_events.set([event])
    Procedure.objects.filter(pk=procedure.pk).update(
        capacity=30, taken_seats=7, fee="300円", opens_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    )
    login(handler).post(url("design_copy"), {"name": "写し", "department": department.pk, "key": "utsushi"})
    copy = Procedure.objects.get(key="utsushi")
    assert (copy.name, copy.fee, copy.capacity, copy.taken_seats) == ("写し", "300円", 30, 0)
    assert (copy.state, copy.current_version, copy.opens_at, copy.catalogue_settings) == ("draft", None, None, {})
    assert copy.short_code != procedure.short_code
    assert list(copy.life_events.all()) == [event]
    assert document("utsushi") == procedure.current_version.definition


# --- the form as a list -------------------------------------------------------------------------


def test_reading_writes_nothing(login, handler, procedure):
    login(handler).get(url("design_overview"))
    assert not FormDesign.objects.exists()


@pytest.mark.parametrize(
    ("action", "first"),
    [
        ("down:kind", ["birth", "kind", "adults", "news"]),
        ("up:news", ["kind", "birth", "news", "adults"]),
        ("delete:birth", ["kind", "adults", "news"]),
        ("duplicate:kind", ["kind", "q1", "birth", "adults", "news"]),
    ],
)
def test_buttons_of_the_list(login, handler, procedure, action, first):
    act(login(handler), action)
    assert keys(document()) == first
    assert FormDesign.objects.get().changed_by == handler
    # what people fill in stays what it was
    assert keys(FormVersion.objects.get(pk=procedure.current_version_id).definition) == [
        "kind",
        "birth",
        "adults",
        "news",
    ]


def test_deleting_can_be_undone(login, handler, procedure):
    client = login(handler)
    page = act(client, "delete:child")
    assert page.redirect_chain[-1][0].endswith("#undo")
    assert 'id="undo"' in text_of(page)
    act(client, "undo")
    assert document() == FormVersion.objects.get(pk=procedure.current_version_id).definition


def test_several_are_moved_and_deleted(login, handler, procedure):
    client = login(handler)
    act(client, "move-chosen", chosen=["kind", "news"], section="children")
    assert keys(document(), 1) == ["child", "note", "kind", "news"]
    act(client, "delete-chosen", chosen=["kind", "child.cost"])
    assert keys(document(), 1) == ["child", "note", "news"]


def test_sections_move_and_go(login, handler, procedure):
    client = login(handler)
    act(client, "section-up:children")
    assert [page["key"] for page in document()["pages"]] == ["children", "person"]
    act(client, "delete-section:person")
    refused = act(client, "delete-section:children")
    assert messages_of(refused) == ["セクションは一つ以上必要です。先に別のセクションを追加してください。"]


GARBAGE = [
    {},
    {"action": ""},
    {"action": "up"},
    {"action": "up:gone"},
    {"action": "nonsense:kind"},
    {"action": "delete-chosen"},
    {"action": "move-chosen", "chosen": "kind", "section": "gone"},
    {"action": "drop:kind", "before": "gone"},
    {"action": "undo"},
    {"action": "delete:kind", "revision": "９" * 3},
    {"action": "delete:kind", "revision": "9" * 400},
    {"action": "delete:kind", "revision": "-1"},
    {"action": "delete:kind", "revision": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
]


@pytest.mark.parametrize("data", GARBAGE, ids=str)
def test_garbage_changes_nothing(login, handler, procedure, data):
    response = login(handler).post(url("design_act"), {"revision": "0"} | data)
    assert response.status_code == 302
    assert not FormDesign.objects.exists()


def test_save_from_an_older_page_is_told_and_changes_nothing(login, handler, procedure):
    client = login(handler)
    act(client, "down:kind")
    late = client.post(url("design_act"), {"revision": "0", "action": "delete:kind"}, follow=True)
    assert messages_of(late)[0].startswith(MEANWHILE)
    assert keys(document()) == ["birth", "kind", "adults", "news"]


# --- fields -------------------------------------------------------------------------------------


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


# --- conditions and calculations ----------------------------------------------------------------


def test_condition_is_built_row_by_row_and_saved(login, handler, procedure):
    client = login(handler)
    address = url("design_logic", "note", "visible")
    with_one = client.post(address, {"revision": "0", "action": "add", "subject": "answer:kind"})
    assert [row.subject.name for row in with_one.context["form"].rows] == ["answer:kind"]
    rows = {"subject-0": "answer:kind", "operator-0": "in", "value-0": ["new"]}
    with_two = client.post(address, {"revision": "0", "action": "add", "subject": "age:birth"} | rows)
    assert len(with_two.context["form"].rows) == 2
    assert not FormDesign.objects.exists()
    rows |= {"subject-1": "age:birth", "operator-1": "lt", "value-1": "18", "joiner": "any"}
    client.post(address, {"revision": "0", "action": "save"} | rows)
    assert document()["pages"][1]["fields"][1]["visible_when"] == {
        "any": [
            {"eq": [{"answer": "kind"}, "new"]},
            {"lt": [{"age_on": [{"answer": "birth"}, {"today": True}]}, 18]},
        ]
    }
    assert "「区分」が「新規」、または" in text_of(client.get(url("design_overview")))
    client.post(address, {"revision": "1", "action": "clear"})
    assert "visible_when" not in document()["pages"][1]["fields"][1]


def test_section_gets_a_condition(login, handler, procedure):
    data = {"revision": "0", "subject-0": "answer:kind", "operator-0": "in", "value-0": "new", "action": "save"}
    login(handler).post(url("design_section_logic", "children"), data)
    assert document()["pages"][1]["visible_when"] == {"eq": [{"answer": "kind"}, "new"]}


def test_condition_from_an_older_page_is_told_and_kept(login, handler, procedure):
    client = login(handler)
    act(client, "down:kind")
    data = {"revision": "0", "subject-0": "answer:kind", "operator-0": "in", "value-0": "new", "action": "save"}
    page = client.post(url("design_logic", "note", "visible"), data)
    assert page.context["form"].error.startswith(MEANWHILE)
    assert page.context["form"].rows[0].values == ("new",)


def test_condition_that_no_row_can_say_is_told_in_words_and_kept(login, handler, administrator, procedure):
    form = small_form()
    form["pages"][1]["fields"][1]["visible_when"] = {"gt": [{"sum": [{"answer": "adults"}, 1]}, 3]}
    in_work(procedure, form, handler)
    address = url("design_logic", "note", "visible")
    page = login(handler).get(address)
    assert "「大人の人数」 ＋ 1が3より大きい" in text_of(page)
    assert 'name="json"' not in text_of(page)
    assert login(handler).post(address, {"revision": "1", "action": "json", "json": "{}"}).status_code == 404
    admin = login(administrator, Client())
    assert 'name="json"' in text_of(admin.get(address))
    admin.post(address, {"revision": "1", "action": "json", "json": '{"filled": {"answer": "kind"}}'})
    assert document()["pages"][1]["fields"][1]["visible_when"] == {"filled": {"answer": "kind"}}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"nonsense": 1}', "[" * 50_000, '{"eq": NaN}', '{"eq": ["\\u0000", 1]}']
)
def test_broken_json_is_told_and_kept(login, administrator, procedure, text):
    page = login(administrator).post(
        url("design_logic", "note", "visible"), {"revision": "0", "action": "json", "json": text}
    )
    assert page.status_code == 200
    assert page.context["json_error"]
    assert page.context["json"] == text
    assert not FormDesign.objects.exists()


def test_calculation_is_built_and_saved(login, handler, procedure):
    client = login(handler)
    client.post(url("design_field_add", "person"), {"revision": "0", "label": "参加費", "type": "calculated"})
    assert "計算の式がありません" in text_of(client.get(url("design_overview")))
    address = url("design_logic", "q1", "value")
    rows = {"quantity-0": "answer:adults", "factor-0": "500", "quantity-1": "sum:child.cost"}
    client.post(address, {"revision": "1", "action": "save"} | rows)
    assert document()["pages"][0]["fields"][-1]["value"] == {
        "sum": [{"times": [{"answer": "adults"}, 500]}, {"sum": {"rows": "child", "of": {"row": "cost"}}}]
    }
    assert "公開の前に直すところ" not in text_of(client.get(url("design_overview")))


@pytest.mark.parametrize(("path", "kind"), [("kind", "value"), ("kind", "nonsense"), ("child", "required")])
def test_logic_that_the_kind_does_not_take_is_not_found(login, handler, procedure, path, kind):
    assert login(handler).get(url("design_logic", path, kind)).status_code == 404


# --- what is wrong ------------------------------------------------------------------------------


def test_every_mistake_is_listed_with_its_place(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0]["options"] = []
    form["pages"][1]["title"] = ""
    in_work(procedure, form, handler)
    problems = login(handler).get(url("design_overview")).context["overview"].problems
    assert {(one.path, one.page) for one in problems} == {("kind", ""), ("", "children")}


def test_conditions_in_a_circle_are_listed(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0]["visible_when"] = {"filled": {"answer": "birth"}}
    form["pages"][0]["fields"][1]["visible_when"] = {"filled": {"answer": "kind"}}
    in_work(procedure, form, handler)
    problems = login(handler).get(url("design_overview")).context["overview"].problems
    assert [one.path for one in problems] == ["kind"]
    assert "たがいに" in problems[0].message


# --- publishing ---------------------------------------------------------------------------------


def test_publishing_makes_a_version_and_leaves_drafts_on_theirs(login, handler, procedure, resident):
    draft = casekit.make_case(procedure, resident, state=ApplicationState.DRAFT)
    client = login(handler)
    act(client, "delete:adults")
    before = FormVersion.objects.get(pk=procedure.current_version_id)
    page = client.get(url("design_publish"))
    assert [(one.kind, one.label) for one in page.context["changes"]] == [("removed", "項目「大人の人数」")]
    client.post(url("design_publish"), {"revision": "1", "change_note": "人数を聞かないことにした"})
    version = Procedure.objects.get(pk=procedure.pk).current_version
    assert (version.number, version.change_note) == (before.number + 1, "人数を聞かないことにした")
    assert keys(version.definition) == ["kind", "birth", "news"]
    assert Application.objects.get(pk=draft.pk).form_version == before
    overview = text_of(client.get(url("design_overview")))
    assert f"入力中の申請1件は第{before.number}版のまま続きます。" in overview
    event = AuditEvent.objects.filter(target_id="moshikomi", action=AuditAction.CHANGE).latest("id")
    assert (event.actor, event.detail) == (handler, f"様式 第{version.number}版を公開")


def test_publishing_twice_is_answered_as_the_first_time(login, handler, procedure):
    client = login(handler)
    act(client, "delete:adults")
    data = {"revision": "1", "change_note": "人数を聞かない", "seen": client.get(url("design_publish")).context["seen"]}
    first, second = (client.post(url("design_publish"), data, follow=True) for _time in "12")
    assert messages_of(first) == messages_of(second) == ["第3版を公開しました。"]
    assert procedure.versions.count() == 3
    # the same page after somebody's later change: theirs is the form in work, ours is published no more
    act(client, "delete:birth")
    client.post(url("design_publish"), {"revision": str(revision()), "change_note": "生年月日を聞かない"})
    told = client.post(url("design_publish"), data)
    assert "先に変更されました" in told.context["form"].non_field_errors()[0]


def test_form_with_mistakes_is_not_published(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0]["options"] = []
    in_work(procedure, form, handler)
    count = FormVersion.objects.count()
    page = login(handler).post(url("design_publish"), {"revision": "1", "change_note": "変更"})
    assert page.context["overview"].problems
    assert FormVersion.objects.count() == count


def test_publishing_needs_a_note(login, handler, procedure):
    page = login(handler).post(url("design_publish"), {"revision": "0", "change_note": " "})
    assert page.context["form"].errors["change_note"]


def test_somebody_else_published_meanwhile(login, handler, procedure):
    client = login(handler)
    act(client, "delete:adults")
    other = small_form()
    other["pages"][1]["fields"][1]["label"] = "ほかの人の変更"
    newest = published(procedure, other)
    refused = client.post(url("design_publish"), {"revision": "1", "change_note": "変更"})
    assert "別の版が公開されました" in refused.context["form"].non_field_errors()[0]
    assert "ほかの人が第" in text_of(client.get(url("design_overview")))
    client.post(url("design_keep"), {"revision": "1"})
    client.post(url("design_publish"), {"revision": "2", "change_note": "変更"})
    assert Procedure.objects.get(pk=procedure.pk).current_version.number == newest.number + 1


def test_earlier_version_is_taken_up_again(login, handler, procedure):
    first = FormVersion.objects.get(pk=procedure.current_version_id)
    client = login(handler)
    act(client, "delete:adults")
    client.post(url("design_publish"), {"revision": "1", "change_note": "削除"})
    page = client.get(url("design_version", first.number))
    assert [(one.kind, one.label) for one in page.context["since"]] == [("removed", "項目「大人の人数」")]
    client.post(url("design_restore", first.number), {"revision": "2"})
    assert document() == first.definition
    assert Procedure.objects.get(pk=procedure.pk).current_version != first
    published_again = client.post(url("design_publish"), {"revision": "3", "change_note": "戻す"}, follow=True)
    assert Procedure.objects.get(pk=procedure.pk).current_version == first
    assert f"第{first.number}版を現在の版にしました" in messages_of(published_again)[-1]


@pytest.mark.parametrize("number", [99, 10**12, 10**30])
def test_unknown_versions_are_not_found(login, handler, procedure, number):
    client = login(handler)
    assert client.get(url("design_version", number)).status_code == 404
    assert client.post(url("design_restore", number), {"revision": "0"}).status_code == 404


def test_differences_are_told_with_old_and_new(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0] |= {"label": "申込みの区分", "visible_when": {"filled": {"answer": "birth"}}}
    form["pages"][0]["fields"].append(form["pages"][1]["fields"].pop())
    in_work(procedure, form, handler)
    changes = login(handler).get(url("design_publish")).context["changes"]
    assert [(one.kind, one.label) for one in changes] == [
        ("changed", "項目「申込みの区分」"),
        ("moved", "項目「備考」"),
        ("moved", "項目の順番"),
    ]
    assert [(one.name, one.before, one.after) for one in changes[0].settings] == [
        ("質問文（見出し）", "区分", "申込みの区分"),
        ("表示する条件", "（なし）", "「生年月日」に回答がある"),
    ]


# --- opening and closing ------------------------------------------------------------------------


def test_procedure_is_closed_and_opened(login, handler, procedure):
    client = login(handler)
    client.post(url("design_state"), {"expected": "published", "state": "closed"})
    assert Procedure.objects.get(pk=procedure.pk).state == ProcedureState.CLOSED
    stale = client.post(url("design_state"), {"expected": "published", "state": "closed"}, follow=True)
    assert "他の人が先に操作しました" in messages_of(stale)[-1]
    client.post(url("design_state"), {"expected": "closed", "state": "published"})
    assert Procedure.objects.get(pk=procedure.pk).state == ProcedureState.PUBLISHED
    events = AuditEvent.objects.filter(target_id="moshikomi", action=AuditAction.STATE)
    assert [event.detail for event in events.order_by("id")] == ["停止中", "公開中"]


def test_procedure_without_a_form_is_not_opened(login, handler, department):
    made = procedures.create_procedure(
        key="kara", name="空", name_kana="から", summary="空", department=department, by=handler
    )
    answer = login(handler).post(
        url("design_state", key="kara"), {"expected": "draft", "state": "published"}, follow=True
    )
    assert "様式が必要です" in messages_of(answer)[0]
    assert Procedure.objects.get(pk=made.pk).state == ProcedureState.DRAFT


@pytest.mark.parametrize("state", ["", "draft", "nonsense"])
def test_other_states_cannot_be_asked_for(login, handler, procedure, state):
    login(handler).post(url("design_state"), {"expected": "published", "state": state})
    assert Procedure.objects.get(pk=procedure.pk).state == ProcedureState.PUBLISHED


# --- settings -----------------------------------------------------------------------------------


def settings_of(client):
    """What the page of the settings would send, unchanged."""
    page = client.get(url("design_settings"))
    form = page.context["form"]
    data = {"seen": page.context["seen"]}
    for field in form:
        value = field.value()
        if value is True:
            data[field.name] = "on"
        elif isinstance(value, dt.datetime):
            data[field.name] = value.strftime("%Y-%m-%dT%H:%M")
        elif isinstance(value, list) and field.name in ("channels", "applicant_kinds", "life_events"):
            data[field.name] = [getattr(one, "pk", one) for one in value]
        elif value is not None and value is not False:
            data[field.name] = field.field.prepare_value(value)
    return data


def test_settings_saved_unchanged_change_nothing(login, handler, procedure):
    client = login(handler)
    before = Procedure.objects.values().get(pk=procedure.pk)
    answer = client.post(url("design_settings"), settings_of(client), follow=True)
    assert messages_of(answer) == ["設定に変更はありませんでした。"]
    assert Procedure.objects.values().get(pk=procedure.pk) == before


def test_settings_are_saved_and_audited_by_name(login, handler, procedure):
    client = login(handler)
    changed = {
        "fee": "500円",
        "required_papers": "通帳\n\n身分証明書",
        "capacity": "20",
        "has_waiting_list": "on",
        "opens_at": "2026-12-01T08:30",
        "closes_at": "2026-12-28T17:15",
        "keywords": "学童",
    }
    client.post(url("design_settings"), settings_of(client) | changed)
    row = Procedure.objects.get(pk=procedure.pk)
    assert (row.fee, row.required_papers, row.capacity, row.has_waiting_list) == (
        "500円",
        ["通帳", "身分証明書"],
        20,
        True,
    )
    assert row.opens_at == dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)
    assert "学童" in row.search_text
    event = AuditEvent.objects.filter(target_id="moshikomi", action=AuditAction.CHANGE).latest("id")
    assert event.changed_fields == sorted(changed)


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("closes_at", "2020-01-01T00:00", "closes_at"),
        ("name", "", "name"),
        ("mode", "guide_only", "channels"),
        ("mode", "nonsense", "mode"),
        ("capacity", "3", "capacity"),
        ("capacity", "9" * 30, "capacity"),
        ("standard_days", "-4", "standard_days"),
        ("identity_level", "nonsense", "identity_level"),
        ("applicant_kinds", ["alien"], "applicant_kinds"),
        ("life_events", ["999"], "life_events"),
        ("opens_at", "tomorrow", "opens_at"),
    ],
)
def test_mistakes_in_the_settings_are_told_at_their_field(login, approver, procedure, name, value, wrong):
    Procedure.objects.filter(pk=procedure.pk).update(taken_seats=5, opens_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    client = login(approver)
    page = client.post(url("design_settings"), settings_of(client) | {name: value})
    assert page.status_code == 200
    assert wrong in page.context["form"].errors


GUARDS = {"needs_approval": True, "identity_level": "none", "retention_years": 1, "allows_guests": True}


@pytest.mark.parametrize(
    ("person", "may"), [("handler", False), ("approver", True), ("administrator", True), ("head_elsewhere", False)]
)
def test_who_examines_does_not_decide_how_strictly(request, login, departments, procedure, person, may):
    user = request.getfixturevalue("handler" if person == "head_elsewhere" else person)
    if person == "head_elsewhere":
        StaffRole.objects.create(
            user=user, role=Role.DISTRICT_HEAD, department=departments["kaigo"], active_from=dt.date(2020, 1, 1)
        )
    before = Procedure.objects.values(*GUARDS).get(pk=procedure.pk)
    client = login(user)
    data = settings_of(client)
    page = client.get(url("design_settings"))
    assert ('name="needs_approval"' in text_of(page), "上の設定は" in text_of(page)) == (may, not may)
    words = {text for _title, _fields, fixed in page.context["form"].parts() for _label, text in fixed}
    assert words == (set() if may else {"いいえ", IdentityLevel(before["identity_level"]).label, 5})
    sent = {name: "on" if value is True else str(value) for name, value in GUARDS.items()}
    client.post(url("design_settings"), data | sent | {"fee": "700円"})
    row = Procedure.objects.get(pk=procedure.pk)
    assert row.fee == "700円"
    assert {name: getattr(row, name) for name in GUARDS} == (GUARDS if may else before)


LOOSENED = {"needs_approval": False, "identity_level": "email", "retention_years": 1, "allows_guests": True}


@pytest.mark.parametrize("name", LOOSENED)
def test_service_refuses_a_handler_the_guards(handler, approver, procedure, name):
    Procedure.objects.filter(pk=procedure.pk).update(needs_approval=True, identity_level="none", retention_years=5)
    row = Procedure.objects.get(pk=procedure.pk)
    change = {"procedure": row, "values": {name: LOOSENED[name]}, "life_events": []}
    seen = procedures.settings_seen(row, [name])
    with pytest.raises(procedures.GuardsRefused):
        procedures.change_settings(**change, seen=seen, by=handler)
    assert Procedure.objects.values().get(pk=row.pk)[name] == getattr(row, name)
    assert procedures.change_settings(**change, seen=seen, by=approver) == [name]


def test_second_tab_of_the_settings_is_told_and_its_text_is_kept(login, handler, procedure):
    client = login(handler)
    data = settings_of(client)
    client.post(url("design_settings"), data | {"fee": "100円"})
    page = client.post(url("design_settings"), data | {"fee": "200円"})
    assert "先に変更されました" in page.context["form"].non_field_errors()[0]
    assert 'value="200円"' in text_of(page)
    assert Procedure.objects.get(pk=procedure.pk).fee == "100円"
    client.post(url("design_settings"), data | {"fee": "200円", "seen": page.context["seen"]})
    assert Procedure.objects.get(pk=procedure.pk).fee == "200円"


def test_procedure_becomes_a_guide_and_opens_without_a_form(login, handler, department):
    procedures.create_procedure(
        key="moshikomi", name="案内", name_kana="あんない", summary="案内です", department=department, by=handler
    )
    client = login(handler)
    data = settings_of(client) | {"mode": "guide_only", "channels": ["counter"]}
    client.post(url("design_settings"), data)
    client.post(url("design_state"), {"expected": "draft", "state": "published"})
    row = Procedure.objects.get(key="moshikomi")
    assert (row.mode, row.state) == (ProcedureMode.GUIDE_ONLY, ProcedureState.PUBLISHED)


# --- the preview and the test run ---------------------------------------------------------------


def test_trial_runs_to_the_check_page_and_makes_no_case(login, handler, procedure):
    client = login(handler)
    wrong = client.post(url("design_trial", 1), {"action": "next"})
    assert wrong.context["problems"]
    on = client.post(
        url("design_trial", 1),
        {
            "action": "next",
            "q-kind": "new",
            "q-birth.era": "heisei",
            "q-birth.year": "2",
            "q-birth.month": "4",
            "q-birth.day": "1",
        },
    )
    assert on.url == url("design_trial", 2)
    row = client.post(url("design_trial", 2), {"action": "row-add:child"})
    assert 'name="q-child"' in text_of(row)
    end = client.post(url("design_trial", 2), {"action": "next"})
    assert end.url == url("design_trial_check")
    check = text_of(client.get(url("design_trial_check")))
    assert "試しの入力はここまでです" in check
    assert "新規" in check
    assert not Application.objects.exists()
    assert not FormDesign.objects.exists()
    client.post(url("design_trial_clear"))
    assert client.get(url("design_trial_check")).context["problems"]


def test_trial_of_one_person_is_not_that_of_another(login, handler, approver, procedure):
    login(handler).post(url("design_trial", 2), {"action": "next", "q-note": "試しに書いた文"})
    assert "試しに書いた文" in text_of(login(handler).get(url("design_trial", 2)))
    assert "試しに書いた文" not in text_of(login(approver, Client()).get(url("design_trial", 2)))


def test_form_that_is_still_wrong_is_shown_without_what_is_wrong(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0]["options"] = []
    form["pages"][0]["fields"][1]["visible_when"] = {"filled": {"answer": "gone"}}
    form["pages"].append({"key": "page_9", "title": "", "fields": []})
    in_work(procedure, form, handler)
    client = login(handler)
    first = text_of(client.get(url("design_trial", 1)))
    assert "生年月日" in first
    assert "区分" not in first
    assert "まだ表示できる項目がありません" in text_of(client.get(url("design_trial", 3)))


def test_settings_being_typed_are_previewed_and_not_saved(login, handler, procedure):
    page = login(handler).post(url("design_field_preview", "note"), {"revision": "0", "label": "書きかけの質問"})
    assert "書きかけの質問" in text_of(page)
    assert not FormDesign.objects.exists()


def test_preview_stands_in_a_frame_of_our_own_pages_only(login, handler, procedure):
    client = login(handler)
    response = client.get(url("design_trial", 1) + "?frame=1")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    overview = client.get(url("design_overview"))
    assert "frame-ancestors 'none'" in overview["Content-Security-Policy"]


@pytest.mark.parametrize("number", [0, 99])
def test_pages_that_are_not_there_lead_to_the_first(login, handler, procedure, number):
    assert login(handler).get(url("design_trial", number)).url == url("design_trial", 1)


# --- figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 100])
def test_save_asks_the_same_however_long_the_form(login, handler, procedure, count, django_assert_num_queries):
    in_work(procedure, long_form(count), handler)
    client = login(handler)
    # session, person, rights (4); the procedure with its form; one write
    with django_assert_num_queries(8):
        answer = client.post(url("design_field", "q2"), {"revision": "1", "label": "新しい質問文"})
    assert answer.status_code == 302
    with django_assert_num_queries(8):
        client.post(url("design_act"), {"revision": "2", "action": "down:q2"})
    assert keys(document())[:3] == ["q1", "q3", "q2"]


@pytest.mark.parametrize("count", [3, 100])
def test_overview_asks_the_same_however_long_the_form(login, handler, procedure, count, django_assert_num_queries):
    in_work(procedure, long_form(count), handler)
    client = login(handler)
    # session, person, rights (4); the procedure with its form; applications under way; the city
    with django_assert_num_queries(9):
        page = client.get(url("design_overview"))
    assert page.context["overview"].field_count == count


def test_long_document_is_stored_as_it_is(handler, procedure):
    row = in_work(procedure, long_form(300), handler)
    assert json.loads(json.dumps(FormDesign.objects.get(pk=row.pk).document)) == long_form(300)
