"""What staff do with the cases of `check_cases`: examine by keyboard, propose, sign, also in another's place."""

import datetime as dt

from playwright.sync_api import Page, expect
from walk import TABLET, Walk, today

from tests.e2e.keyboard import choose_kind, pick, press, tab_to, write

HANDLER, LIFE_HANDLER = "handler@city.example.jp", "handler2@city.example.jp"
APPROVER, LIFE_APPROVER = "approver@city.example.jp", "approver2@city.example.jp"
ADMINISTRATOR = "admin@city.example.jp"
APPROVER_NAME, SUBSTITUTE_NAME = "決裁 三郎", "審査 次郎"
POINT = "振込先は請求する方本人の名義か"
NOTE = "通帳の写しで名義を確認した。"
GRANTED = "月額25,000円　令和8年12月分から"
ALLOWANCE_PAGE = "/staff/procedures/jido-teate-nintei/checklist/"
HAS_KEYBOARD = "document.activeElement?.closest('[data-case-row]')?.rowIndex ?? 0"


def desk(walk: Walk, email: str) -> Page:
    """The tablet of a member of staff."""
    return walk.page(email, size=TABLET)


def message(page: Page, words: str) -> str:
    """What the page says after a step; fails when the words are not in it."""
    banner = page.locator("section.banner").filter(has_text=words).first
    expect(banner).to_be_visible()
    return " ".join(banner.locator(".banner__title > span").last.inner_text().split())


def refusal(page: Page, words: str) -> str:
    """Why the page did not take a step; fails when the words are not in it."""
    summary = page.locator(".error-summary")
    expect(summary).to_contain_text(words)
    return " ".join(summary.locator("li").first.inner_text().split())


def refuse_sight(page: Page, button: str) -> None:
    """Fails when the page offers the button."""
    expect(page.locator("h1")).to_be_visible()
    if page.get_by_role("button", name=button, exact=True).count():
        raise AssertionError(f"{button!r} is offered on {page.url}")


def walk_list(walk: Walk, page: Page) -> None:
    """j and k go along the work list, x ticks."""
    page.goto("/staff/cases/?state=")
    passed = []
    for key in "jjk":
        page.keyboard.press(key)
        passed.append(page.evaluate(HAS_KEYBOARD))
    if passed != [1, 2, 1]:
        raise AssertionError(f"j, j, k led to the rows {passed}")
    page.keyboard.press("x")
    expect(page.locator("[data-case-row]").first.get_by_role("checkbox")).to_be_checked()
    walk.picture(page, "desk-list")
    page.keyboard.press("x")
    expect(page.locator("[data-case-row]").first.get_by_role("checkbox")).not_to_be_checked()


def open_case(page: Page, number: str) -> None:
    """Find a case by its number and open it, by keyboard."""
    page.goto("/staff/cases/?state=")
    page.keyboard.press("/")
    page.keyboard.insert_text(number)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[data-case-row]")).to_have_count(1)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text(number).first).to_be_visible()


def take(page: Page, number: str) -> None:
    """Open a case and become its handler."""
    open_case(page, number)
    press(page, "担当して審査を始める", "BUTTON")
    message(page, "この申請の担当になりました。")


def add_point(walk: Walk) -> None:
    """The approver decides what must be looked at before every decision."""
    page = desk(walk, APPROVER)
    page.goto(ALLOWANCE_PAGE)
    write(page, "確認すること", POINT, "INPUT")
    press(page, "加える", "BUTTON")
    expect(page.get_by_role("form", name=POINT).get_by_label("決定の前に必ず確認する")).to_be_checked()
    walk.picture(page, "desk-checklist")
    walk.say(f"決裁者: 児童手当に審査項目「{POINT}」（必須）を加えた")


def propose(walk: Walk, number: str) -> None:
    """児童手当: hindered by the checklist, then checked, noted and proposed."""
    page = desk(walk, HANDLER)
    walk_list(walk, page)
    take(page, number)
    _propose_approval(page)
    walk.say("必須の審査項目を確認する前: " + refusal(page, POINT))
    press(page, "確認した", "BUTTON")
    expect(page.locator("#checklist").get_by_text("確認済み")).to_be_visible()
    tab_to(page, "メモを書く", "SUMMARY")
    page.keyboard.press("Enter")
    write(page, "メモ", NOTE, "TEXTAREA")
    press(page, "メモを残す", "BUTTON")
    expect(page.locator("#notes").get_by_text(NOTE)).to_be_visible()
    _propose_approval(page)
    message(page, "決裁に回しました。")
    refuse_sight(page, "通知書を確認して決裁する")
    walk.picture(page, "desk-proposed")
    walk.say("担当者: j・k・x・/・Enter・Tabだけで審査し、決裁に回した。自分の案は決裁できない")


def _propose_approval(page: Page) -> None:
    choose_kind(page, "承認")
    write(page, "理由・決定の内容", GRANTED, "TEXTAREA")
    press(page, "決裁に回す", "BUTTON")


