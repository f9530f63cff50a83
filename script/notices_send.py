"""Staff of `check_notices`: bring the list, match its columns, decide what is doubtful, approve, watch it go."""

import time
from collections import Counter
from collections.abc import Callable

import notices_city as city
from cases_desk import APPROVER, HANDLER, desk, message, refuse_sight
from notices_city import Inside, List
from playwright.sync_api import Page, expect
from walk import Walk

SECONDS = 1800
"""How long the worker may take for a step on a machine with other work to do."""


def create(walk: Walk, inside: Inside, found: List) -> tuple[str, str]:
    """A campaign with the list: its address and id."""
    kind, department = inside.do(city.names_of_kind)
    page = desk(walk, HANDLER)
    page.goto("/staff/campaigns/new/")
    page.locator("[name=name]").fill("生活支援特別給付金 12月支給")
    page.locator("[name=notice_type]").select_option(label=kind)
    page.locator("[name=department]").select_option(label=department)
    page.get_by_role("button", name="送り先を選ぶ").click()
    page.wait_for_url("**/file/")
    address = page.url.removesuffix("file/")
    path = walk.folder / "list.csv"
    path.write_bytes(found.content)
    page.locator("#id_file").set_input_files(path)
    page.get_by_role("button", name="列の対応に進む").click()
    page.wait_for_url("**/columns/")
    walk.say(f"担当者: 一斉通知を作り、名簿（{len(found.content):,} バイト）を選んだ")
    return address, address.rstrip("/").rsplit("/", 1)[-1]


def match_columns(walk: Walk) -> None:
    """The headings were guessed; what is the same for all is typed."""
    page = desk(walk, HANDLER)
    guessed = {name: page.locator(f"[name='column-{name}']").input_value() for name in ("resident_number", "birth")}
    if guessed != {"resident_number": "宛名番号", "birth": "生年月日"}:
        raise AssertionError(f"the columns were taken for {guessed}")
    for name, value in city.SAME.items():
        group = page.locator("fieldset.campaign-value", has=page.get_by_text(name, exact=True))
        group.locator("input").fill(value)
    walk.picture(page, "columns")
    page.get_by_role("button", name="名簿を確認する").click()
    page.wait_for_url(lambda url: not url.endswith("/columns/"))
    walk.say("担当者: 見出しから推測された列を確かめ、全員に共通の値を入力した")


def check(walk: Walk, inside: Inside, address: str, campaign: str, found: List) -> None:
    """The worker reads the list; every fault is found, and nothing else."""
    wait_until(lambda: inside.do(city.stand_of, campaign).state in ("checked", "refused"))
    counts = inside.do(city.counts_of, campaign)
    wanted = {"good": found.good, "doubtful": found.doubtful, "problem": found.problems}
    if any(counts.get(name, 0) != count for name, count in wanted.items()):
        raise AssertionError(f"{counts} {inside.do(city.stand_of, campaign).refusal}, but the list has {wanted}")
    page = desk(walk, HANDLER)
    page.goto(address)
    expect(page.get_by_role("heading", name="送信できない行")).to_be_visible()
    if page.locator("table.campaign-rows").first.locator("tbody tr").count() > 20:
        raise AssertionError("more than the first twenty faulty rows are shown")
    walk.picture(page, "checked")
    paper = " ".join(page.locator("section", has_text="初めから郵送").locator(".facts__row").first.inner_text().split())
    walk.say(
        f"ワーカーが{counts['all']:,}行を照合: 送信できる{found.good:,}行、要確認{found.doubtful}行、"
        f"送信できない{found.problems}行（{len(city.REFUSED)}種類×{found.faults}）。{paper}"
    )


def review(walk: Walk, address: str) -> None:
    """One doubtful row is let through, one left out, the rest left out together."""
    page = desk(walk, HANDLER)
    page.goto(f"{address}review/")
    walk.picture(page, "review")
    first = page.locator("section.campaign-doubt").first
    first.get_by_role("radio").first.check()
    for doubt in first.get_by_role("checkbox").all():
        doubt.check()
    for button in ("この方に送る", "この行を除外する"):
        with page.expect_navigation():
            first.get_by_role("button", name=button).click()
    page.goto(address)
    page.get_by_role("button", name="残りをすべて除外する").click()
    said = message(page, "行を除外しました。")
    walk.say(f"担当者: 要確認の1行はこの方に送る、1行は除外、残りは「{said}」")


def approve(walk: Walk, address: str) -> None:
    """Handed in by one, approved by another; the one who handed it in is not offered the button."""
    page = desk(walk, HANDLER)
    page.goto(address)
    page.get_by_label("送信できない行を除いて進める").check()
    page.get_by_role("button", name="承認を求める").click()
    message(page, "承認を求めました。")
    refuse_sight(page, "承認する")
    other = desk(walk, APPROVER)
    other.goto(address)
    walk.picture(other, "approval")
    other.get_by_role("button", name="承認する", exact=True).click()
    message(other, "承認しました。")
    walk.say("決裁者: 別の職員が承認した（求めた本人には承認のボタンが出ない）")


def watch(walk: Walk, inside: Inside, address: str, campaign: str, seen: int) -> int:
    """Until the worker is done and the last mail is out; how many notices. `seen`: mails before the approval."""
    page = desk(walk, HANDLER)
    page.goto(address)
    walk.picture(page, "sending")
    wait_until(lambda: inside.do(city.stand_of, campaign).state == "done")
    made = inside.do(city.stand_of, campaign)
    if made.made != made.documents:
        raise AssertionError(f"{made.made} notices, {made.documents} documents")
    wait_until(lambda: not inside.do(city.mails_wait))
    mails = mails_to(walk, "お知らせが届いています", seen)
    told = inside.do(city.addresses_of, campaign)
    if sorted(mails.elements()) != sorted(told):
        wrong = {who: count for who, count in mails.items() if count != 1} or set(told) ^ set(mails)
        raise AssertionError(f"{mails.total()} mails for {len(told)} people: {str(wrong)[:200]}")
    page.goto(address)
    walk.picture(page, "done")
    walk.say(
        f"ワーカーが署名付き通知書{made.made:,}通を{made.seconds:,.0f}秒で作成し"
        f"（{made.made / made.seconds:,.1f}通/秒）、{mails.total():,}人にSMTPでメールを1通ずつ送った"
    )
    return made.made


def mails_to(walk: Walk, words: str, after: int) -> Counter[str]:
    """How many mails with these words in the subject went to each address."""
    return Counter(str(mail["To"]) for mail in walk.mails.mails[after:] if words in str(mail["Subject"]))


def wait_until(is_done: Callable[[], bool], *, seconds: int = SECONDS) -> None:
    """TimeoutError when the worker does not get there."""
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            raise TimeoutError("the worker did not finish")
        time.sleep(1)


def see_people(walk: Walk, page: Page, address: str, wanted: str) -> None:
    """The list of the campaign's people under a filter."""
    page.goto(f"{address}people/?show={wanted}")
    expect(page.locator("tbody tr").first).to_be_visible()
    walk.picture(page, f"people-{wanted}")
