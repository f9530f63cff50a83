"""Forms and filing without a person: a clerk builds a form by keyboard, residents file it on a phone.

The real web server and worker; one resident without JavaScript, one with it, while a new version is
published; a correction round; the catalogue into a second, empty city. Prints each step with what it saw.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import demo_servers
import walk as walking
from playwright.sync_api import Page, expect
from walk import PHONE, Walk

sys.path.insert(0, str(demo_servers.ROOT))
from tests.e2e.keyboard import choose_kind, pick, press, tick, write

KEY = "bosai-kunren"
NAME = "防災訓練への参加の申込み"
NUMBER = re.compile(r"\d{4}-\d{4}-\d{3}")
SECOND_CITY = """
import django
django.setup()
from portal.demo_city.city_hall import load_city_hall
load_city_hall()
"""


def add_field(page: Page, button: str, label: str, kind: str) -> None:
    """A new field; afterwards the page of its settings is open."""
    press(page, button, "A")
    write(page, "質問文", label, "INPUT")
    choose_kind(page, kind)
    press(page, "追加して設定へ", "BUTTON")


def build(walk: Walk) -> None:
    """A form with a choice, a condition on it, and rows with a file in each: no mouse."""
    page = walk.staff()
    page.goto("/staff/procedures/")
    press(page, "新しい手続を作る", "A")
    write(page, "手続の名称", NAME, "INPUT")
    write(page, "ふりがな", "ぼうさいくんれんへのさんかのもうしこみ", "INPUT")
    write(page, "概要", "地区の防災訓練への参加を申し込みます。", "INPUT")
    write(page, "キー", KEY, "INPUT")
    press(page, "登録して様式を作る", "BUTTON")
    press(page, "セクション1を編集", "A")
    write(page, "セクションの名前", "参加する方", "INPUT")
    press(page, "保存する", "BUTTON")
    add_field(page, "セクション1に項目を追加", "参加のしかた", "選択（一つ）")
    tick(page, "必ず答えてもらう")
    write(page, "選択肢", "会場で参加\n家で参加", "TEXTAREA")
    press(page, "保存して一覧へ", "BUTTON")
    add_field(page, "セクション1に項目を追加", "車のナンバー", "一行の文字")
    tick(page, "必ず答えてもらう")
    press(page, "保存して一覧へ", "BUTTON")
    add_field(page, "セクション1に項目を追加", "いっしょに参加する方", "くり返し")
    press(page, "くり返す項目を追加", "A")
    write(page, "質問文", "お名前", "INPUT")
    choose_kind(page, "一行の文字")
    press(page, "追加して設定へ", "BUTTON")
    press(page, "保存して一覧へ", "BUTTON")
    add_field(page, "の中に項目を追加", "顔写真", "ファイル")
    press(page, "保存して一覧へ", "BUTTON")
    walk.say("担当者: キーボードだけで、選択・条件つき・くり返し（ファイルつき）の様式を作った")
    press(page, "車のナンバー", "A")
    press(page, "表示する条件を決める", "A")
    pick(page, "どの質問を見ますか", "「参加のしかた」")
    press(page, "条件を追加", "BUTTON")
    tick(page, "会場で参加")
    press(page, "条件を保存する", "BUTTON")
    sentence = page.get_by_text("「参加のしかた」が「会場で参加」", exact=False).first
    expect(sentence).to_be_visible()
    walk.say(f"条件は言葉で読める: {sentence.inner_text()}")
    publish(walk, "初めての版")
    press(page, "受付を始める（住民に見せる）", "BUTTON")
    walk.picture(page, "designer")


def publish(walk: Walk, note: str) -> None:
    page = walk.staff()
    page.goto(f"/staff/procedures/{KEY}/")
    press(page, "下書きを新しい版にする", "A")
    write(page, "変更の内容", note, "INPUT")
    press(page, "新しい版にする", "BUTTON")
    walk.say(f"様式を新しい版にした（{note}）")


def begin(page: Page) -> None:
    page.goto(f"/procedures/{KEY}/")
    page.get_by_role("button", name="申請する", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="参加する方")).to_be_visible()


def file_without_scripts(walk: Walk) -> str:
    """The whole form on a phone with JavaScript off; the number it got."""
    page = walk.page("resident01@example.jp", size=PHONE, javascript=False)
    begin(page)
    if page.get_by_label("車のナンバー").is_visible():
        raise AssertionError("a question whose condition does not hold is asked")
    page.get_by_label("会場で参加").check()
    page.get_by_role("button", name="表示を更新").click()
    page.get_by_label("車のナンバー").fill("緑野 500 あ 12-34")
    page.get_by_role("button", name="いっしょに参加する方を追加").click()
    page.get_by_label("お名前").first.fill("髙橋　葛󠄀子")
    page.locator("input[type=file]").first.set_input_files(walk.photo())
    page.get_by_role("button", name="次へ", exact=True).last.click()
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    expect(page.get_by_text("photo.jpg").first).to_be_visible()
    walk.picture(page, "check-without-scripts")
    number = send(page)
    walk.say(f"住民（スマートフォン・JavaScriptなし）: 条件の質問、1行のくり返しと写真を送り、受付番号 {number}")
    return number


def send(page: Page) -> str:
    page.get_by_role("button", name="この内容で申請する").click()
    expect(page.get_by_role("heading", name="申請を受け付けました")).to_be_visible()
    found = NUMBER.search(page.locator(".number-plate").inner_text())
    if found is None:
        raise AssertionError("no number on the receipt")
    return found[0]


def file_with_scripts(walk: Walk) -> str:
    """The same with JavaScript; meanwhile the clerk publishes a second version."""
    page = walk.page("resident02@example.jp", size=PHONE)
    begin(page)
    car = page.get_by_label("車のナンバー")
    expect(car).to_be_hidden()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("会場で参加").check()
    expect(car).to_be_visible()
    questions = [url for url in asked if "/api/ui/drafts/" not in url and "/static/" not in url]
    if questions:
        raise AssertionError(f"a condition asked the server: {questions}")
    car.fill("緑野 300 さ 56-78")
    walk.say("住民（スマートフォン・JavaScriptあり）: 条件の質問は、サーバーに聞かずにその場で現れる")
    publish_second_version(walk)
    page.get_by_role("button", name="次へ", exact=True).last.click()
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    if page.get_by_text("当日の連絡先").count():
        raise AssertionError("a draft under way changed its version")
    number = send(page)
    walk.say(f"入力中の下書きは元の版のまま送れた: 受付番号 {number}")
    return number


def publish_second_version(walk: Walk) -> None:
    page = walk.staff()
    page.goto(f"/staff/procedures/{KEY}/")
    add_field(page, "セクション1に項目を追加", "当日の連絡先", "電話番号")
    press(page, "保存して一覧へ", "BUTTON")
    publish(walk, "当日の連絡先を追加")


def see_second_version(walk: Walk) -> None:
    page = walk.page("resident03@example.jp", size=PHONE)
    begin(page)
    expect(page.get_by_label("当日の連絡先")).to_be_visible()
    walk.say("新しく始めた人には第2版の質問が出る")


def correct(walk: Walk, number: str) -> None:
    """The handler asks about one question; only that is open; the difference is shown."""
    staff = open_case(walk, number)
    staff.get_by_role("button", name="担当する").or_(staff.get_by_role("button", name="審査を始める")).first.click()
    staff.get_by_role("link", name="補正を依頼する").click()
    staff.get_by_label("「車のナンバー」へのコメント").fill("ナンバーをもう一度ご確認ください。")
    staff.get_by_role("button", name="申請者に補正を依頼する").click()
    expect(staff.get_by_text("申請者に補正を依頼しました。")).to_be_visible()
    page = walk.page("resident02@example.jp", size=PHONE)
    page.goto("/my/")
    walk.picture(page, "my-page-correction")
    with page.expect_navigation():
        page.get_by_role("link", name="補正").first.click()
    if "/pages/" not in page.url:
        page.get_by_role("link", name=re.compile("補正|修正|直す")).first.click()
    expect(page.get_by_text("ナンバーをもう一度ご確認ください。").first).to_be_visible()
    if page.get_by_label("会場で参加").is_visible():
        raise AssertionError("a question that was not marked is open")
    page.get_by_label("車のナンバー").fill("緑野 300 さ 56-79")
    page.get_by_role("button", name=re.compile("次へ|確認画面へ")).last.click()
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    walk.picture(page, "correction-check")
    page.get_by_role("button", name=re.compile("送信する|申請する")).last.click()
    expect(page.get_by_role("heading", name="補正した内容を受け付けました")).to_be_visible()
    staff = open_case(walk, number)
    text = staff.locator("main").inner_text()
    if not ("56-78" in text and "56-79" in text):
        raise AssertionError("the case does not show what changed")
    walk.picture(staff, "case-difference")
    walk.say("補正: 依頼した項目だけが開き、担当者には変更前と変更後が並ぶ")


def open_case(walk: Walk, number: str) -> Page:
    page = walk.staff()
    page.goto(f"/staff/cases/?text={number}&state=")
    with page.expect_navigation():
        page.get_by_role("link", name=number).click()
    return page


def take_to_second_city(folder: Path, env: dict[str, str]) -> Iterator[str]:
    """Write all procedures as files and load them into a city that has departments and nothing else."""
    files = folder / "catalogue"
    second = env | {
        "VAR_DIR": str(folder / "second"),
        "DATABASE_URL": f"sqlite:///{folder / 'second' / 'second.sqlite3'}",
    }
    (folder / "second").mkdir()
    yield "書き出し: " + manage(env, "export_catalogue", str(files)).strip().splitlines()[-1]
    manage(second, "migrate", "-v0")
    subprocess.run([sys.executable, "-c", SECOND_CITY], cwd=demo_servers.ROOT, env=second, check=True)
    loading = ["load_catalogue", "--folder", str(files)]
    yield "二つ目の市（空）で確認: " + summary(manage(second, *loading, "--dry-run"))
    yield "二つ目の市に読み込み: " + summary(manage(second, *loading))
    again = summary(manage(second, *loading))
    if not again.startswith("新規 0件、変更 0件"):
        raise AssertionError(f"loading twice changed something: {again}")
    yield "もう一度読み込んでも変わらない: " + again


def manage(env: dict[str, str], *arguments: str) -> str:
    """The output of a command; its errors when it fails."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=demo_servers.ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{arguments[0]}: {done.stderr[-2000:]}")
    return done.stdout


def summary(output: str) -> str:
    return next(line for line in reversed(output.splitlines()) if line.startswith("新規"))


def walk_through(walk: Walk, env: dict[str, str]) -> None:
    """The whole path."""
    build(walk)
    file_without_scripts(walk)
    number = file_with_scripts(walk)
    see_second_version(walk)
    correct(walk, number)
    for seen in take_to_second_city(walk.folder, env):
        walk.say(seen)


def main() -> int:
    return walking.run(walk_through, "Forms and filing work.")


if __name__ == "__main__":
    sys.exit(main())
