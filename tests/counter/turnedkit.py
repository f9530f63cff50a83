"""What a page of the tablet turned round says, and what of it is in no words of the language read."""

import html
import re
from html.parser import HTMLParser

from django.utils.translation import trans_real

from cityhall.templatetags.spoken import is_japanese

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use"}
SAID_BY_PAGES = ("aria-label", "title", "alt", "placeholder")
NAMES = {"日本語", "やさしい にほんご"}
"""Names of languages stand in the language itself."""
UNSAID = {"data-row-title"}
"""Made into titles by scripts: nobody hears it."""


class Reader(HTMLParser):
    """Texts and spoken attributes of a page, each with the nearest `lang` around it."""

    def __init__(self, page):
        super().__init__()
        self.open, self.found = [], []
        self.feed(page)

    @property
    def language(self):
        return next((lang for _tag, lang in reversed(self.open) if lang), "")

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.open.append((tag, given.get("lang", "")))
        said = [value for name, value in attrs if value and (name in SAID_BY_PAGES or _is_data(name))]
        self.found += [(self.language, value) for value in said]
        if tag in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if text := data.strip():
            self.found.append((self.language, text))


class Missing:
    """Stands behind a catalogue and notes what it was asked for in vain."""

    def __init__(self, behind):
        self.behind, self.asked = behind, set()

    def gettext(self, message):
        self.asked.add(message)
        return self.behind.gettext(message) if self.behind else message

    def ngettext(self, one, many, number):
        self.asked.add(one)
        return self.behind.ngettext(one, many, number) if self.behind else one


def _is_data(name):
    return name.startswith("data-") and name not in UNSAID


def watch(monkeypatch, language):
    """What the catalogue of the language lacks of the texts that are asked for from here on."""
    catalogue = trans_real.translation(language)
    watcher = Missing(catalogue._fallback)
    monkeypatch.setattr(catalogue, "_fallback", watcher)
    return watcher


def is_on(message, shown):
    """Whether what a catalogue was asked for in vain came to the page; other texts are looked up and not shown."""
    pieces = [piece.strip() for piece in re.split(r"%\(\w+\)s|\{\w+\}|\n", html.unescape(message))]
    japanese = [piece for piece in pieces if is_japanese(piece)]
    return bool(japanese) and all(piece in shown for piece in japanese)


def check(answer, language, missing):
    """No text of ours was looked for in vain, and Japanese stands on no page of another language unmarked."""
    page = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    assert f'<html lang="{"ja" if language == "ja-easy" else language}"' in page
    reader = Reader(page)
    shown = "\n".join(text for _lang, text in reader.found)
    lacking = "\n".join(text for text in sorted(missing.asked) if is_on(text, shown))
    assert lacking == "", lacking
    if language != "ja-easy":
        wrong = [text for lang, text in reader.found if lang != "ja" and is_japanese(text) and text not in NAMES]
        wrong = [text for text in wrong if "緑野市" not in text]
        assert wrong == [], wrong
    return " ".join(text for _lang, text in reader.found)
