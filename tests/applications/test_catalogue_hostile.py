"""Broken and hostile files from elsewhere: each ends in a sentence that names the file, and nothing is changed."""

import json
from secrets import token_hex

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from applications.models import Procedure
from applications.services import exchange, imports
from applications.services.catalogue import CatalogueError, reading
from applications.services.catalogue.packages import MAX_FILES, PackageRefused, read_package
from applications.services.catalogue.planning import Wishes
from applications.services.catalogue.yaml_files import MAX_BYTES, read_yaml
from cityhall.models import StoredFile
from tests.applications.catalogue_files import PROCEDURE, make_ground, pages
from tests.applications.packagekit import dog, dogs, everything, lying, package, take, upload, uploaded, with_link

BROKEN_ZIP = "ZIPファイルが壊れているか、読み取れない形式です。"
BAD_NAME = "ファイルの名前が正しくありません。"


@pytest.fixture(autouse=True)
def _city(municipality):
    make_ground()


@pytest.fixture
def admin(administrator, login):
    return login(administrator)


# --- packages that are not even looked into --------------------------------------------------

CHOOSE = "「手続の書き出し」で作った .yaml か .zip を選んでください。何も変更していません。"
PACKAGES = {
    "blank": (b" \n ", f"catalogue.zip: 空のファイルです。{CHOOSE}"),
    "cut off": (dogs()[:200], f"catalogue.zip: {BROKEN_ZIP}"),
    "only a head": (b"PK\x03\x04" + b"\0" * 200, f"catalogue.zip: {BROKEN_ZIP}"),
    "nothing in it": (package({}), f"catalogue.zip: 手続のファイル（.yaml）が入っていないZIPファイルです。{CHOOSE}"),
    "events only": (package({"life_events.yaml": "[]"}), "catalogue.zip: 手続のファイル（.yaml）が入っていません。"),
    "bomb by ratio": (
        package({"procedures/dog.yaml": "a" * 400_000}),
        "procedures/dog.yaml: 圧縮のしかたが異常です。",
    ),
    "bomb by size": (
        package({"procedures/dog.yaml": " " * (MAX_BYTES + 1)}),
        "procedures/dog.yaml: ファイルが大きすぎます。",
    ),
    "bomb by number": (
        package({f"procedures/d{number}.yaml": "a" for number in range(MAX_FILES + 1)}),
        "catalogue.zip: 中のファイルが多すぎます（500個まで）。",
    ),
    "too much together": (
        package({f"procedures/d{number}.yaml": token_hex(225_000) for number in range(12)}),
        "catalogue.zip: 中のファイルの合計が大きすぎます。",
    ),
    "lying size": (lying(), f"catalogue.zip: {BROKEN_ZIP}"),
    "climbs out": (package({"../../etc/cron.d/dog.yaml": "a"}), f"../../etc/cron.d/dog.yaml: {BAD_NAME}"),
    "climbs out once": (package({"procedures/../dog.yaml": "a"}), f"procedures/../dog.yaml: {BAD_NAME}"),
    "from the root": (package({"/etc/dog.yaml": "a"}), f"/etc/dog.yaml: {BAD_NAME}"),
    "of Windows": (package({"C:\\dog.yaml": "a"}), f"C:\\dog.yaml: {BAD_NAME}"),
    "control character": (package({"dog\x1b[2J.yaml": "a"}), f"dog?[2J.yaml: {BAD_NAME}"),
    "link": (with_link(), "procedures/dog.yaml: リンクは使えません。"),
    "program": (
        package({"procedures/dog.yaml": "a", "run.exe": "MZ"}),
        "run.exe: 手続のファイル（.yaml）ではありません。ZIPから除いてください。",
    ),
    "same name twice": (
        package({"a/dog.yaml": "a", "b/dog.yaml": "b"}),
        "b/dog.yaml: 同じ名前のファイルが二つあります。",
    ),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_package_is_refused_with_the_files_name(name):
    data, sentence = PACKAGES[name]
    with pytest.raises(PackageRefused) as caught:
        read_package("catalogue.zip", data)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["blank", "cut off", "bomb by ratio", "climbs out", "link", "lying size"])
