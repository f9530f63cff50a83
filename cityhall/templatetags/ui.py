"""Filters and tags of the pages: dates in the era calendar, reference numbers, icons, safe Markdown."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import nh3
from django import template
from django.forms import BoundField
from django.template.base import Parser, Token
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from cityhall.days import wareki as wareki_of
from cityhall.references import format_number

register = template.Library()

_WHOLE = '<span class="nowrap">%s</span>'
_WITH_UNIT = re.compile(r"([0-9０-９][0-9０-９,.]*(?:円|日|時間|分|か月|年|件|通|枚|人|歳|km|m))")
BANNER_KINDS = frozenset({"success", "error", "warning", "info"})
# what a text from the catalogue or an administrator may contain; a page's own h1 and h2 stay unique
MARKDOWN_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "hr"}
_markdown = MarkdownIt("zero").enable(
    ["list", "emphasis", "link", "heading", "newline", "escape", "entity", "blockquote", "hr"]
)


@register.filter
def wareki(value: date | datetime | None) -> str:
    """A date in the era calendar (令和8年11月21日); a moment is taken to the local day first."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return wareki_of(value)


@register.filter
def wareki_time(value: datetime | None) -> str:
    """A moment as local era date and time (令和8年11月21日 9:05)."""
    if not value:
        return ""
    moment = timezone.localtime(value)
    return f"{wareki_of(moment.date())} {moment.hour}:{moment.minute:02}"


@register.filter
def hours(count: int) -> str:
    """A span as people say it: 120 → 5日, 30 → 30時間."""
    days, rest = divmod(count, 24)
    return _("%(count)s時間") % {"count": count} if rest or not days else _("%(count)s日") % {"count": days}


@register.filter
def reference(number: str) -> str:
    """A public number in groups that can be read out (1234-5678-901)."""
    return format_number(number) if number else ""


@register.filter
def postal_code(digits: str) -> str:
    """Seven digits as 123-4567; anything else as it is."""
    return f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 and digits.isdecimal() else digits


@register.filter
def whole_numbers(text: str) -> SafeString:
    """The text with every number kept on one line with its unit: 1,600円 is not broken before 円."""
    # what was split at stands at every second place
    parts = enumerate(_WITH_UNIT.split(text or ""))
    return mark_safe("".join(_WHOLE % escape(part) if at % 2 else escape(part) for at, part in parts))  # noqa: S308


@register.filter
def mail_address(address: str) -> SafeString:
    """The address with places where a narrow column may break it: before the @ and after a dot, not inside a word."""
    parts = re.split(r"(?=@)|(?<=\.)", address or "")
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


@register.filter
def markdown(text: str) -> SafeString:
    """A small part of Markdown as HTML: what the list above does not name is dropped, links open in place."""
    html = _markdown.render(text or "")
    for level in ("1", "2"):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    clean = nh3.clean(
        html, tags=MARKDOWN_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto", "tel"}
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


@register.filter
@lru_cache(maxsize=256)
def public_markdown(text: str) -> SafeString:
    """As `markdown`, for a text that everybody may read: the process remembers it."""
    return markdown(text)


@register.filter
def banner_kind(kind: str) -> str:
    """One of the four kinds of banner; a level of Django's messages that is none of them is news."""
    return kind if kind in BANNER_KINDS else "info"


@register.filter
def part_label(attrs: dict[str, Any]) -> str:
    """The label of one box of a field that has several (`data-label` of the sub-widget)."""
    return str(attrs.get("data-label") or attrs.get("aria-label") or "")


@register.filter
def target_id(field: BoundField) -> str:
    """The id that a link to this field must name: its control, or the fieldset around several."""
    return f"{field.auto_id}_group" if field.use_fieldset else field.id_for_label


@register.filter
def is_unit(label: str) -> bool:
    """Whether a part's label is read after its box: 2026 年 11 月 21 日."""
    return label in {"年", "月", "日", "歳", "円", "人"}


@register.filter
def is_single_box(field: BoundField) -> bool:
    """Whether the field is one check box, whose label stands beside it and not above."""
    widget = field.field.widget
    return getattr(widget, "input_type", "") == "checkbox" and not widget.use_fieldset


@register.filter
def only_text(value: object) -> str:
    """A string, or nothing: an include inherits names such as `form` from the page around it."""
    return value if isinstance(value, str) else ""


@register.simple_tag
def chip(label: str, tone: str = "") -> SafeString:
    """A short word with a tone. Long lists call it themselves: `components/status_chip.html` is the same as a part."""
    return format_html('<span class="chip chip--{}">{}</span>', tone or "neutral", label)


@register.simple_tag
def app_icon(name: str) -> SafeString:
    """A drawing of the sprite; it only repeats what the text beside it says."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


class FixedPart(template.Node):
    """An include without a context. It can show nothing of a person, a request or a row, so its text is kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        # on the node: it goes when the template is read anew
        self.rendered: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """The text in the language of the request, made once per process."""
        language = get_language()
        if language not in self.rendered:
            part = context.template.engine.get_template(self.name)  # type: ignore[union-attr]
            self.rendered[language] = part.render(template.Context())
        return self.rendered[language]


@register.tag
def fixed(_parser: Parser, token: Token) -> FixedPart:
    """`{% fixed "components/_texts.html" %}`: a part that depends on nothing but the language."""
    _tag, name = token.split_contents()
    return FixedPart(name.strip("\"'"))
