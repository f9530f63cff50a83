"""The main path over HTTP, without a person: from a sign-up at home to a signed decision that provably arrived.

Real requests to the real web server, the real worker, a real mail server on loopback. Prints each step with
what it saw; leaves PDFs and mails in a folder; exits 0 or 1.
"""

import io
import re
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import demo_servers
from browser import Browser, Page, Upload, Value
from PIL import Image

PROCEDURE = "jido-teate-nintei"
EMAIL = "hanako@example.jp"
PASSWORD = "a-long-demo-password-2026"
BAD_TEXT = "あ" * 10_000
WAIT_SECONDS = 60


class Failed(Exception):
    """A step did not show what it should."""


@dataclass
class Walk:
    """The run: who has which browser, what was seen so far."""

    origin: str
    folder: Path
    box: demo_servers.MailBox
    number: int = 0
    browsers: dict[str, Browser] = field(default_factory=dict)

    def say(self, text: str) -> None:
        self.number += 1
        print(f"{self.number:2}. {text}", flush=True)

    def staff(self, mailbox: str) -> Browser:
        """A member of staff of the demo, signed in through the demo page."""
        return self._demo_account(f"{mailbox}@city.example.jp")

    def _demo_account(self, email: str) -> Browser:
        if email not in self.browsers:
            browser = Browser(self.origin)
            page = browser.get("/demo/")
            for form in page.tree.xpath("//main//form"):
                if email in form.getparent().text_content():
                    browser.submit(page, dict(form.form_values()), form="/demo/sign-in/")
                    self.browsers[email] = browser
                    break
            else:
                raise Failed(f"no demo account {email}")
        return self.browsers[email]


def expect(page: Page, *words: str, status: int = 200) -> Page:
    """The page, or Failed when the status or a word is not there."""
    if page.status != status:
        raise Failed(f"{page.url}: {page.status} instead of {status}")
    for word in words:
        if word not in page.text:
            raise Failed(f"{page.url}: does not say {word!r}")
    return page


def sign_up(walk: Walk) -> Browser:
    """A resident makes an account and proves the address with the code from the mail."""
    browser = Browser(walk.origin)
    page = browser.submit(
        expect(browser.get("/accounts/signup/")),
        {"email": EMAIL, "password1": PASSWORD, "password2": PASSWORD},
        form="/accounts/signup/",
    )
    mail = walk.box.wait_for(EMAIL, "コード")
    code = find(r"^\s*([0-9A-Z]{3,}-?[0-9A-Z]{3,})\s*$", demo_servers.text_of(mail))
    page = expect(browser.submit(page, {"code": code}))
    walk.say(f"利用者登録: 確認コードのメールが届き、{page.url.removeprefix(walk.origin)} に進んだ")
    page = browser.get("/my/profile/")
    page = browser.submit(page, profile_values(page))
    if any("error" in item.get("class", "") for item in page.tree.xpath("//main//section")):
        raise Failed(f"the profile was refused: {page.text[:400]}")
    walk.say("プロフィール: 氏名（髙橋 花子）・住所・生年月日を登録した")
    expect(browser.get("/my/consent/"), "郵送で受け取る")
    page = browser.submit(browser.get("/my/consent/"), press="answer=give")
    expect(page, "電子")
    walk.say("通知の電子受領に同意した")
    return browser


def profile_values(page: Page) -> dict[str, Value]:
    """Answers for the profile, by the ends of the controls' names."""
    wanted = {
        "family_name": "髙橋",
        "given_name": "花子",
        "family_kana": "たかはし",
        "given_kana": "はなこ",
        "era": "western",
        "year": "1991",
        "month": "5",
        "day": "6",
        "postal_code": "1000013",
        "prefecture": "東京都",
        "city": "千代田区",
        "town": "霞が関",
        "street": "1-3-2",
        "phone": "０９０－１２３４－５６７８",
        "contact_email": EMAIL,
    }
    values: dict[str, Value] = {}
    for control in page.form().xpath(".//input|.//select"):
        name = control.get("name") or ""
        for end, value in wanted.items():
            if re.search(rf"(^|[-_.]){end}$", name) or name == end:
                values[name] = option_like(control, value) if control.tag == "select" else value
    return values


