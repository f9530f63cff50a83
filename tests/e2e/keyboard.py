"""Work in a browser by keyboard alone: Tab to what one wants, then type, choose or press."""

from playwright.sync_api import Page

MOST_STOPS = 220

NAME = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const labels = [...(at.labels ?? [])].map((one) => one.textContent).join(" ");
  return [at.getAttribute("aria-label"), labels, at.textContent].filter(Boolean).join(" ").replace(/\\s+/g, " ").trim();
}"""


def tab_to(page: Page, name: str, tag: str = "") -> None:
    """Press Tab until what carries the name has the focus. Fails when it is not reached once around the page."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate("document.activeElement?.tagName ?? ''")
        if found == "IFRAME":
            continue
        if name in page.evaluate(NAME) and tag in ("", found):
            return
    raise AssertionError(f"no way to {name!r} with the Tab key on {page.url}")


def press(page: Page, name: str, tag: str = "") -> None:
    """Go to a button or link and press Enter; the next page is there when this returns."""
    tab_to(page, name, tag)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, name: str, text: str, tag: str = "") -> None:
    """Go to a box and replace what stands in it."""
    tab_to(page, name, tag)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def tick(page: Page, name: str) -> None:
    """Go to a box to tick, or to a choice of several."""
    tab_to(page, name)
    page.keyboard.press("Space")


def choose_kind(page: Page, name: str) -> None:
    """Go along the choices of one question with the arrow keys."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    for _ in range(60):
        if name in page.evaluate(NAME):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no choice {name!r} on {page.url}")


def pick(page: Page, name: str, option: str) -> None:
    """Go to a list and pick an option by its place: letters of Japanese options cannot be typed everywhere."""
    tab_to(page, name, "SELECT")
    page.keyboard.press("Home")
    for _ in range(80):
        chosen = page.evaluate("document.activeElement.selectedOptions[0]?.textContent ?? ''")
        if option in chosen:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no option {option!r} in {name!r} on {page.url}")
