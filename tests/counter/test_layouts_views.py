"""The pages of layouts: upload, places by numbers, previews, use; nothing for strangers."""

import pytest
from django.urls import reverse

from cityhall.enums import Role
from counter.models import FormLayout, LayoutField
from tests import factories
from tests.counter.layoutkit import blank_pdf, make_layout, spot, text_of, upload
from tests.counter.test_layouts_print import with_document

pytestmark = pytest.mark.django_db
PLACE = {
    "source": "q:mail",
    "kind": "text",
    "part": "",
    "option": "",
    "row": "1",
    "boxes": "0",
    "page": "1",
    "x": "20",
    "y": "50",
    "width": "60",
    "height": "8",
    "align": "left",
    "largest": "10.5",
    "smallest": "6",
}


@pytest.fixture
def procedure(department, municipality):
    return with_document(department)


@pytest.fixture
def draft(procedure, administrator):
    return make_layout(procedure, administrator, spot(question="who"))


@pytest.fixture
def editor(login, administrator):
    return login(administrator)


def at(name, layout, *parts):
    return reverse(f"counter:{name}", args=[layout.procedure.key, layout.number, *parts])


def page(response):
    assert response.status_code == 200
    return response.content.decode()


def test_a_pdf_becomes_a_draft(editor, procedure):
    address = reverse("counter:layout_versions", args=[procedure.key])
    response = editor.post(
        address,
        {"title": "住民異動届", "valid_from": "2026-04-01", "prints_rest": "on", "upload": upload()},
        follow=True,
    )
    assert "検査しています" in page(response)
    assert FormLayout.objects.get().title == "住民異動届"
    assert "住民異動届" in page(editor.get(reverse("counter:layouts")))


def test_what_is_wrong_with_an_upload_is_said_at_the_field(editor, procedure):
    address = reverse("counter:layout_versions", args=[procedure.key])
    shown = page(editor.post(address, {"title": "届", "valid_from": "2026-04-01", "upload": upload(b"text")}))
    assert "このファイルは使えません" in shown
    assert 'value="届"' in shown
    assert not FormLayout.objects.exists()


def test_a_place_is_added_by_numbers(editor, draft):
    response = editor.post(at("layout_field_add", draft), PLACE, follow=True)
    assert "メール" in page(response)
    row = LayoutField.objects.get(layout=draft, number=2)
    assert (row.question, row.x, row.smallest) == ("mail", 20, 6)


def test_a_row_of_a_group_and_an_option_are_named(editor, draft):
    editor.post(at("layout_field_add", draft), PLACE | {"source": "q:people.name", "row": "3"})
    assert LayoutField.objects.get(number=2).question == "people.3.name"
    mark = PLACE | {"source": "q:kind", "kind": "circle", "option": "kind|in", "y": "70"}
    editor.post(at("layout_field_add", draft), mark)
    assert LayoutField.objects.get(number=3).option == "in"
    shown = page(editor.get(at("layout_field", draft, 3)))
    assert '<option value="kind|in" selected>' in shown
    assert '<option value="q:people.name" selected>' in page(editor.get(at("layout_field", draft, 2)))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"x": "190"}, "用紙の右にはみ出します"),
        ({"y": "295"}, "用紙の下にはみ出します"),
        ({"page": "2"}, "1ページです"),
        ({"kind": "boxes"}, "ます目の数を入力してください"),
        ({"kind": "circle"}, "この項目の選択肢から選んでください"),
        ({"kind": "circle", "option": "kind|in"}, "別の質問の選択肢です"),
        ({"part": "year"}, "選んだ部分がありません"),
        ({"kind": "image"}, "署名・公印・写真だけです"),
        ({"source": "f:seal"}, "公印は、画像で印字します"),
        ({"largest": "5"}, "文字の大きさ以下"),
        ({"source": ""}, "印字する項目を選んでください"),
        ({"source": "q:gone"}, "gone"),
    ],
)
def test_a_wrong_place_is_told_and_kept_as_typed(editor, draft, wrong, told):
    shown = page(editor.post(at("layout_field_add", draft), PLACE | wrong))
    assert told in shown
    assert "error-summary" in shown
    assert draft.fields.count() == 1


