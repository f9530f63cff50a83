"""What the family of `check_counter` says, whatever page asks: at home, on the tablet, at the desk."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from playwright.sync_api import Locator, Page
from walk import today

MOVED: Final = today() - dt.timedelta(days=9)
TEXTS: Final = {
    "family": "新居",
    "given": "葵",
    "family_kana": "アライ",
    "given_kana": "アオイ",
    "postal_code": "198-0000",
    "prefecture": "東京都",
    "city": "緑野市",
    "town": "緑町",
    "street": "1-2-3",
    "phone": "090-1234-5678",
    "insured_person": "新居 葵",
    "bank_name": "緑野銀行",
    "bank_code": "0001",
    "branch_name": "本店",
    "branch_code": "001",
    "number": "1234567",
    "holder": "アライ アオイ",
    "time": "15:30",
}
"""By the end of the name of a box; a child's given name says which child it is."""
CHILDREN: Final = (("陽菜", "ヒナ", dt.date(2025, 6, 3)), ("蓮", "レン", dt.date(2017, 9, 21)))
"""In the order of the rows."""
BORN: Final = dt.date(1990, 3, 4)
_NO: Final = "いいえ"


def answer(page: Page, more: Mapping[str, str] = MappingProxyType({})) -> None:
    """Answer every question of a page that is shown and still empty; `more` are texts beside `TEXTS`."""
    main = page.locator("main")
    rows = rows_of(page)
    for name in _names(main, "select[name$='.era']:visible"):
        _write_date(main, name.removesuffix(".era"), rows)
    for name in _names(main, "input[type=radio]:visible"):
        _choose(main, name)
    for box in main.locator("input[type=checkbox][name^='q-']:visible").all():
        name = box.get_attribute("name") or ""
        if ".in_" in name or "consent" in name:
            box.check()
    for name in _names(main, "input[type=text][name^='q-']:visible"):
        _write(main, name, rows, TEXTS | more)
    for name in _names(main, "select[name$='account_type']:visible"):
        main.locator(f"select[name='{name}']").select_option(index=1)


def rows_of(page: Page) -> list[str]:
    """The ids of the children's rows, in their order."""
    names = _names(page.locator("main"), "[name^='q-children.']")
    return list(dict.fromkeys(name.split(".")[1] for name in names))


def _names(main: Locator, selector: str) -> list[str]:
    found: list[str] = main.locator(selector).evaluate_all("all => all.map(one => one.name)")
    return list(dict.fromkeys(found))


def _write_date(main: Locator, stem: str, rows: list[str]) -> None:
    if main.locator(f"input[name='{stem}.year']").input_value():
        return
    child = _child(stem, rows)
    day = child[2] if child else BORN if "birth" in stem else today() if "visit" in stem else MOVED
    main.locator(f"select[name='{stem}.era']").select_option("western")
    for part, value in (("year", day.year), ("month", day.month), ("day", day.day)):
        main.locator(f"input[name='{stem}.{part}']").fill(str(value))


def _choose(main: Locator, name: str) -> None:
    buttons = main.locator(f"input[name='{name}']")
    if main.locator(f"input[name='{name}']:checked").count():
        return
    last = buttons.last
    text = last.evaluate("one => one.closest('label')?.innerText ?? ''")
    (last if text.strip() == _NO else buttons.first).check()


def _write(main: Locator, name: str, rows: list[str], texts: Mapping[str, str]) -> None:
    box = main.locator(f"input[type=text][name='{name}']")
    if box.count() != 1 or box.input_value() or name.endswith((".other", ".year", ".month", ".day")):
        return
    end = name.rpartition(".")[2]
    child = _child(name, rows)
    if child and end in ("given", "given_kana"):
        box.fill(child[0] if end == "given" else child[1])
        return
    for key, text in texts.items():
        if end == key or end.endswith(f"_{key}"):
            box.fill(text)
            return


def _child(name: str, rows: list[str]) -> tuple[str, str, dt.date] | None:
    known = zip(rows, CHILDREN, strict=False)
    return next((child for row, child in known if f"children.{row}." in name), None)
