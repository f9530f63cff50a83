"""The languages beside Japanese in which the city writes its names and forms."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final[Mapping[str, str]] = {
    "ja-easy": "やさしい にほんご",
    "en": "English",
    "zh-hans": "简体中文",
    "zh-hant": "繁體中文",
    "ko": "한국어",
    "vi": "Tiếng Việt",
    "pt": "Português",
    "tl": "Tagalog",
    "ne": "नेपाली",
}
"""Code and own name."""


def picked(japanese: str, others: Mapping[str, object], language: str | None) -> str:
    """A text of the models in the language, Japanese where it has no words of it."""
    return str(others.get(language or "") or japanese)
