"""Files of `check_cases`: extracts read back by other readers, the inventory taken over, the past disposed of."""

import csv
import io
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from cases_desk import APPROVER, HANDLER, LIFE_APPROVER, LIFE_HANDLER, desk, message, refuse_sight
from cases_family import ACCOUNT, BANK, NAME
from cases_fees import saved
from playwright.sync_api import Page, expect
from walk import Walk

PROCEDURE = "児童手当 認定請求"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
WORKER_SECONDS = 120
APPROVER_OF = {HANDLER: APPROVER, LIFE_HANDLER: LIFE_APPROVER}
Record = dict[str, str]


def _wait_for_worker(page: Page, is_done: Callable[[], bool]) -> None:
    """Load the page again until the worker is done; TimeoutError when it is not in time."""
    deadline = time.monotonic() + WORKER_SECONDS
    while not is_done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the worker did not finish: {page.url}")
        time.sleep(1)
        page.reload()


def extract(walk: Walk, number: str) -> None:
    """The cases of 児童手当 as CSV and as a workbook, compared with what the family typed."""
    typed = {
        "number": number.replace("-", ""),
        "applicant_name": NAME.replace(" ", "\u3000"),
        "answer:account.number": ACCOUNT,
        "answer:account.bank_name": BANK,
        "answer:account.bank_code": "9999",
        "answer:account.branch_code": "001",
        "answer:reason": "子どもが生まれた",
        "answer:pension": "国民年金（自営業・無職など）",
        "answer:children.count": "2",
        "answer:children.2.child_living": "一緒に住んでいる",
    }
    csv_records = _csv_records(_ordered(walk, "csv").read_bytes())
    sheet_records = _sheet_records(_ordered(walk, "xlsx"))
    for kind, records in (("CSV", csv_records), ("XLSX", sheet_records)):
        found = [record for record in records if record["number"] == typed["number"]]
        read = {column: found[0].get(column) for column in typed} if len(found) == 1 else {}
        if read != typed:
            raise AssertionError(f"{kind}: {len(found)} lines, {read} instead of {typed}")
        walk.say(f"抽出（{kind}）: {len(records)}件。{number} の氏名・理由・子ども・口座は入力したとおり")
    if [one["number"] for one in csv_records] != [one["number"] for one in sheet_records]:
        raise AssertionError("CSV and workbook hold other cases")


def _ordered(walk: Walk, kind: str) -> Path:
    """Register an extract of this format, have the worker make its file, fetch it."""
    page = desk(walk, HANDLER)
    page.goto("/staff/extracts/new/")
    page.get_by_label("手続").select_option(label=PROCEDURE)
    page.get_by_label("名前").fill(f"確認用{kind}")
    page.get_by_role("button", name="登録する").click()
    message(page, "抽出を登録しました。")
    with page.expect_navigation():
        page.get_by_role("link", name="終わる").click()
    profile = page.url
    page.goto(f"{profile}settings/")
    for name, value in (("format", kind), ("headings", "keys"), ("groups", "beside")):
        page.locator(f"input[name={name}][value={value}]").check()
    page.get_by_role("button", name="保存する").click()
    message(page, "設定を保存しました。")
    page.goto(profile)
    page.locator("input[name=scope][value=all]").check()
    page.get_by_role("button", name="ファイルを作成する").click()
    expect(page.get_by_role("heading", name="内容")).to_be_visible()
    link = page.get_by_role("link", name="ダウンロード", exact=True)
    _wait_for_worker(page, lambda: link.count() > 0)
    walk.picture(page, f"extract-{kind}")
    return saved(page, "ダウンロード", walk.folder / f"extract.{kind}")


def _csv_records(content: bytes) -> list[Record]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _sheet_records(path: Path) -> list[Record]:
    """The first sheet of a workbook by the format's own standard, without a library for it."""
    with zipfile.ZipFile(path) as book:
        if book.testzip() is not None:
            raise AssertionError("the workbook is damaged")
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = [{_column(cell): _text(cell) for cell in row.iter(f"{SHEET}c")} for row in root.iter(f"{SHEET}row")]
    headings = rows[0]
    return [{name: row.get(column, "") for column, name in headings.items()} for row in rows[1:]]


def _column(cell: ElementTree.Element) -> str:
    return re.sub(r"\d", "", cell.get("r") or "")


def _text(cell: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in cell.iter() if part.tag in (f"{SHEET}t", f"{SHEET}v"))


