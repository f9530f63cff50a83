import pytest

from applications.fields.bank_codes import post_account
from applications.fields.bank_kana import bank_kana, unusable_in_bank
from tests.applications.fieldkit import MY_NUMBER, MY_NUMBER_REFUSED, clean, refusal, wrong_parts

TYPED = {
    "kind": "bank",
    "bank_name": "緑野信用金庫",
    "bank_code": "１２３４",
    "branch_name": "本店",
    "branch_code": "001",
    "account_type": "ordinary",
    "number": "12345",
    "symbol": "",
    "symbol_number": "",
    "holder": "たかはし　さくら",
}
STORED = {
    "bank_code": "1234",
    "bank_name": "緑野信用金庫",
    "branch_code": "001",
    "branch_name": "本店",
    "account_type": "ordinary",
    "number": "0012345",
    "holder": "ﾀｶﾊｼ ｻｸﾗ",
}


def test_account_is_stored_as_transfers_want_it():
    assert clean("bank_account", TYPED) == STORED
    assert clean("bank_account", dict.fromkeys(TYPED, "")) is None
    assert clean("bank_account", dict.fromkeys(TYPED, "") | {"kind": "bank"}) is None


def test_a_well_known_bank_needs_its_name_or_its_code():
    assert clean("bank_account", TYPED | {"bank_name": "みずほ", "bank_code": ""})["bank_code"] == "0001"
    assert clean("bank_account", TYPED | {"bank_name": "三菱ＵＦＪ銀行", "bank_code": ""})["bank_code"] == "0005"
    assert clean("bank_account", TYPED | {"bank_name": "", "bank_code": "0036"})["bank_name"] == "楽天銀行"


def test_every_missing_part_has_its_sentence():
    only_holder = dict.fromkeys(TYPED, "") | {"kind": "bank", "holder": "タカハシ"}
    assert refusal("bank_account", only_holder) == [
        "金融機関名を入力してください。",
        "金融機関コードを4桁の数字で入力してください。通帳か金融機関のホームページで確認できます。",
        "支店名を入力してください。",
        "支店コード（店番）を3桁の数字で入力してください。",
        "口座の種類を選択してください。",
        "口座番号を7桁までの数字で入力してください。",
    ]
    assert refusal("bank_account", TYPED | {"holder": ""}) == ["口座名義（カナ）を入力してください。"]


def test_all_mistakes_are_told_at_once_each_with_its_box():
    typed = TYPED | {"bank_code": "12", "number": MY_NUMBER, "holder": "高橋"}
    found = wrong_parts("bank_account", typed)
    assert [parts for _sentence, parts in found] == [("number",), ("bank_code",), ("holder",)]
    assert found[0][0].startswith(MY_NUMBER_REFUSED)


@pytest.mark.parametrize(
    ("part", "value"),
    [("bank_code", "123"), ("branch_code", "1"), ("number", "12345678"), ("number", "0"), ("account_type", "gold")],
)
def test_wrong_codes_and_numbers_are_asked_again(part, value):
    assert len(refusal("bank_account", TYPED | {part: value})) == 1


def test_the_post_bank_is_written_as_other_banks_do():
    typed = TYPED | {"kind": "yucho", "symbol": "１０１７０", "symbol_number": "12345671"}
    assert clean("bank_account", typed) == {
        "bank_code": "9900",
        "bank_name": "ゆうちょ銀行",
        "branch_code": "018",
        "branch_name": "〇一八",
        "account_type": "ordinary",
        "number": "1234567",
        "holder": "ﾀｶﾊｼ ｻｸﾗ",
    }


def test_symbol_and_number_without_a_choice_mean_the_post_bank():
    blank = dict.fromkeys(TYPED, "")
    typed = blank | {"symbol": "10170", "symbol_number": "11", "holder": "タカハシ"}
    assert clean("bank_account", typed)["number"] == "0000001"


@pytest.mark.parametrize(
    ("symbol", "number", "found"),
    [
        ("10170", "12345671", ("018", "〇一八", "ordinary", "1234567")),
        ("14980", "11", ("498", "四九八", "ordinary", "0000001")),
        ("11940-2", "1234561", ("198", "一九八", "ordinary", "0123456")),
        ("00110", "123456", ("019", "〇一九", "checking", "0123456")),
    ],
)
def test_post_account_follows_the_published_rule(symbol, number, found):
    account = post_account(symbol, number)
    assert (account.branch_code, account.branch_name, account.account_type, account.number) == found


@pytest.mark.parametrize(
    ("symbol", "number", "wrong"),
    [
        ("20170", "11", [("symbol",)]),
        ("10171", "11", [("symbol",)]),
        ("1017", "11", [("symbol",)]),
        ("10170", "12", [("symbol_number",)]),
        ("10170", "1", [("symbol_number",)]),
        ("10170", "", [("symbol_number",)]),
        ("2017", "x1", [("symbol",), ("symbol_number",)]),
    ],
)
def test_what_is_no_post_account_names_its_wrong_boxes(symbol, number, wrong):
    assert post_account(symbol, number) is None
    typed = TYPED | {"kind": "yucho", "symbol": symbol, "symbol_number": number}
    mistakes = wrong_parts("bank_account", typed)
    assert [parts for _sentence, parts in mistakes] == wrong


@pytest.mark.parametrize(
    ("typed", "holder"),
    [
        ("タカハシ　サクラ", "ﾀｶﾊｼ ｻｸﾗ"),
        ("ｶﾞｰﾄﾞﾅｰ ｼﾞｮﾝ", "ｶﾞ-ﾄﾞﾅ- ｼﾞﾖﾝ"),
        ("きょうヲ", "ｷﾖｳｵ"),
        ("smith john", "SMITH JOHN"),
        ("株式会社ミドリ", "ｶ)ﾐﾄﾞﾘ"),
        ("カブシキガイシャ　ミドリ", "ｶ)ﾐﾄﾞﾘ"),
        ("ミドリ㈱", "ﾐﾄﾞﾘ(ｶ"),
        ("（有）ミドリ", "ﾕ)ﾐﾄﾞﾘ"),
        ("医療法人社団みどりかい", "ｲ)ﾐﾄﾞﾘｶｲ"),
        ("シャカイフクシホウジンミドリ", "ﾌｸ)ﾐﾄﾞﾘ"),
        ("ミドリ１丁目".replace("丁目", ""), "ﾐﾄﾞﾘ1"),
    ],
)
def test_holder_becomes_half_width_kana_of_transfers(typed, holder):
    assert bank_kana(typed) == holder
    assert unusable_in_bank(holder) == []


def test_bank_kana_changes_nothing_the_second_time():
    for text in ("ｶ)ﾐﾄﾞﾘ", "ｷﾖｳ", "SMITH JOHN", "ﾐﾄﾞﾘ(ﾕ"):
        assert bank_kana(text) == text


def test_holder_names_what_no_transfer_can_carry():
    assert refusal("bank_account", TYPED | {"holder": "高橋 さくら"}) == [
        "口座名義には「高」「橋」を使えません。通帳に書かれているとおり、カナで入力してください。"
    ]
    (sentence,) = refusal("bank_account", TYPED | {"holder": "ガ" * 16})
    assert sentence.startswith("口座名義は半角で30文字までです（濁点も1文字と数えます。今は32文字です）。")
