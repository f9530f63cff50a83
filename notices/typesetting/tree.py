"""Text and Markdown as the JSON tree the Typst layouts draw: runs of one font each, never markup."""

import unicodedata
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from cityhall.fonts import plan

# one run is a string (main font) or {"f": family, "v": text}; a node is {"t": kind, "c": children}
Node = str | dict[str, Any]

MINCHO = "mincho"
GOTHIC = "gothic"
_MAIN_FAMILY = {MINCHO: "BIZ UDMincho", GOTHIC: "BIZ UDGothic"}
# the same part of Markdown that the pages show
_markdown = MarkdownIt("zero").enable(
    ["list", "emphasis", "link", "heading", "newline", "escape", "entity", "blockquote", "hr"]
)
_BLOCK_KINDS = {
    "paragraph": "p",
    "heading": "h",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "blockquote": "quote",
    "hr": "hr",
}
_INLINE_KINDS = {"strong": "b", "em": "i"}


def runs(text: str, *, style: str = MINCHO) -> list[Node]:
    """One line of text, cut where the font changes. Raises GlyphMissing: a letter never shows a tofu."""
    return list(_runs(text, style))


@lru_cache(maxsize=2048)
def _runs(text: str, style: str) -> tuple[Node, ...]:
    """Kept, because most lines of a letter (labels, law, the city's names) stand in every letter."""
    line = text.replace("\n", " ")
    printable = "".join(character for character in line if unicodedata.category(character) != "Cc")
    main = _MAIN_FAMILY[style]
    planned = plan(printable, style=style) if printable else []
    return tuple(run.text if run.family == main else {"f": run.family, "v": run.text} for run in planned)


def lines(text: str, *, style: str = MINCHO) -> list[list[Node]]:
    """Several lines of text. Raises GlyphMissing."""
    return [runs(line, style=style) for line in text.splitlines()]


def blocks(markdown: str) -> list[Node]:
    """The Markdown subset as nodes p, h, ul, ol, quote, hr. Raises GlyphMissing."""
    return _blocks(SyntaxTreeNode(_markdown.parse(markdown)).children)


def _blocks(nodes: list[SyntaxTreeNode]) -> list[Node]:
    return [_block(node) for node in nodes if node.type in _BLOCK_KINDS]


def _block(node: SyntaxTreeNode) -> Node:
    kind = _BLOCK_KINDS[node.type]
    if kind in ("p", "h"):
        return {"t": kind, "c": _inlines(node.children[0].children, MINCHO if kind == "p" else GOTHIC)}
    if kind == "ul":
        return {"t": kind, "c": [_blocks(item.children) for item in node.children]}
    if kind == "ol":
        start = int(node.attrs.get("start", 1))
        return {"t": kind, "start": start, "c": [_blocks(item.children) for item in node.children]}
    return {"t": kind, "c": _blocks(node.children)}


def _inlines(nodes: list[SyntaxTreeNode], style: str) -> list[Node]:
    made: list[Node] = []
    for position, node in enumerate(nodes):
        match node.type:
            case "text":
                made += runs(node.content, style=style)
            case "hardbreak":
                made.append({"t": "br"})
            case "softbreak":
                if not _joins(nodes[position - 1], nodes[position + 1]):
                    made.append(" ")
            case "strong" | "em":
                made.append({"t": _INLINE_KINDS[node.type], "c": _inlines(node.children, GOTHIC)})
            case _:
                # a link on paper is its text
                made += _inlines(node.children, style)
    return made


def _joins(before: SyntaxTreeNode, after: SyntaxTreeNode) -> bool:
    """Whether a line end in the source means nothing: between two wide characters no blank is set."""
    left, right = _text_of(before)[-1:], _text_of(after)[:1]
    return any(unicodedata.east_asian_width(side) in "WF" for side in (left, right) if side)


def _text_of(node: SyntaxTreeNode) -> str:
    return node.content if node.type == "text" else "".join(_text_of(child) for child in node.children)
