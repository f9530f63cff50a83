"""What stands folded at the end of a page, for those who want to add it (`counter.combined.is_on_request`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from applications.form_pages import Block, PageForm
from applications.typed import Typed
from counter.combined import is_on_request
from counter.entries import is_filled


@dataclass(frozen=True)
class Addable:
    """Blocks under one line that says what they are for; open where something is said, or to be said, in them."""

    blocks: tuple[Block, ...]
    is_open: bool

    @property
    def labels(self) -> list[str]:
        return [block.field.label for block in self.blocks if not block.is_hidden]


def with_addable(form: PageForm, values: Typed) -> dict[str, Any]:
    """The page in two parts: `asked`, and `addable` where there is any in sight."""
    blocks = tuple(form.blocks())
    folded = tuple(block for block in blocks if is_on_request(block.field))
    addable = Addable(folded, any(_is_in_use(folded, form, values)))
    if not addable.labels:
        # all of it hidden: where an answer of the page brings it up it stands among the others
        return {"asked": blocks, "addable": None}
    return {"asked": tuple(block for block in blocks if block not in folded), "addable": addable}


def _is_in_use(blocks: Iterable[Block], form: PageForm, values: Typed) -> Iterable[bool]:
    wrong = form.errors if form.is_bound else {}
    return (is_filled(values.get(one.path)) or one.path in wrong or bool(one.comment) for one in blocks)
