"""What keeps a form that can be read from being published: asked by the designer, the catalogue and publishing."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from applications.conditions import check
from applications.definition import Field, Form, Problem
from applications.definition.values import repeated


def publishing_problems(form: Form) -> list[Problem]:
    """Every mistake of the conditions, and options that nobody can tell apart. Versions of old days may have them."""
    return [*check(form), *_repeated_options(form)]


def _repeated_options(form: Form) -> Iterator[Problem]:
    for field in form.fields:
        for path, one in ((field.key, field), *((f"{field.key}.{inner.key}", inner) for inner in field.fields)):
            if told := repeated_words(_words(one)):
                yield Problem(path, told)


def _words(field: Field) -> list[str]:
    """The options as a person reads them, with the one that is added at the end."""
    return [option.label.strip() for option in field.options] + ([str(_("その他"))] if field.other else [])


def repeated_words(words: Sequence[str]) -> str:
    """The sentence that names options which stand twice; nothing where there are none."""
    twice = "」「".join(repeated(words))
    sentence = _("同じことばの選択肢が二つ以上あります: 「%(words)s」。ことばを変えるか、一つを消してください。")
    return sentence % {"words": twice} if twice else ""
