"""Words of the controls, and what is wrong with an answer, in the languages of the tablet at the hall."""

import gettext
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import to_locale

from applications.definition import Field
from applications.enums import FieldType
from applications.fields import build
from reservations.hall.languages import JAPANESE, LANGUAGES

LOCALE = Path(__file__).resolve().parents[2] / "locale"
OTHERS = [code for code in LANGUAGES if code != JAPANESE]


def written(code):
    """Pairs of the .po file, which has one line a text."""
    lines = (LOCALE / to_locale(code) / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8").splitlines()
    texts = [line.partition(" ")[2][1:-1].replace('\\"', '"') for line in lines if line.startswith(("msgid", "msgstr"))]
    return dict(zip(texts[2::2], texts[3::2], strict=True))


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_compiled_is_what_is_written(code):
    with (LOCALE / to_locale(code) / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    words = written(code)
    assert len(words) > 90
    assert {text: compiled.gettext(text) for text in words} == words


def test_every_language_has_the_same_texts():
    first, *others = [set(written(code)) for code in OTHERS]
    assert all(one == first for one in others)


@pytest.mark.parametrize(
    ("code", "said"), [("en", "Please fill this in."), ("ja-easy", "かいて ください。"), ("ja", "入力してください。")]
)
def test_a_blank_answer_is_named_in_the_language(code, said):
    field = Field("name", FieldType.TEXT, "氏名", required=True, max_length=10)
    with translation.override(code):
        built = build(field)
        with pytest.raises(Exception, match=said):
            built.clean("")
