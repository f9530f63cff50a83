"""Publishing a form, and the versions there have been."""

import pytest

from applications.enums import ApplicationState
from applications.models import Application, FormVersion, Procedure
from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from tests.applications import casekit
from tests.applications.designkit import (
    act,
    document,
    in_work,
    keys,
    make_procedure,
    messages_of,
    published,
    revision,
    small_form,
    text_of,
    url,
)


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


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
    assert (event.actor, event.detail) == (handler, f"様式を第{version.number}版にした")


def test_publishing_twice_is_answered_as_the_first_time(login, handler, procedure):
    client = login(handler)
    act(client, "delete:adults")
    data = {"revision": "1", "change_note": "人数を聞かない", "seen": client.get(url("design_publish")).context["seen"]}
    first, second = (client.post(url("design_publish"), data, follow=True) for _time in "12")
    assert messages_of(first) == messages_of(second) == ["第3版にしました。新しい申請は、この版の様式で始まります。"]
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
    assert "ほかの人が新しい版を作りました" in refused.context["form"].non_field_errors()[0]
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
