"""The ticket machine of `check_reservations`: tickets by service and by questions, check-in by number and camera."""

import os
from pathlib import Path

from hall_booking import Visit
from PIL import Image
from playwright.sync_api import Page, expect
from walk import PHONE, Walk, read_code

SCREEN = {"width": 1024, "height": 1366}
FRAMES = 10


def stand_before(walk: Walk) -> Page:
    """The ticket machine of the hall, in a browser with a camera."""
    page = walk.window(size=SCREEN, device="本庁舎1階 総合受付", camera=True)
    expect(page.get_by_role("link", name="予約")).to_be_visible()
    walk.picture(page, "kiosk-home")
    return page


def take_by_service(walk: Walk, page: Page) -> str:
    """A ticket with a double tap; sent once more by a nervous network, it is still the same."""
    page.goto("/kiosk/services/")
    walk.picture(page, "kiosk-services")
    with page.expect_navigation():
        page.get_by_role("link", name="印鑑登録").click()
    walk.picture(page, "kiosk-service")
    sent = {
        name: page.locator(f"main input[name={name}]").input_value() for name in ("csrfmiddlewaretoken", "request_key")
    }
    address = page.url
    page.get_by_role("button", name="番号札をとる").dblclick()
    label = label_of(page)
    walk.picture(page, "kiosk-ticket")
    again = page.request.post(address, form=sent, headers={"Referer": address})
    if not (again.ok and again.url == page.url):
        raise AssertionError(f"the same request led to {again.url}, not to {page.url}")
    walk.say(f"受付端末: 印鑑登録の番号札 {label}。二度押しても、同じ要求が二度届いても一枚")
    return label


def take_by_questions(walk: Walk, page: Page) -> tuple[str, str]:
    """A ticket of somebody who does not know where to go; and the address its QR code leads to."""
    page.goto("/kiosk/")
    page.get_by_role("link", name="分からない").click()
    walk.picture(page, "kiosk-question")
    page.get_by_role("link", name="引っ越した").click()
    page.get_by_role("link", name="引っ越してきた").click()
    page.get_by_role("button", name="番号札をとる").click()
    label = label_of(page)
    picture = walk.folder / "ticket-qr.png"
    page.locator(".hall-ticket__qr svg").screenshot(path=picture)
    address = read_code(picture)
    walk.say(f"受付端末: 質問に答えて番号札 {label}。札のQRコードは {address.removeprefix(walk.origin)[:12]}… を開く")
    return label, address


def check_in_by_number(walk: Walk, page: Page, visit: Visit) -> str:
    page.goto("/kiosk/check-in/")
    # the machine has no keyboard
    for digit in visit.number.replace("-", ""):
        page.get_by_role("button", name=digit, exact=True).click()
    walk.picture(page, "kiosk-check-in")
    page.get_by_role("button", name="受付する").click()
    label = label_of(page)
    walk.say(f"受付端末: 予約番号 {visit.number} を入力して受付。番号札 {label}")
    return label


def check_in_by_camera(walk: Walk, page: Page, visit: Visit) -> str:
    """The code from the guest's phone is held to the camera; held a second time, it is the same ticket."""
    if visit.code is None:
        raise AssertionError("the guest has no code")
    show_to_camera(walk.camera, visit.code)
    labels = []
    for _time in range(2):
        page.goto("/kiosk/check-in/")
        page.get_by_role("button", name="カメラで読み取る").click()
        labels.append(label_of(page))
    if labels[0] != labels[1]:
        raise AssertionError(f"the same code gave {labels}")
    walk.picture(page, "kiosk-checked-in")
    walk.say(f"受付端末: スマートフォンのQRコードをカメラが読み取り、番号札 {labels[0]}。二度かざしても同じ")
    return labels[0]


def refuse_unknown(walk: Walk, page: Page) -> None:
    page.goto("/kiosk/check-in/")
    page.get_by_label("予約番号").fill("1234-5678-901")
    page.get_by_role("button", name="受付する").click()
    said = page.locator(".error-summary li").first.inner_text()
    if "予約が見つかりません" not in said:
        raise AssertionError(f"an unknown number is answered with: {said}")
    walk.picture(page, "kiosk-unknown-number")
    walk.say(f"受付端末: 知らない番号には「{said}」")


def follow_on_phone(walk: Walk, address: str) -> Page:
    """The page of a ticket, opened from its QR code."""
    page = walk.window(size=PHONE)
    page.goto(address)
    walk.picture(page, "phone-ticket-waiting")
    walk.say(f"スマートフォンの番号札: {page.locator('[data-ticket-headline]').inner_text()}")
    return page


def label_of(page: Page) -> str:
    """The number on the ticket that is shown."""
    number = page.locator(".hall-ticket__number")
    expect(number).to_be_visible(timeout=20_000)
    return number.inner_text().strip()


def show_to_camera(camera: Path, code: Path) -> None:
    """The film the browser's camera plays: the code in front of a wall."""
    frame = Image.new("RGB", (640, 480), (200, 205, 210))
    card = Image.open(code).convert("RGB").resize((360, 360))
    frame.paste(card, (140, 60))
    film = camera.with_suffix(".new")
    with film.open("wb") as file:
        for _frame in range(FRAMES):
            frame.save(file, "JPEG", quality=90)
    os.replace(film, camera)