def decide(walk: Walk, email: str, number: str, reason: str = "") -> None:
    """A decision without an approver, after the letter was read."""
    page = desk(walk, email)
    take(page, number)
    choose_kind(page, "承認")
    if reason:
        write(page, "理由・決定の内容", reason, "TEXTAREA")
    press(page, "通知書を確認して決定する", "BUTTON")
    title = _read_letter(walk, page, f"desk-letter-{email.partition('@')[0]}", reason)
    press(page, "この内容で決定する", "BUTTON")
    message(page, "決定しました。")
    walk.say(f"担当者（{email.partition('@')[0]}）: {number} の通知書「{title}」を読んで決定した")


def _read_letter(walk: Walk, page: Page, picture: str, words: str) -> str:
    letter = page.locator("section.letter")
    expect(letter).to_be_visible()
    expect(page.locator("main").get_by_text(words).first).to_be_visible()
    walk.picture(page, picture)
    return letter.locator("h3").first.inner_text()


def complete(page: Page) -> None:
    """The last step of a case; whoever calls looks what came of it."""
    press(page, "手続を完了する", "BUTTON")


def lend_colleague(walk: Walk) -> None:
    """The administrator lends the handler of another department, so that somebody can stand in."""
    page = desk(walk, ADMINISTRATOR)
    page.goto("/admin/cityhall/user/")
    page.locator("#searchbar").fill(LIFE_HANDLER)
    with page.expect_navigation():
        page.locator("#searchbar").press("Enter")
    with page.expect_navigation():
        page.locator("#result_list").get_by_role("link", name=SUBSTITUTE_NAME).first.click()
    user = page.url.split("/")[-3]
    page.goto("/admin/cityhall/staffrole/add/")
    _choose_found(page, "user", SUBSTITUTE_NAME)
    page.locator("#id_role").select_option("handler")
    _choose_found(page, "department", "子育て支援課")
    page.locator("#id_active_from").fill(today().isoformat())
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    walk.say(f"管理者: {SUBSTITUTE_NAME}さん（利用者{user}）に、子育て支援課の審査担当の兼務を登録した")


def _choose_found(page: Page, name: str, words: str) -> None:
    """An entry of a list that looks up while one types."""
    page.locator(f"#id_{name} + .select2").click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text=words).first.click()


def stand_in(walk: Walk) -> None:
    """The approver is away and enters who signs."""
    page = desk(walk, APPROVER)
    page.goto("/staff/delegates/")
    pick(page, "代決者", SUBSTITUTE_NAME)
    page.get_by_label("終了日").fill((today() + dt.timedelta(days=2)).isoformat())
    write(page, "理由", "出張", "INPUT")
    press(page, "登録する", "BUTTON")
    message(page, "代決者を登録しました。")
    expect(page.locator("tbody tr", has_text=SUBSTITUTE_NAME).get_by_text("代決できます")).to_be_visible()
    walk.picture(page, "desk-delegates")
    walk.say(f"決裁者: 不在のあいだ {SUBSTITUTE_NAME}さんが代決する")


def sign_for_another(walk: Walk, number: str) -> None:
    """The substitute finds the case among what waits, reads the letter and signs with both names."""
    page = desk(walk, LIFE_HANDLER)
    page.goto("/staff/approvals/")
    row = page.locator("tbody tr", has_text=number)
    expect(row.get_by_text(f"{APPROVER_NAME}さんの代決")).to_be_visible()
    walk.picture(page, "desk-waiting")
    press(page, number, "A")
    press(page, "通知書を確認して決裁する", "BUTTON")
    title = _read_letter(walk, page, "desk-letter-approval", GRANTED)
    press(page, "この内容で決裁する", "BUTTON")
    message(page, "決裁しました。")
    chain = page.locator("section", has=page.locator("#case-approvals")).inner_text()
    if not (APPROVER_NAME in chain and SUBSTITUTE_NAME in chain and "代決" in chain):
        raise AssertionError(f"the approval names not both: {chain}")
    walk.picture(page, "desk-signed")
    walk.say(f"代決者: 通知書「{title}」を読んで決裁した。経過に両方の氏名が残る")


def sign(walk: Walk, procedure: str) -> None:
    """The approver signs a proposal that waited in the demo city."""
    page = desk(walk, APPROVER)
    page.goto("/staff/approvals/")
    row = page.locator("tbody tr", has_text=procedure).first
    number = row.get_by_role("link").first.inner_text()
    press(page, number, "A")
    press(page, "通知書を確認して決裁する", "BUTTON")
    title = _read_letter(walk, page, "desk-letter-approver", "")
    press(page, "この内容で決裁する", "BUTTON")
    message(page, "決裁しました。")
    walk.say(f"決裁者: {number}（{procedure}）の通知書「{title}」を読んで決裁した")
