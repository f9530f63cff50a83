"""The text of a notice: placeholders ((name)), parts under a condition ((if …)) … ((end)), and how both are filled.

    text = compile_text(version)
    text.fill({"recipient_name": "高橋 さくら", "fee": "12,000円"})

docs/notices.md says how texts are written.
"""

from notices.texts.checking import Mistake, mistakes_in
from notices.texts.compiled import CompiledText, NoticeText, compile_text
from notices.texts.filling import MissingValues, escape_markdown, fill, has_section_of, placeholders
from notices.texts.names import USUAL, USUAL_NAMES, Placeholder
from notices.texts.parsing import TextError

__all__ = [
    "USUAL",
    "USUAL_NAMES",
    "CompiledText",
    "MissingValues",
    "Mistake",
    "NoticeText",
    "Placeholder",
    "TextError",
    "compile_text",
    "escape_markdown",
    "fill",
    "has_section_of",
    "mistakes_in",
    "placeholders",
]
