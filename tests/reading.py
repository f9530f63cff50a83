"""Reading a page as a person does: without the marks that say where a line may break."""

import html
import re

_WHOLE = re.compile(r'<span class="nowrap">([^<]*)</span>')


def words(page):
    """The page's HTML without entities, break marks, and the spans that keep a number and its unit on one line."""
    return html.unescape(_WHOLE.sub(r"\1", page).replace("<wbr>", ""))