def option_like(control: object, wanted: str) -> str:
    """The western calendar in a select of eras."""
    for option in control.xpath(".//option"):  # type: ignore[attr-defined]
        if wanted == "western" and "西暦" in option.text_content():
            return str(option.get("value"))
    return wanted


ANSWERS: dict[str, Value] = {
    "q-reason": "birth",
    "q-event_date": "2026-11-01",
    "q-pension": "employees",
    "q-lived_elsewhere": "no",
    "q-has_spouse": "no",
    "q-children.r1.child_name.family": "髙橋",
    "q-children.r1.child_name.given": "みなみ",
    "q-children.r1.child_name.family_kana": "たかはし",
    "q-children.r1.child_name.given_kana": "みなみ",
    "q-children.r1.child_birth_date": "2026-11-01",
    "q-children.r1.child_relationship": "child",
    "q-children.r1.child_living": "together",
    "q-children.r1.child_support": "same",
    "q-has_students": "no",
    "q-account.kind": "bank",
    "q-account.bank_code": "9999",
    "q-account.bank_name": "緑野銀行",
    "q-account.branch_code": "001",
    "q-account.branch_name": "本店",
    "q-account.account_type": "ordinary",
    "q-account.number": "１２３４５６７",
    "q-account.holder": "タカハシ ハナコ",
}
CHILD = "q-children.r1.child_name.family"


def photo() -> Upload:
    """A photo with a position in it, as phones make them."""
    picture = Image.new("RGB", (800, 600), "#e8f1fe")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (35.0, 40.0, 0.0)}
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif)
    return Upload("tsucho.jpg", content.getvalue())


def answers_for(page: Page) -> dict[str, Value]:
    """What this page asks and nobody has filled in yet."""
    values: dict[str, Value] = {}
    form = page.form()
    for control in form.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]"):
        name, kind = control.get("name"), control.get("type") or control.tag
        base, _dot, part = name.rpartition(".")
        answer, date = ANSWERS.get(name), ANSWERS.get(base)
        if kind == "file":
            values[name] = photo()
        elif kind == "checkbox":
            values[name] = control.get("value") or "on"
        elif isinstance(answer, str):
            values[name] = answer
        elif isinstance(date, str) and part in ("era", "year", "month", "day"):
            year, month, day = date.split("-")
            values[name] = {"year": year, "month": str(int(month)), "day": str(int(day))}.get(
                part, option_like(control, "western")
            )
    return values


def apply(walk: Walk, browser: Browser) -> str:
    """Find the procedure, fill the form page by page, send it twice; the number."""
    expect(browser.get("/procedures/?q=こども手当"), "児童手当 認定請求")
    page = expect(browser.get(f"/procedures/{PROCEDURE}/"), "児童手当 認定請求")
    page = browser.submit(page, form="start/")
    pages = 0
    while "/pages/" in page.url:
        if pages == 2:
            refused = browser.submit(page, answers_for(page) | {CHILD: BAD_TEXT}, press="action=next")
            expect(refused, "文字")
            if BAD_TEXT not in refused.tree.xpath(f"string(//input[@name='{CHILD}']/@value)"):
                raise Failed("what was typed is lost")
            walk.say("1万文字の氏名: 項目に説明が出て、入力は残った")
            # the draft has it now: what follows is typed on the page that came back
            page = refused
        before = page.url
        page = browser.submit(page, answers_for(page), press="action=next")
        pages += 1
        if page.url == before:
            raise Failed(f"the page was refused: {page.text[:600]}")
    expect(page, "内容の確認", "タカハシ", "ミナミ")
    walk.say(f"申請書 {pages} ページを入力し、確認画面に進んだ（ひらがなのフリガナは片仮名になった）")
    done = expect(browser.submit(page, form="submit/"), "受付番号")
    number = find(r"(\d{4}-\d{4}-\d{3})", done.text)
    again = expect(browser.submit(page, form="submit/"), number)
    if again.url != done.url:
        raise Failed("the second sending went elsewhere")
    walk.say(f"二度送信しても申請は一件: 受付番号 {number}")
    walk.box.wait_for(EMAIL, number)
    walk.say("受付のメールが届いた")
    detail = browser.get(browser.get("/my/applications/").link("児童手当"))
    copy = browser.get(detail.link("copy.pdf"))
    keep_pdf(walk, copy, "hikae.pdf")
    walk.say(f"控え（PDF {len(copy.body):,} バイト）を保存した")
    return number


