"""What a person does to file 児童手当 認定請求, step by step, with the labels they see."""

import io
import re

from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

PROCEDURE = "児童手当 認定請求"
PROCEDURE_KEY = "jido-teate-nintei"
ACCOUNT_NUMBER = "口座番号"
NUMBER = re.compile(r"\d{4}-\d{4}-\d{3}")


def photo(folder, name="通帳.jpg"):
    """A photo as a phone makes it, with its place in it."""
    picture = Image.effect_noise((1200, 900), 40).convert("RGB")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (35.0, 40.0, 0.0)}
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif)
    path = folder / name
    path.write_bytes(content.getvalue())
    return path


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def press_through(page, name):
    """Press, and wait for the next page: for whoever looks at its address or leaves it by another one."""
    with page.expect_navigation():
        press(page, name)


def go_back(page):
    _go_through_history(page, page.go_back)


def go_forward(page):
    _go_through_history(page, page.go_forward)


def _go_through_history(page, go):
    """Once the page is there: Chromium knows no history while it changes from one page to the next."""
    page.wait_for_load_state()
    try:
        go()
    except PlaywrightError as problem:
        if "Not attached to an active page" not in str(problem):
            raise
        page.wait_for_timeout(500)
        go()


def go_on(page, title):
    """次へ, to the page with this title; all of it is there, with its scripts."""
    press(page, "次へ")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    page.wait_for_load_state()


def write(page, label, text):
    """Type key by key, as a thumb does, instead of setting the value."""
    box = page.get_by_label(label)
    box.clear()
    box.press_sequentially(text)


def write_part(page, part, text):
    """One part of the first name the page asks for."""
    box = page.get_by_label(part, exact=True).first
    box.clear()
    box.press_sequentially(text)


def write_date(page, label, era, year, month, day):
    group = page.get_by_role("group", name=label)
    group.get_by_label("年号・西暦").select_option(label=era)
    for part, number in (("年", year), ("月", month), ("日", day)):
        group.get_by_label(part, exact=True).fill(str(number))


def choose(page, label, option):
    page.get_by_role("group", name=label).get_by_label(option).check()


def find_by_search(page):
    """From the front page to the procedure by a word people use for it."""
    page.goto("/")
    page.get_by_role("searchbox").first.fill("こども手当")
    page.get_by_role("searchbox").first.press("Enter")
    page.get_by_role("link", name=PROCEDURE).click()
    expect(page.get_by_role("heading", level=1, name=PROCEDURE)).to_be_visible()


def answer_household(page):
    choose(page, "請求の理由", "子どもが生まれた")
    write_date(page, "理由が生じた日", "令和", 7, 10, 1)
    choose(page, "加入している年金", "国民年金")
    choose(page, "今年1月1日に緑野市以外に住んでいましたか", "いいえ")
    choose(page, "配偶者（夫または妻）はいますか", "いいえ")


def answer_children(page):
    for part, text in (("姓", "髙橋"), ("名", "みなみ"), ("姓のフリガナ", "たかはし"), ("名のフリガナ", "みなみ")):
        write_part(page, part, text)
    write_date(page, "生年月日", "西暦", 2025, 10, 1)
    page.get_by_role("group", name="続柄").get_by_label("子", exact=True).check()
    choose(page, "同居・別居", "一緒に住んでいる")
    choose(page, "生計の関係", "生計を同じくしている")
    choose(page, "大学生年代の子の生活費を負担していますか", "いいえ")


def answer_account(page, number="１２３４５６７"):
    page.get_by_label("銀行・信用金庫・農協など").check()
    write(page, "金融機関名", "緑野銀行")
    write(page, "金融機関コード", "9999")
    write(page, "支店名", "本店")
    write(page, "支店コード", "001")
    page.get_by_label("口座の種類").select_option(label="普通")
    write(page, ACCOUNT_NUMBER, number)
    write(page, "口座名義", "タカハシ サクラ")
    page.get_by_label("上の内容に同意します").check()
