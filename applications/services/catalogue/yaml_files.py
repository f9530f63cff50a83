"""YAML of the catalogue: what stands there and nothing guessed.

`no` stays the text "no" and 2026-04-01 the text "2026-04-01"; a key that stands twice is refused
instead of the last one winning.
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from applications.services.catalogue.problems import CatalogueError, Problem
from cityhall.text import BadText, clean_json

MAX_BYTES = 500_000


class _Loader(yaml.SafeLoader):
    """The JSON part of YAML: text, whole and decimal numbers, true, false, null."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[object] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(None, None, _("名前は文字にしてください"), key_node.start_mark)
            if key in seen:
                reason = _("「%(key)s」が二度書かれています") % {"key": key}
                raise yaml.constructor.ConstructorError(None, None, reason, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read_yaml(path: Path) -> Any:
    """The document of one file. Raises CatalogueError naming the file, the line and the reason."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CatalogueError([Problem(path.name, "", _("ファイルが大きすぎます。"))])
        # _Loader is a SafeLoader: it makes plain values only
        return clean_json(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = _("%(line)s行目") % {"line": mark.line + 1} if mark else ""
        raise CatalogueError([Problem(path.name, line, str(error.problem or error.context))]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError([Problem(path.name, "", str(error))]) from None
    except BadText as error:
        raise CatalogueError([Problem(path.name, "", str(error))]) from None
    except OSError as error:
        raise CatalogueError([Problem(path.name, "", error.strerror or str(error))]) from None