def correct(walk: Walk, browser: Browser, number: str) -> None:
    """The handler asks for a correction at a field; the resident answers it."""
    handler = walk.staff("handler")
    case = open_case(handler, number)
    case = expect(handler.submit(case, form="take/"), "審査中")
    asking = handler.get(case.link("return/"))
    box = asking.tree.xpath("//textarea[contains(@name, 'account')]/@name")[0]
    expect(handler.submit(asking, {str(box): "口座番号をもう一度お確かめください。"}), "補正依頼中")
    walk.say("審査担当: 口座番号にコメントを付けて補正を依頼した")
    walk.box.wait_for(EMAIL, "確認していただきたいことがあります")
    page = browser.get(browser.get("/my/applications/").link("児童手当"))
    expect(page, "口座番号をもう一度お確かめください。")
    page = browser.get(page.link("/pages/"))
    while "/pages/" in page.url:
        values: dict[str, Value] = {}
        if page.tree.xpath("//input[@name='q-account.number']"):
            values["q-account.number"] = "7654321"
        page = browser.submit(page, values, press="action=next")
    expect(browser.submit(page, form="submit/"), number)
    walk.say("住民: メールを見て補正し、送信し直した")


def decide(walk: Walk, number: str) -> None:
    """The handler proposes, the approver approves; a stranger sees nothing."""
    handler, approver = walk.staff("handler"), walk.staff("approver")
    case = expect(open_case(handler, number), "7654321")
    # of departments that no one-stop desk stands in for
    stranger = walk.staff("handler3").get(case.url)
    expect(stranger, status=404)
    walk.say("ほかの課の審査担当には、この申請は見えない（404）")
    expect(
        handler.submit(case, {"decision": "approve", "reason": "認定の要件を満たしているため。"}, form="decide/"),
        "決裁中",
    )
    letter = approver.submit(open_case(approver, number), {"comment": ""}, form="approve/preview/")
    expect(letter, "認定の要件を満たしているため。")
    expect(approver.submit(letter, form="approve/"), "承認")
    late = handler.submit(case, {"decision": "refuse", "reason": "二重の決定"}, form="decide/")
    if "承認" not in late.text:
        raise Failed("a second decision changed the case")
    walk.say("起案 → 決裁者が通知書の文面を見て承認。古い画面からの二度目の決定は受け付けられない")


def receive(walk: Walk, browser: Browser) -> tuple[str, bytes]:
    """The worker sets and signs; the resident is told, opens and keeps the document."""
    mail = walk.box.wait_for(EMAIL, "お知らせが届いています")
    if "児童手当" in demo_servers.text_of(mail):
        raise Failed("the alert says what it is about")
    walk.say("お知らせメールが届いた（内容は書かれていない）")
    page = browser.get(browser.get("/my/notices/").link("児童手当"))
    expect(page, "開封する")
    page = expect(browser.submit(page, form="open/"), "認定の要件を満たしているため。")
    pdf = browser.get(page.link("document.pdf"))
    keep_pdf(walk, pdf, "tsuchi.pdf")
    number = find(r"通知番号\s*(\d{4}-\d{4}-\d{3})", page.text)
    walk.say(f"通知 {number} を開封し、署名付きPDF（{len(pdf.body):,} バイト）を保存した")
    return number, pdf.body


