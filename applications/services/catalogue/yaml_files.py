"""YAML of the catalogue: what stands there and nothing guessed.

`no` stays the text "no" and 2026-04-01 the text "2026-04-01"; a key that stands twice is refused
instead of the last one winning. Files come from other cities too: tags, which make objects, depth and, in
what was uploaded, references are refused before anything is made of the text.
"""

import re
from collections.abc import Hashable, Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from applications.services.catalogue.problems import CatalogueError, Problem
from cityhall.text import BadText, clean_json

MAX_BYTES = 500_000
MAX_DEPTH = 45
"""Levels of a file: those of a form in the designer and the procedure around it."""
_WIDTH = 1_000_000
"""Lines are not folded: one text, one line of a difference."""

# libyaml is eight times as fast; wheels of PyYAML have it
_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(_BaseLoader):  # type: ignore[misc]  # one of two classes of PyYAML
    """The JSON part of YAML: text, whole and decimal numbers, true, false, null."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise _refusal(_("名前は文字にしてください"), key_node.start_mark)
            if key in seen:
                raise _refusal(_("「%(key)s」が二度書かれています") % {"key": key}, key_node.start_mark)
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class _Dumper(_BaseDumper):  # type: ignore[misc]  # one of two classes of PyYAML
    """Texts of several lines as they are read, and nothing that refers to another place."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


class _Refused(yaml.constructor.ConstructorError):
    """What is YAML and yet not taken; its `problem` is a sentence."""


def _refusal(reason: str, mark: Any) -> _Refused:
    return _Refused(None, None, reason, mark)


def read_yaml(name: str, data: bytes, *, allows_references: bool = False) -> Any:
    """The document of one file. Raises CatalogueError naming the file, the line and the reason.

    With `allows_references` a file may name a part of itself again (`&` and `*`); what they blow up to is
    held to the same size.
    """
    try:
        return _parsed(data, allows_references=allows_references)
    except _Unreadable as error:
        raise CatalogueError([Problem(name, error.where, error.reason)]) from None


def write_yaml(document: Mapping[str, Any] | list[Any]) -> str:
    """The text of a document that `read_yaml` reads back as it is. The same document gives the same text."""
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text


class _Unreadable(Exception):
    def __init__(self, reason: object, where: str = "") -> None:
        self.reason, self.where = str(reason), where
        super().__init__(self.reason)


def _parsed(data: bytes, *, allows_references: bool) -> Any:
    if len(data) > MAX_BYTES:
        raise _Unreadable(_("ファイルが大きすぎます。"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unreadable(_("文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。")) from None
    try:
        _refuse_tricks(text, allows_references=allows_references)
        # _Loader is a safe loader: it makes plain values only
        document = yaml.load(text, Loader=_Loader)  # noqa: S506
        if document is None:
            raise _Unreadable(_("ファイルに何も書かれていません。"))
        return clean_json(document, max_depth=MAX_DEPTH)
    except yaml.MarkedYAMLError as error:
        raise _Unreadable(_reason(error), _line(error.problem_mark or error.context_mark)) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise _Unreadable(_("使用できない文字が含まれています。その文字を削除してください。")) from None
    except BadText as error:
        raise _Unreadable(error) from None
    except ValueError:
        # a number of more than 4,300 digits
        raise _Unreadable(_("数の桁が多すぎます。")) from None


def _refuse_tricks(text: str, *, allows_references: bool) -> None:
    """Look through the file without making anything of it. Raises _Refused for depth, references and tags."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if getattr(event, "anchor", None) and not allows_references:
            raise _refusal(_("参照（& と *）は使えません"), event.start_mark)
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
            raise _refusal(_("型の指定（!）は使えません"), event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _refusal(_("入れ子が深すぎます"), event.start_mark)


def _reason(error: yaml.MarkedYAMLError) -> str:
    if isinstance(error, _Refused):
        return str(error.problem)
    return _("YAMLの書き方に誤りがあります（%(reason)s）。") % {"reason": error.problem or error.context}


def _line(mark: Any) -> str:
    return _("%(line)s行目") % {"line": mark.line + 1} if mark else ""