def test_import_page_says_so_and_keeps_nothing(admin, name):
    data, sentence = PACKAGES[name]
    before = everything()
    page = upload(admin, data)
    assert page.context["form"].errors["file"] == [sentence]
    assert (everything(), StoredFile.objects.count()) == (before, 0)


def test_no_file_an_empty_file_and_a_huge_file_are_told(admin):
    address = reverse("applications:procedure_import")
    assert admin.post(address).context["form"].errors["file"] == ["ファイルを選んでください。"]
    empty = upload(admin, b"")
    assert empty.context["form"].errors["file"] == ["ファイルが空です。内容のあるファイルを選んでください。"]
    huge = upload(admin, b"x" * 5_000_001)
    assert huge.context["form"].errors["file"] == ["ファイルが大きすぎます。5MBまでです。"]


MISTAKEN = [
    ("通知書.pdf", b"%PDF-1.7\n%\xe2\xe3", "通知書.pdf: PDFのファイルです。"),
    ("手続.yaml", b"%PDF-1.7\n%\xe2\xe3", "手続.yaml: PDFのファイルです。"),
    ("写真.jpg", b"\xff\xd8\xff\xe0JFIF", "写真.jpg: 画像のファイルです。"),
    ("一覧.csv", "key: ,氏名\n1,山田\n".encode(), "一覧.csv: CSVのファイルです。"),
    ("一覧", "番号,氏名\n1,山田\n".encode(), "一覧: 種類のわからないファイルです。"),
    (
        "様式.docx",
        package({"[Content_Types].xml": "<a/>", "word/a.xml": "<a/>"}),
        "様式.docx: WordかExcelなどのファイルです。",
    ),
    (
        "写真.zip",
        package({"a.jpg": "x", "b.jpg": "y"}),
        "写真.zip: 手続のファイル（.yaml）が入っていないZIPファイルです。",
    ),
    ("空白.yaml", b"\n \n", "空白.yaml: 空のファイルです。"),
]


@pytest.mark.parametrize(("name", "data", "told"), MISTAKEN, ids=[name for name, _data, _told in MISTAKEN])
def test_another_file_chosen_by_mistake_is_named_in_one_sentence(admin, name, data, told):
    before = StoredFile.objects.count()
    chosen = SimpleUploadedFile(name, data)
    page = admin.post(reverse("applications:procedure_import"), {"file": chosen})
    assert page.context["form"].errors["file"] == [f"{told}{CHOOSE}"]
    assert StoredFile.objects.count() == before


def test_what_desktops_put_into_a_zip_does_no_harm():
    files = {"city/procedures/dog.yaml": dog(), "city/.DS_Store": "x", "__MACOSX/city/._dog.yaml": "x"}
    assert list(read_package("city.zip", package(files)).procedures) == ["dog.yaml"]


def test_files_are_read_once_and_before_anything_is_locked(admin, monkeypatch):
    read, locked = [], []

    def noting(name, *args, **kwargs):
        read.append(name)
        locked.append(any(not block._from_testcase for block in connection.atomic_blocks))
        return read_yaml(name, *args, **kwargs)

    monkeypatch.setattr(reading, "read_yaml", noting)
    address = uploaded(admin, dogs())
    seen = admin.get(address).context["outlook"].seen
    read.clear()
    admin.post(address, {"key": "dog", "seen": seen})
    assert Procedure.objects.filter(key="dog").exists()
    # life_events.yaml: that of the product and that of the package
    assert sorted(read) == ["dog.yaml", "life_events.yaml", "life_events.yaml"]
    assert not any(locked)