def check_authenticity(walk: Walk, number: str, pdf: bytes) -> None:
    """Anybody: by number, by file, with one byte changed."""
    anybody = Browser(walk.origin)
    page = anybody.get("/verify/")
    expect(anybody.get(f"/verify/{number.replace('-', '')}/"), "市が発行した通知の番号です")
    expect(anybody.submit(page, {"file": Upload("tsuchi.pdf", pdf)}), "本物の通知書です")
    changed = bytearray(pdf)
    changed[len(changed) // 2] ^= 1
    answer = anybody.submit(page, {"file": Upload("altered.pdf", bytes(changed))})
    answer = wait_while(anybody, answer, "確認しています")
    expect(answer, "書き換えられた疑いがあります")
    refused = anybody.submit(page, {"file": Upload("program.pdf", b"MZ" + b"\0" * 500)})
    expect(refused, "PDF")
    walk.say("真正性の確認: 番号と原本は真正、1バイト変えると「書き換えられた疑い」、.exe は受け付けない")


def see_evidence(walk: Walk, number: str) -> None:
    """Staff see that it arrived."""
    handler = walk.staff("handler")
    page = handler.get(handler.get(f"/staff/notices/?text={number}").link(number))
    expect(page, "受け取れる状態にした", "お知らせを送信した", "本人が開封した")
    walk.say("職員: お届け・メール送信・開封の時刻が記録されている")


def send_paper(walk: Walk) -> None:
    """A resident without consent gets a letter: refuse a waiting case of the demo, print, post."""
    handler = walk.staff("handler")
    page = handler.get("/staff/letters/")
    if "郵送待ちの通知はありません" in page.text:
        raise Failed("the demo has no notice that waits for a letter")
    run = handler.submit(page, form="create/")
    run = wait_while(handler, run, "印刷用のPDFを作っています")
    letters = handler.get(run.link("letters.pdf"))
    keep_pdf(walk, letters, "yuso.pdf")
    expect(handler.submit(run, form="posted/"), "発送済み")
    walk.say(f"郵送: 未開封・同意なしの通知を印刷用PDF（{len(letters.body):,} バイト）にまとめ、発送済みにした")


def open_case(browser: Browser, number: str) -> Page:
    """The case with a number, from the work list."""
    return browser.get(browser.get(f"/staff/cases/?text={number}&state=").link(number))


def wait_while(browser: Browser, page: Page, words: str) -> Page:
    """Ask again while the page says it is at work."""
    deadline = time.monotonic() + WAIT_SECONDS
    while words in page.text:
        if time.monotonic() > deadline:
            raise Failed(f"{page.url} still says {words!r}")
        time.sleep(0.5)
        page = browser.get(page.url)
    return page


def keep_pdf(walk: Walk, page: Page, name: str) -> None:
    if page.content_type != "application/pdf" or not page.body.startswith(b"%PDF-"):
        raise Failed(f"{page.url} is no PDF ({page.status} {page.content_type})")
    (walk.folder / name).write_bytes(page.body)


def find(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise Failed(f"nothing like {pattern!r} in: {text[:300]}")
    return match[1]


def walk_through(walk: Walk) -> None:
    """The whole path."""
    browser = sign_up(walk)
    number = apply(walk, browser)
    correct(walk, browser, number)
    decide(walk, number)
    notice, pdf = receive(walk, browser)
    check_authenticity(walk, notice, pdf)
    see_evidence(walk, notice)
    send_paper(walk)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="frontyard-check-"))
    port = demo_servers.free_port()
    print(f"PDFs, mails and logs: {folder}")
    try:
        with demo_servers.smtp(folder / "mails") as (box, smtp_port):
            env = demo_servers.environment(folder, port, smtp_port)
            with demo_servers.product(env, folder, port):
                walk_through(Walk(f"http://localhost:{port}", folder, box))
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the answer is no
        if not isinstance(error, Failed | LookupError | TimeoutError):
            traceback.print_exc()
        print(f"FAILED: {error}\nLogs, PDFs and mails: {folder}", file=sys.stderr)
        return 1
    print(f"The whole path works. PDFs and mails: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
