"""A form's words go out to a translator as CSV, and come back after a look at what would change."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.definition import LANGUAGES
from applications.designer import words_table
from applications.designer.words_table import HEADINGS, WordsFileRefused
from applications.models import FormDesign
from tests.applications.designkit import document, make_procedure, messages_of, revision, text_of, url

SAID = [
    ("form:name", "届出"),
    ("kind:label", "種類"),
    ("who:help", "氏名の\n注意"),
    ("rows:row_title", "家族 ((given))"),
]


@pytest.fixture
def city(municipality):
    return municipality


@pytest.fixture
def procedure(city, department):
    return make_procedure(department)


def sheet(*rows, head=("key", "日本語", "English"), encoding="utf-8-sig", separator=","):
    target = io.StringIO()
    writer = csv.writer(target, delimiter=separator)
    writer.writerows([head, *rows])
    return target.getvalue().encode(encoding)


def compared(*rows, kept=None, **options):
    return words_table.compare(words_table.read_table(sheet(*rows, **options)), SAID, kept or {})


def told(changes):
    return [(one.line, one.place, one.language, one.before, one.after) for one in changes]


# the file


def test_what_goes_out_comes_back_and_changes_nothing():
    kept = {"en": {"form:name": "=Filing", "kind:label": "'Kind"}, "ko": {"who:help": "+1\n두 줄"}}
    lines = [words_table.header(), *words_table.rows(SAID, kept)]
    assert lines[0] == ["key", "日本語", *HEADINGS.values()]
    assert lines[1][3] == "'=Filing"
    data = sheet(*lines[1:], head=lines[0])
    found = words_table.compare(words_table.read_table(data), SAID, kept)
    assert (found.changes, found.wrong, found.unknown, found.stale, found.same) == ([], [], [], [], 3)


def test_new_words_are_changes_and_blanks_leave_what_there_is():
    kept = {"en": {"form:name": "Filing", "kind:label": "Sort"}}
    found = compared(("form:name", "届出", ""), ("kind:label", "種類", "Kind"), kept=kept)
    assert told(found.changes) == [(3, "kind:label", "en", "Sort", "Kind")]
    assert found.tables(kept) == {"en": {"form:name": "Filing", "kind:label": "Kind"}}


def test_words_for_another_japanese_are_stale_and_not_taken():
    found = compared(("kind:label", "種別", "Kind"), ("form:name", "届出 ", "Filing"))
    assert [(one.line, one.japanese, one.reason) for one in found.stale] == [(2, "種別", "種類")]
    assert [one.place for one in found.changes] == ["form:name"]


def test_unknown_places_and_wrong_words_are_named_with_their_lines():
    found = compared(
        ("gone:label", "なし", "Gone"),
        ("kind:label", "種類", "x" * 301),
        ("rows:row_title", "家族 ((given))", "Family"),
    )
    assert [(one.line, one.reason) for one in found.unknown] == [(2, "gone:label")]
    assert [one.line for one in found.wrong] == [3, 4]
    assert "300文字まで" in found.wrong[0].reason
    assert found.changes == []


def test_rows_are_counted_as_a_spreadsheet_does():
    found = compared(("who:help", "氏名の\n注意", "On\nnames"), ("kind:label", "種類", "Kind"))
    assert [(one.line, one.after) for one in found.changes] == [(2, "On\nnames"), (3, "Kind")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("heading", ["English", "en", "ENGLISH "])
def test_separators_of_other_countries_and_codes_are_read(separator, heading):
    found = compared(("kind:label", "種類", "Kind"), head=("Key", "日本語", heading), separator=separator)
    assert told(found.changes) == [(2, "kind:label", "en", "", "Kind")]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_is_known_by_its_heading(code):
    found = compared(("kind:label", "種類", "Kind"), head=("key", "日本語", HEADINGS[code]))
    assert [one.language for one in found.changes] == [code]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "ファイルが空です。"),
        (sheet(("kind:label", "種類", "Kind"), encoding="cp932"), "1行目: UTF-8の文字として読めません。"),
        (b"key,\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e,en\n\xff,a,b\n", "2行目: UTF-8の文字として読めません。"),
        (sheet(head=("key", "English")), "1行目: 見出しの1列目は「key」"),
        (sheet(head=("key", "日本語", "Klingon")), "1行目: 言語の列がありません"),
        (sheet(head=("key", "日本語", "English", "en")), "1行目: 「en」の列が二つあります。"),
        (sheet(("kind:label", "種類")), "2行目: 列の数が見出しと違います（見出しは3列、この行は2列）。"),
        (sheet(("kind:label", "種類", "a"), ("kind:label", "種類", "b")), "3行目: 「kind:label」は2行目にもあります。"),
        ('key,日本語,en\na,b,c\nd,e,"f'.encode(), "3行目: CSVとして読めません。"),
        ("key,日本語,en\na,b,\0".encode(), "2行目: 使えない文字があります。"),
        (b"x" * 1_000_001, "ファイルが大きすぎます（1MBまで）。"),
    ],
)
def test_bad_files_are_refused_with_the_line(data, said):
    with pytest.raises(WordsFileRefused) as caught:
        words_table.read_table(data)
    assert said in str(caught.value)


def test_all_bad_lines_are_named_at_once():
    with pytest.raises(WordsFileRefused) as caught:
        words_table.read_table(sheet(("a", "b"), ("c", "d", "e", "f")))
    assert [one.partition("行目")[0] for one in caught.value.problems] == ["2", "3"]


# the pages


def upload(client, data):
    return client.post(url("design_words_import"), {"file": SimpleUploadedFile("words.csv", data)})


def take(client, page):
    sent = {"text": page.context["text"], "revision": page.context["revision"]}
    return client.post(url("design_words_import"), sent, follow=True)


@pytest.mark.django_db
def test_file_is_exported_looked_at_and_taken_over_once(login, handler, procedure):
    client = login(handler)
    answer = client.get(url("design_words_csv"))
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"\xef\xbb\xbfkey,")
    assert 'filename="words-' in answer["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    place = next(index for index, line in enumerate(lines) if line[0] == "kind:label")
    lines[place][lines[0].index("English")] = "Kind"
    lines[1][lines[0].index("やさしい日本語")] = "とどけ"
    page = upload(client, sheet(*lines[1:], head=lines[0]))
    assert [(one.language, one.after) for one in page.context["found"].changes] == [
        ("ja-easy", "とどけ"),
        ("en", "Kind"),
    ]
    assert not FormDesign.objects.exists()
    assert messages_of(take(client, page)) == ["訳を2箇所取り込みました。新しい版を公開すると、画面に出ます。"]
    assert document(procedure.key)["translations"] == {"ja-easy": {"form:name": "とどけ"}, "en": {"kind:label": "Kind"}}
    before = revision()
    assert messages_of(take(client, page)) == ["変わる訳はありませんでした。"]
    assert revision() == before


@pytest.mark.django_db
def test_slower_of_two_sees_the_difference_anew(login, handler, procedure):
    client = login(handler)
    japanese = next(text for place, text in said_of(client) if place == "kind:label")
    page = upload(client, sheet(("kind:label", japanese, "Kind")))
    client.post(url("design_words") + "?lang=en", {"w-form:name": "Filing", "revision": revision()})
    again = take(client, page)
    assert "先に変更されました" in text_of(again)
    assert document(procedure.key)["translations"] == {"en": {"form:name": "Filing"}}
    take(client, again)
    assert document(procedure.key)["translations"] == {"en": {"form:name": "Filing", "kind:label": "Kind"}}


def said_of(client):
    return [(one.place, one.japanese) for one in client.get(url("design_words") + "?lang=en").context["lines"]]


@pytest.mark.django_db
def test_bad_file_is_said_by_the_field_and_in_the_summary(login, handler, procedure):
    client = login(handler)
    page = upload(client, sheet(("a", "b"), ("c", "d")))
    assert page.context["form"].errors["file"] == [
        "2行目: 列の数が見出しと違います（見出しは3列、この行は2列）。",
        "3行目: 列の数が見出しと違います（見出しは3列、この行は2列）。",
    ]
    assert "error-summary" in page.content.decode()
    assert upload(client, b"").context["form"].errors
    bad = client.post(url("design_words_import"), {"text": "nothing", "revision": "0"}, follow=True)
    assert "見出しの1列目" in text_of(bad)
    assert client.get(url("design_words_import")).status_code == 200


@pytest.mark.django_db
def test_other_departments_find_neither_file_nor_page(login, departments, handler, city):
    make_procedure(departments["kaigo"])
    client = login(handler)
    assert client.get(url("design_words_csv")).status_code == 404
    assert client.get(url("design_words_import")).status_code == 404
    assert upload(client, sheet(("kind:label", "種類", "Kind"))).status_code == 404