def test_content_of_another_file_is_not_taken_over(admin, administrator):
    files = {}
    for key in ("dog", "cat"):
        uploaded(admin, package({f"procedures/{key}.yaml": dog(key=key, life_events=["birth"])}))
        files[key] = StoredFile.objects.latest("id")
    read, wishes = exchange.read_upload(files["cat"]), Wishes({})
    with pytest.raises(imports.FileGone):
        exchange.take_over(
            stored=files["dog"],
            read=read,
            keys=["cat"],
            wishes=wishes,
            seen=exchange.look(read, wishes).seen,
            by=administrator,
        )
    assert not Procedure.objects.exists()


# --- files -----------------------------------------------------------------------------------

BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"
WRONG_CHARACTER = "使用できない文字が含まれています。その文字を削除してください。"
FILES = {
    "no text": ("# nothing\n", "", "ファイルに何も書かれていません。"),
    "1,000 deep": ("[" * 1000, "1行目", "入れ子が深すぎます"),
    "100,000 deep": ("[" * 100_000, "1行目", "入れ子が深すぎます"),
    "1,000 deep as mappings": ("? " * 1000, "1行目", "入れ子が深すぎます"),
    "billion laughs": (BOMB, "1行目", "参照（& と *）は使えません"),
    "itself in itself": ("a: &a [*a]", "1行目", "参照（& と *）は使えません"),
    "object": ("a: !!python/object/apply:os.system [ls]", "1行目", "型の指定（!）は使えません"),
    "tag that breaks its reader": ("a: !!timestamp x", "1行目", "型の指定（!）は使えません"),
    "number of 100,000 digits": ("a: " + "9" * 100_000, "", "数の桁が多すぎます。"),
    "key twice": ("key: dog\nname: 犬\nkey: cat\n", "3行目", "「key」が二度書かれています"),
    "NUL": ("key: a\0b", "", WRONG_CHARACTER),
    "NUL in disguise": ('key: "a\\0b"', "", WRONG_CHARACTER),
    "escape": ("key: \x1b[2J", "", WRONG_CHARACTER),
    "CP932": (
        "name: 犬の登録".encode("cp932"),
        "",
        "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。",
    ),
    "UTF-16": ("key: a".encode("utf-16"), "", "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。"),
    "list": ("- a", "", "名前と値の組にしてください。"),
    "text": ("犬", "", "名前と値の組にしてください。"),
    "picture": (b"GIF89a\xff\0\0", "", "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。"),
}


def shown(client, data, name="dog.yaml"):
    """The problems that the page of an upload shows, and that pressing 取り込む changes nothing."""
    before = everything()
    address = uploaded(client, data if isinstance(data, bytes) else data.encode(), name)
    page = client.get(address)
    take(client, address, "dog")
    assert everything() == before
    return [(one.file, one.path, one.reason) for one in page.context["outlook"].problems]


@pytest.mark.parametrize("name", FILES)
def test_file_ends_in_a_sentence_with_its_name(admin, name):
    content, path, reason = FILES[name]
    assert shown(admin, content)[0] == ("dog.yaml", path, reason)


def test_lone_surrogate_is_refused():
    with pytest.raises(CatalogueError) as caught:
        read_yaml("dog.yaml", b'key: "\\uD800"')
    assert caught.value.problems[0].file == "dog.yaml"


def condition(answer):
    return {"filled": {"answer": answer}}


def many_pages(count):
    one = PROCEDURE["pages"][0]
    return [
        {"key": f"p{number}", "title": "犬", "fields": [{"key": f"q{number}", "type": "text", "label": "犬"}]}
        for number in range(count)
    ] + [one]


def deep_condition(levels):
    found = condition("sex")
    for _level in range(levels):
        found = {"not": found}
    return found


