"""How tests walk through a guide in the browser."""

from django.urls import reverse

from tests.e2e import filing


def answer_page(page, day):
    """The first choice of every question that is shown, the same day for every date."""
    main = page.locator("main")
    for name in main.locator("select[name$='.era']:visible").evaluate_all("all => all.map(one => one.name)"):
        stem = name.removesuffix(".era")
        main.locator(f"select[name='{name}']").select_option("western")
        for part, value in (("year", day.year), ("month", day.month), ("day", day.day)):
            main.locator(f"input[name='{stem}.{part}']").fill(str(value))
    choices = "input[type=radio]:visible, input[type=checkbox]:visible"
    for name in dict.fromkeys(main.locator(choices).evaluate_all("all => all.map(one => one.name)")):
        main.locator(f"input[name='{name}']").first.check()


def walk_to_summary(page, start, day):
    """From the beginning of a guide to the summary; the addresses of the pages on the way."""
    page.goto(start)
    with page.expect_navigation():
        page.get_by_role("link", name="質問を始める").click()
    passed = []
    while "/check/" not in page.url:
        passed.append(page.url)
        assert len(passed) < 20, passed
        answer_page(page, day)
        filing.press_through(page, "次へ")
    return passed


def guide_url(name, key, *parts):
    return reverse(f"applications:guide_{name}", args=[key, *parts])