def test_a_place_on_another_is_hinted_at(editor, draft):
    response = editor.post(at("layout_field_add", draft), PLACE | {"y": "32"}, follow=True)
    assert "1番の枠と重なっています" in page(response)
    assert draft.fields.count() == 2


def test_previews_are_pdfs_with_made_up_answers(editor, draft):
    usual = editor.get(at("layout_preview", draft))
    assert usual["Content-Type"] == "application/pdf"
    assert "高橋" in text_of(usual.content, 1)
    assert "見本" in text_of(usual.content, 1)
    hard = editor.get(at("layout_preview", draft), {"values": "hard", "grid": "1"})
    assert "海砂利水魚" in text_of(hard.content)
    standard = editor.get(reverse("counter:layout_standard", args=[draft.procedure.key]))
    assert "次のとおり申請します" in text_of(standard.content)


def test_the_paper_is_shown_as_a_picture(editor, draft):
    response = editor.get(at("layout_picture", draft, 1))
    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    assert editor.get(at("layout_picture", draft, 2)).status_code == 404


def test_a_version_is_used_ended_and_followed(editor, draft):
    act = at("layout_act", draft)
    assert "使い始めました" in page(editor.post(act, {"action": "activate"}, follow=True))
    assert "すでに使われている" in page(editor.post(act, {"action": "remove:1"}, follow=True))
    assert editor.get(at("layout_field", draft, 1)).status_code == 404
    assert editor.get(at("layout_settings", draft)).status_code == 404
    assert "新しい版を作りました" in page(editor.post(act, {"action": "next"}, follow=True))
    assert "作成中の版がすでにあります" in page(editor.post(act, {"action": "next"}, follow=True))
    assert "使用をやめました" in page(editor.post(act, {"action": "end"}, follow=True))


def test_places_are_copied_and_removed_and_drafts_thrown_away(editor, draft):
    act = at("layout_act", draft)
    assert "コピーしました" in page(editor.post(act, {"action": "copy:1"}, follow=True))
    assert "2番の印字をやめました" in page(editor.post(act, {"action": "remove:2"}, follow=True))
    assert "先に操作しました" in page(editor.post(act, {"action": "copy:9"}, follow=True))
    assert editor.post(act, {"action": "nonsense"}).status_code == 404
    assert "削除しました" in page(editor.post(act, {"action": "discard"}, follow=True))
    assert not FormLayout.objects.exists()


def test_settings_are_changed_with_and_without_a_file(editor, draft):
    given = {"title": "新しい名前", "valid_from": "2027-04-01"}
    assert "新しい名前" in page(editor.post(at("layout_settings", draft), given, follow=True))
    draft.refresh_from_db()
    assert (draft.prints_rest, draft.page_sizes) == (False, [[210.0, 297.0]])
    content = blank_pdf((297.0, 210.0))
    shown = page(editor.post(at("layout_settings", draft), given | {"upload": upload(content)}, follow=True))
    assert "検査しています" in shown


def test_a_question_that_is_asked_no_more_is_told(editor, procedure, administrator):
    made = make_layout(procedure, administrator, spot(question="gone"))
    assert "今の様式にありません" in page(editor.get(at("layout", made)))
    assert "今の様式にない質問" in page(editor.get(at("layout_field", made, 1)))


def test_another_department_finds_nothing(login, draft, departments):
    client = login(factories.make_staff(role=Role.APPROVER, department=departments["kaigo"]))
    assert client.get(at("layout", draft)).status_code == 404
    assert client.post(at("layout_act", draft), {"action": "discard"}).status_code == 404
    assert client.get(at("layout_preview", draft)).status_code == 404