DOGS = {
    "key with a path": ({"key": "../../dog"}, "key", "キーは英小文字・数字・ハイフンで書いてください。"),
    "key of 100 characters": ({"key": "a" * 100}, "key", "60文字以内にしてください（現在100文字）。"),
    "300 pages": ({"pages": many_pages(300)}, "pages (form)", "ページは1〜30枚にしてください。"),
    "301 fields": (
        {"pages": pages(*({"key": f"q{number}", "type": "text", "label": "犬"} for number in range(300)))},
        "pages (form)",
        "項目は300個までにしてください。",
    ),
    "number too long for a page": (
        {"pages": pages({"key": "q", "type": "text", "label": "犬", "max_length": 10**4000})},
        "pages (q)",
        "max_length は0以上1000000以下の整数にしてください。",
    ),
    "limit in powers": (
        {"pages": pages({"key": "q", "type": "number", "label": "犬", "max": "1e999999999"})},
        "pages (q)",
        "max の値が正しくありません。",
    ),
    "year 1": ({"opens_at": "0001-01-01 00:00"}, "opens_at", "日時は 2026-11-01 09:00 の形で書いてください。"),
    "unknown life event": ({"life_events": ["moon"]}, "life_events", "moon は life_events.yaml にありません。"),
    "unknown notice": ({"approval_notice": "gone"}, "approval_notice", "通知の種類 gone がありません。"),
    "list for a text": ({"name": ["犬"]}, "name", "文字で書いてください。"),
    "mapping for a choice": ({"mode": {"a": 1}}, "mode", "次のどれかにしてください: online, sent_ahead, guide_only"),
    "word of tomorrow": ({"magic": 1}, "magic", "知らない設定です。"),
}


@pytest.mark.parametrize("name", DOGS)
def test_procedure_is_kept_out_with_its_place(admin, name):
    changes, path, reason = DOGS[name]
    data = package({"life_events.yaml": "- {key: home, name: 住まい}", "procedures/dog.yaml": dog(**changes)})
    found = shown(admin, data, "catalogue.zip")
    assert ("dog.yaml", path, reason) in found


def test_cycle_in_conditions_names_both_questions(admin):
    fields = [
        {"key": "a", "type": "text", "label": "A", "visible_when": condition("b")},
        {"key": "b", "type": "text", "label": "B", "visible_when": condition("a")},
    ]
    found = shown(admin, dogs(pages=pages(*fields)), "catalogue.zip")
    assert {path for _file, path, _reason in found} <= {"pages (a)", "pages (b)"}
    assert found


def test_deep_condition_is_refused(admin):
    field = {"key": "a", "type": "text", "label": "A", "visible_when": deep_condition(60)}
    ((file, _path, reason),) = shown(admin, dogs(pages=pages(field)), "catalogue.zip")
    assert (file, reason) == ("dog.yaml", "入れ子が深すぎます")


def test_one_bad_file_does_not_keep_the_good_one_out(admin):
    files = {
        "procedures/dog.yaml": dog(life_events=["birth"]),
        "procedures/cat.yaml": "key: [",
        "life_events.yaml": "犬",
    }
    address = uploaded(admin, package(files))
    outlook = admin.get(address).context["outlook"]
    assert [one.entry.key for one in outlook.plans] == ["dog"]
    assert {one.file for one in outlook.problems} == {"cat.yaml", "life_events.yaml"}


def test_page_shows_what_is_in_a_file_as_text_only(admin):
    data = dogs(name="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")
    page = admin.get(uploaded(admin, data)).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "answer", [{"key": ["\0", "../x", "x" * 5000]}, {"key": "dog", "seen": "\0"}, {"replace": "💥"}]
)
def test_tampered_confirmation_changes_nothing(admin, answer):
    address = uploaded(admin, dogs())
    before = everything()
    assert admin.post(address, answer).status_code in {302, 400}
    assert everything() == before


def test_unknown_and_malformed_addresses_are_404(admin):
    uploaded(admin, dogs())
    for name in ("2" * 22, "a", "..", "%00"):
        assert admin.get(f"/staff/procedures/import/{name}/").status_code in {400, 404}


def test_json_is_read_too_and_nothing_is_guessed():
    assert read_yaml("dog.yaml", json.dumps({"a": [1, "b"]}).encode()) == {"a": [1, "b"]}
    assert read_yaml("dog.yaml", b"a: no") == {"a": "no"}
