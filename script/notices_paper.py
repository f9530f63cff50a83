"""Paper and proof of `check_notices`: letter runs, one that came back, the proof sheet, seals, and the sums."""

import csv
import hashlib
import io
import re
import shutil
import subprocess
from pathlib import Path

import notices_city as city
import pikepdf
from cases_desk import HANDLER, desk, message
from django.utils import timezone
from notices_city import Inside
from notices_send import see_people, wait_until
from playwright.sync_api import Page
from saving import saved
from walk import Walk

from notices.enums import NoticeState
from notices.models import Notice
from notices.services import letters

CHECKED_BY_PDFSIG = 5
_RUN = re.compile(r"/staff/letters/[^/]{20,}/$")


def make_due(walk: Walk, inside: Inside, campaign: str) -> None:
    """The hours until paper are over (moved): who has not opened is on paper, beside those who never agreed."""
    before = inside.do(city.letters_due, campaign)
    inside.do(_let_clock_run, campaign)
    due = inside.do(city.letters_due, campaign)
    walk.say(
        f"郵送の時刻を動かした: 初めから書面の{before:,}通に、未開封の{due - before:,}通が加わり、郵送待ち{due:,}通"
    )


def _let_clock_run(campaign: str) -> None:
    now = timezone.now()
    late = Notice.objects.filter(campaign__public_id=campaign, state=NoticeState.AVAILABLE, paper_due_at__isnull=False)
    late.update(paper_due_at=now)
    while letters.start_due_letters(now=now):
        pass


def print_and_post(walk: Walk, inside: Inside, campaign: str) -> None:
    """Runs of up to a thousand letters until nobody waits; each print file has the pages it says."""
    page = desk(walk, HANDLER)
    _kind, department = inside.do(city.names_of_kind)
    runs = letters_made = pages = 0
    while inside.do(city.letters_due, campaign):
        page.goto("/staff/letters/")
        page.locator("select[name=department]").select_option(label=department)
        page.get_by_role("button", name="印刷用PDFを作る").click()
        page.wait_for_url(_RUN)
        count, size = _print(walk, inside, page)
        runs, letters_made, pages = runs + 1, letters_made + count, pages + size
    walk.say(f"担当者: {runs}回で{letters_made:,}通・{pages:,}ページを印刷用PDFにし、発送済みにした")


def _print(walk: Walk, inside: Inside, page: Page) -> tuple[int, int]:
    address = page.url
    run = address.rstrip("/").rsplit("/", 1)[-1]
    wait_until(lambda: inside.do(city.run_state, run) != "building")
    page.goto(address)
    walk.picture(page, "letter-run")
    file = saved(page, f"{address}letters.pdf", walk.folder / "letters.pdf")
    count, said = inside.do(_size_of, run)
    with pikepdf.Pdf.open(file) as opened:
        if len(opened.pages) != said:
            raise AssertionError(f"the print file has {len(opened.pages)} pages instead of {said}")
    page.get_by_role("button", name="発送済みにする").click()
    message(page, "発送済みにしました。")
    return count, said


def _size_of(run_id: str) -> tuple[int, int]:
    run = city.LetterRun.objects.get(public_id=run_id)
    return run.count, run.page_count


def bring_back(walk: Walk, inside: Inside, campaign: str) -> str:
    """A letter comes back: its code is read twice and counts once. The id of its notice."""
    notice, number, _hash = inside.do(city.some_posted, campaign, 1)[0]
    page = desk(walk, HANDLER)
    for said in ("を返戻として記録しました。", "すでに返戻として記録しています。"):
        page.goto("/staff/letters/returns/")
        page.get_by_label("転居先不明").check()
        page.locator("[name=code]").fill(f"{walk.origin}/verify/{number}/")
        page.get_by_role("button", name="返戻として記録する").click()
        message(page, said)
    walk.picture(page, "returned")
    walk.say("担当者: 戻った手紙のQRコードを2回読み取り、返戻は1通と記録された")
    return str(notice)


def prove(walk: Walk, inside: Inside, campaign: str, returned: str) -> None:
    """The proof sheet of that letter, and documents of others, looked at by a program that is not ours."""
    page = desk(walk, HANDLER)
    page.goto(f"/staff/notices/{returned}/")
    walk.picture(page, "evidence")
    proof = _saved_pdf(page, f"/staff/notices/{returned}/proof.pdf", walk.folder / "proof.pdf")
    words = subprocess.run(["pdftotext", str(proof), "-"], capture_output=True, text=True, check=True).stdout
    for wanted in ("郵便が戻った", "発送した", "受け取れる状態にした"):
        if wanted not in "".join(words.split()):
            raise AssertionError(f"the proof sheet does not say {wanted!r}")
    paths = [proof]
    for public_id, _number, sha256 in inside.do(city.some_posted, campaign, CHECKED_BY_PDFSIG):
        path = _saved_pdf(page, f"/staff/notices/{public_id}/document.pdf", walk.folder / f"{public_id}.pdf")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise AssertionError(f"the document of {public_id} is not the one that the evidence names")
        paths.append(path)
    seen = _check_seals(paths)
    walk.say(f"証明書（{proof.stat().st_size:,} バイト）に発送と返戻が載っている。{seen}")


def _saved_pdf(page: Page, address: str, path: Path) -> Path:
    saved(page, address, path)
    if not path.read_bytes().startswith(b"%PDF-"):
        raise AssertionError(f"{address} is no PDF")
    return path


def _check_seals(paths: list[Path]) -> str:
    if shutil.which("pdfsig") is None:
        raise AssertionError("pdfsig is not installed (poppler-utils)")
    for path in paths:
        said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
        if "Signature is Valid." not in said or "Total document signed" not in said:
            raise AssertionError(f"{path.name}: {said}")
    return f"pdfsig は{len(paths)}通すべての署名を有効とした"


def add_up(walk: Walk, inside: Inside, address: str, campaign: str, rows: int) -> None:
    """Every row of the list is in exactly one final state, on the page, in the export and in the tables."""
    page = desk(walk, HANDLER)
    for wanted in ("opened", "paper", "returned", "left_out"):
        see_people(walk, page, address, wanted)
    export = saved(page, f"{address}people/export.csv", walk.folder / "people.csv")
    lines = list(csv.DictReader(io.StringIO(export.read_text("utf-8-sig"), newline="")))
    states, events = inside.do(city.final_states, campaign), inside.do(city.events_of, campaign)
    made = rows - states["left_out"]
    sums = {
        "rows": states.total() == rows == len(lines),
        "unfinished": not states["unfinished"] and not states["failed"] and not states["cancelled"],
        "available": events["available"] == made,
        "letters": events["posted"] == states["posted"] + states["returned"],
        "returned": states["returned"] == events["returned"] == 1,
        "opened": events["opened"] == sum(bool(line["開封日時"]) for line in lines) >= states["opened"],
    }
    if wrong := [name for name, is_right in sums.items() if not is_right]:
        raise AssertionError(f"{wrong} do not add up: {dict(states)} {dict(events)}")
    walk.say(
        f"{rows:,}行すべてが一つの終わりの状態にある: 開封して郵送なし{states['opened']:,}、発送{states['posted']:,}、"
        f"返戻{states['returned']}、除外{states['left_out']:,}。CSVも同じ行数"
    )
