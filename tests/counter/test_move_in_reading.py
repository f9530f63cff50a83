"""The portal's file: which rows are notices, and what is said of the others."""

import pytest

from counter.moving_in.errors import MoveInFileRefused
from counter.moving_in.notices import Notice, Person
from counter.moving_in.reading import read_file
from tests.counter.moveinkit import HEADINGS, csv_of, row


def read(*rows, headings=HEADINGS, encoding="utf-8-sig", own=None, **fields):
    return read_file(csv_of(*rows, headings=headings, encoding=encoding), headings=own or {}, **fields)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_row_becomes_a_notice_in_either_encoding(encoding):
    [(number, notice)] = read(row(), encoding=encoding).notices
    assert number == 2
    assert notice.number == "MP202600012345"
    assert notice.people == (
        Person("新居　葵", "ニイ　アオイ", "1990-03-04", "世帯主"),
        Person("新居　陸", "ニイ　リク", "2020-05-06", "子"),
    )
    assert (notice.wished_from, notice.wished_until, notice.moving_on) == ("10:00", "11:00", "2026-11-21")
    assert notice.old["prefecture"] == "千葉県"
    assert notice.old["city"] == "千葉市中央区"
    assert notice.new["postal_code"] == "198-0042"
    assert notice.updated_at == "2026-11-20T09:00:00+09:00"
    assert Notice.from_json(notice.to_json()) == notice


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("午前", ("00:00", "12:00")),
        ("１０時３０分", ("10:30", "10:30")),
        ("9:00-9:30", ("09:00", "09:30")),
        ("いつでも", ("", "")),
        ("25:00", ("", "")),
        ("", ("", "")),
    ],
)
def test_wished_time_is_read_in_the_ways_it_is_written(text, expected):
    [(_row, notice)] = read(row(来庁予定時間=text)).notices
    assert (notice.wished_from, notice.wished_until) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"受付番号": "123"}, "受付番号がない"),
        ({"氏名": ""}, "氏名がありません"),
        ({"生年月日": "きのう"}, "「生年月日」が日付ではありません"),
        ({"異動者1生年月日": "2020-13-01"}, "「生年月日」が日付ではありません"),
        ({"来庁予定日": "来週"}, "「来庁予定日」が日付ではありません"),
        ({"メールアドレス": "aoi@"}, "メールアドレスの形"),
        ({"電話番号": "12"}, "電話番号の形"),
        ({"新住所番地": "123456789018"}, "個人番号（マイナンバー）らしき数字"),
        ({"氏名": "あ" * 201}, "長すぎる"),
    ],
)
def test_row_with_a_mistake_is_left_out_and_named_without_its_values(given, words):
    found = read(row("MP2026-00000001"), row(**given))
    assert [number for number, _notice in found.notices] == [2]
    [problem] = found.problems
    assert problem.number == 3
    assert words in problem.message
    assert all(value not in problem.message for value in given.values() if value)


def test_number_in_two_rows_counts_in_neither():
    found = read(row("AB-1234-5678"), row("OTHER-000001"), row("ａｂ１２３４５６７８"))
    assert [notice.number for _row, notice in found.notices] == ["OTHER000001"]
    assert [(one.number, "（4行目）" in one.message) for one in found.problems] == [(2, True), (4, False)]


def test_birth_date_known_in_part_is_left_to_the_family():
    [(_row, notice)] = read(row(生年月日="昭和25年不詳")).notices
    assert notice.applicant.born_on == ""


def test_cancelled_row_needs_nothing_but_its_number():
    [(_row, notice)] = read({"受付番号": "MP2026-00012345", "状態": "取消"}).notices
    assert notice.is_cancelled
    [(_row, notice)] = read(row(状態="お断り"), cancel_words=["お断り"]).notices
    assert notice.is_cancelled
    [(_row, notice)] = read(row(状態="受付済")).notices
    assert not notice.is_cancelled


def test_headings_of_the_city_come_before_the_usual_ones():
    headings = [*HEADINGS, "問合せ番号", "家族1の名", "家族2の名"]
    given = row("WRONG-000001") | {"問合せ番号": "RIGHT-000001", "家族1の名": "新居　海", "家族2の名": "新居　空"}
    own = {"number": "問合せ番号", "member_name": "家族{n}の名"}
    [(_row, notice)] = read(given, headings=headings, own=own).notices
    assert notice.number == "RIGHT000001"
    assert [one.name for one in notice.people] == ["新居　葵", "新居　海", "新居　空"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "見出しの行がありません"),
        ("氏名,住所\nあ,い\n".encode(), "「受付番号」の列が見つかりません"),
        ("受付番号,氏名,氏名\n1,あ,い\n".encode(), "同じ見出しの列が二つ"),
        (b"\x81\x20,\x81", "文字コードを判定できません"),
        (b"x" * 5_000_001, "大きすぎます"),
        ('受付番号,氏名\n"12345678,あ\n'.encode(), "行目の形式"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_a_sentence(content, words):
    with pytest.raises(MoveInFileRefused, match=words):
        read_file(content, headings={})
