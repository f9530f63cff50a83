"""Pages in the reader's own colours, with more contrast, and at the width of a phone."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_browser, municipality):
    page = open_browser()
    page.goto("/")
    return page


def style_of(page, selector, name):
    script = "([at, name]) => getComputedStyle(document.querySelector(at)).getPropertyValue(name)"
    return page.evaluate(script, [selector, name])


def test_button_that_goes_on_is_told_apart_in_the_readers_own_colours(page):
    page.emulate_media(forced_colors="active")
    solid, outline = (style_of(page, f"main .button--{kind}", "background-color") for kind in ("solid", "outline"))
    assert solid != outline
    assert style_of(page, "main .button--solid", "color") == outline


def test_more_contrast_leaves_no_grey_words(page):
    before = style_of(page, ":root", "--ink-soft")
    page.emulate_media(contrast="more")
    assert (style_of(page, ":root", "--ink-soft"), before == "#000000") == ("#000000", False)


def test_lines_of_a_step_stand_beside_its_number(page):
    for item in page.locator(".ways > li").all():
        assert len({round(line.bounding_box()["x"]) for line in item.locator(":scope > p").all()}) == 1