def dispose(walk: Walk) -> None:
    """What is kept no longer: a dry run changes nothing; one person makes the list, another agrees."""
    maker, department = _department_with_old_case(walk)
    page = desk(walk, maker)
    row = page.locator("tbody tr", has_text="廃棄できる").first
    number, case = row.get_by_role("link").inner_text(), row.get_by_role("link").get_attribute("href") or ""
    walk.picture(page, "disposal-dry-run")
    listed = page.url
    page.goto(case)
    answers = _answers_of(page)
    if not answers:
        raise AssertionError(f"{number} has no answers before it is disposed of")
    page.goto(listed)
    walk.say(f"保存期限の試算（{department}）: {number} は廃棄できる。まだ{answers}項目の内容がある")
    page.get_by_role("button", name="廃棄の一覧を作る").click()
    message(page, "廃棄の一覧を作りました。")
    refuse_sight(page, "承認して廃棄する")
    _agree(walk, desk(walk, APPROVER_OF[maker]), page.url)
    page.goto(case)
    expect(page.get_by_text("申請の内容を廃棄しました").first).to_be_visible()
    expect(page.locator("main").get_by_text(number).first).to_be_visible()
    if left := _answers_of(page):
        raise AssertionError(f"{left} answers are left after the disposal")
    walk.picture(page, "disposal-tombstone")
    walk.say(f"二人目が承認し、ワーカーが {number} を廃棄した。番号・日付・決定だけが残る")


def _answers_of(page: Page) -> int:
    return page.locator("section[aria-labelledby=case-answers] .facts__row").count()


def _department_with_old_case(walk: Walk) -> tuple[str, str]:
    for email in APPROVER_OF:
        page = desk(walk, email)
        page.goto("/staff/disposal/")
        for code in page.locator("#id_department option").evaluate_all("all => all.map(one => one.value)"):
            page.goto(f"/staff/disposal/?department={code}")
            if page.locator("tbody tr", has_text="廃棄できる").count():
                return email, code
    raise AssertionError("no department has a case that is kept no longer")


def _agree(walk: Walk, page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="承認して廃棄する").click()
    message(page, "承認しました。廃棄を始めます。")
    done = page.locator("tbody tr", has_text="廃棄済み")
    _wait_for_worker(page, lambda: done.count() > 0)
    walk.picture(page, "disposal-done")


def take_inventory(walk: Walk) -> None:
    """The inventory out, one figure changed, in again; the few that carry 80 % counted from the file."""
    page = desk(walk, HANDLER)
    page.goto("/staff/inventory/import/")
    path = saved(page, "担当する課の棚卸", walk.folder / "inventory.csv")
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    column = max(place for place, heading in enumerate(rows[0]) if heading.endswith("年度 窓口"))
    changed = str(int(rows[1][column] or 0) + 12345)
    rows[1][column] = changed
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    page.get_by_label("ファイル").set_input_files(path)
    page.get_by_role("button", name="違いを確認する").click()
    expect(page.get_by_role("rowheader", name=rows[1][0])).to_be_visible()
    walk.picture(page, "inventory-difference")
    _wait_for_worker(page, lambda: _is_taken(page))
    said = message(page, "棚卸に0件を追加し、1件を変更しました。")
    walk.say(f"棚卸: {rows[1][1]} の {rows[0][column]} を{changed}件にして取り込んだ。{said}")
    _see_pareto(walk, page)


def _is_taken(page: Page) -> bool:
    """Press, and see whether the file was taken: not before the worker has looked it through for viruses."""
    with page.expect_navigation():
        page.get_by_role("button", name="取り込む", exact=True).click()
    return page.get_by_text("ファイルの検査がまだ終わっていません").count() == 0


def _see_pareto(walk: Walk, page: Page) -> None:
    page.goto("/staff/inventory/")
    path = saved(page, "CSVを書き出す", walk.folder / "inventory-all.csv")
    page.goto("/staff/inventory/figures/")
    heading = page.locator("#pareto-title").inner_text()
    about = page.locator("section", has=page.locator("#pareto-title")).locator("p").first.inner_text()
    walk.picture(page, "inventory-pareto")
    year = re.findall(r"\d{4}", about)[0]
    counted = _few_that_carry(path, year, 80)
    if f"この{counted}件で、全体の80%" not in heading:
        raise AssertionError(f"the file says {counted}, the page: {heading}")
    walk.say(f"棚卸のグラフ（{year}年度）: {heading}。書き出したCSVから数えても同じ")


def _few_that_carry(path: Path, year: str, percent: int) -> int:
    """How many procedures, from the most filed on, make up this share."""
    volumes: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")):
        for heading, value in row.items():
            if heading.startswith(f"{year}年度"):
                volumes[row["整理番号"]] += int(value or 0)
    total, carried = sum(volumes.values()), 0
    for place, (_code, volume) in enumerate(volumes.most_common(), start=1):
        carried += volume
        if carried * 100 >= total * percent:
            return place
    raise AssertionError(f"no volumes of {year}")
