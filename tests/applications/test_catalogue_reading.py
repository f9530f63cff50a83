"""Strict reading of catalogue files: every mistake is named with its file and place."""

import pytest

from applications.services.catalogue import CatalogueError, read_catalogue
from tests.applications.catalogue_files import LIFE_EVENTS, CatalogueFolder, pages


@pytest.fixture
def files(tmp_path):
    return CatalogueFolder(tmp_path / "catalogue")


def problems(files):
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(files.folder)
    return [(one.file, one.path, one.reason) for one in caught.value.problems]


SIZE = {"key": "size", "type": "choice", "label": "大きさ"}
MISTAKES = [
    ({"nmae": "…"}, "nmae", "知らない設定です。"),
    ({"name": ""}, "name", "文字で書いてください。"),
    ({"name": 12}, "name", "文字で書いてください。"),
    ({"kana": "イヌノトウロク"}, "kana", "ひらがなで、空白を入れずに書いてください。"),
    ({"key": "cat"}, "key", "キーはファイル名（dog）と同じにしてください。"),
    ({"standard_days": "5"}, "standard_days", "1以上1000以下の整数にしてください。"),
    ({"standard_days": 2.5}, "standard_days", "1以上1000以下の整数にしてください。"),
    ({"needs_approval": "yes"}, "needs_approval", "true か false にしてください。"),
    ({"keywords": "ペット"}, "keywords", "文字の一覧にしてください。"),
    ({"keywords": ["犬", "犬"]}, "keywords", "同じものが二度書かれています。"),
    ({"life_events": ["moon"]}, "life_events", "moon は life_events.yaml にありません。"),
    ({"opens_at": "来週"}, "opens_at", "日時は 2026-11-01 09:00 の形で書いてください。"),
    (
        {"opens_at": "2026-11-02 09:00", "closes_at": "2026-11-01 09:00"},
        "closes_at",
        "受付終了は受付開始より後にしてください。",
    ),
    (
        {"channels": ["counter", "paper"]},
        "channels",
        "online は、案内のみの手続では書けず、ほかの手続では必要です。",
    ),
    (
        {"mode": "guide_only", "pages": None, "channels": ["online"]},
        "channels",
        "online は、案内のみの手続では書けず、ほかの手続では必要です。",
    ),
    (
        {"allows_guests": True},
        "allows_guests",
        "true にできるのは、identity_level が none の手続だけです。",
    ),
    ({"has_waiting_list": True}, "has_waiting_list", "キャンセル待ちには定員（capacity）が必要です。"),
    ({"capacity": 0}, "capacity", "1以上1000000以下の整数にしてください。"),
    ({"mode": "guide_only"}, "pages", "案内のみの手続に質問は書けません。"),
    ({"pages": None}, "pages", "質問がありません。案内だけの手続は mode を guide_only にしてください。"),
    ({"pages": []}, "pages (form)", "ページは1〜30枚にしてください。"),
    (
        {"pages": pages({"key": "x", "type": "telepathy", "label": "…"})},
        "pages (x)",
        "知らない種類の項目です。",
    ),
    (
        {"pages": pages({"key": "dog_name", "type": "text", "label": "…"})},
        "pages (form)",
        "同じキーが二度あります: dog_name",
    ),
    (
        {"pages": pages(SIZE | {"options": [{"value": "s", "label": "小"}, {"value": "s", "label": "大"}]})},
        "pages (size)",
        "選択肢の値が二度あります: 「s」。一つを変えてください。",
    ),
    (
        {"pages": pages(SIZE | {"options": [{"value": "s", "label": "小"}, {"value": "t", "label": "小"}]})},
        "pages (size)",
        "同じことばの選択肢が二つ以上あります: 「小」。ことばを変えるか、一つを消してください。",
    ),
    ({"summary": "あ" * 301}, "summary", "300文字以内にしてください（現在301文字）。"),
]


@pytest.mark.parametrize(("changes", "path", "reason"), MISTAKES)
def test_a_mistake_is_named_with_file_place_and_reason(files, changes, path, reason):
    files.write(**changes)
    assert problems(files) == [("dog.yaml", path, reason)]


def test_all_mistakes_of_all_files_are_named_at_once(files):
    files.write(fee=300, state="open")
    files.write("cat", name="")
    assert [(file, path) for file, path, _reason in problems(files)] == [
        ("cat.yaml", "name"),
        ("dog.yaml", "state"),
        ("dog.yaml", "fee"),
    ]


BROKEN = [
    ("name: [", "2行目", "YAMLの書き方に誤りがあります（did not find expected node content）。"),
    ("key: dog\nkey: cat\n", "2行目", "「key」が二度書かれています"),
    ("key: !!python/object/apply:os.getcwd []\n", "1行目", None),
    ("- 一覧\n", "", "名前と値の組にしてください。"),
    ('name: "a\\0b"\n', "", "使用できない文字が含まれています。その文字を削除してください。"),
    ("{}: 1\n", "1行目", "名前は文字にしてください"),
]


@pytest.mark.parametrize(("text", "path", "reason"), BROKEN)
def test_a_broken_file_is_a_problem_with_its_line(files, text, path, reason):
    files.text("dog", text)
    file, where, why = problems(files)[0]
    assert (file, where) == ("dog.yaml", path)
    assert reason is None or why == reason


def test_missing_life_events_file_is_named(files):
    (files.folder / "life_events.yaml").unlink()
    assert problems(files)[0][0] == "life_events.yaml"


def test_a_life_event_twice_is_refused(files):
    files.life_events([*LIFE_EVENTS, LIFE_EVENTS[0]])
    assert problems(files) == [("life_events.yaml", "", "キー birth が二度あります。")]


def test_values_are_what_stands_in_the_file(files):
    """No `no` that becomes false, no version 2026-04 or day that becomes something else."""
    files.write(fee="x")
    text = (files.folder / "procedures" / "dog.yaml").read_text(encoding="utf-8")
    text = text.replace("fee: x", "fee: no").replace("deadline: 飼い始めた日から30日以内", "deadline: 2026-04-01")
    files.text("dog", text)
    (entry,) = read_catalogue(files.folder).procedures
    assert (entry.settings["fee"], entry.texts["deadline"]) == ("no", "2026-04-01")
