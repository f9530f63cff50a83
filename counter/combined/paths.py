"""Where a question of a procedure stands in the combined form, in rows too."""

from counter.combined.model import Combined, Path


def place_of(combined: Combined, part: str, path: Path) -> Path | None:
    """`key` or `group.row.key` of a part as a path of the combined form; None for what is left out there."""
    key, *rest = path.split(".")
    if not rest:
        return combined.places.get((part, key))
    row, inner = rest
    place = combined.places.get((part, f"{key}.{inner}"))
    if place is None:
        return None
    group, _dot, own = place.partition(".")
    return f"{group}.{row}.{own}"


def page_number_of(combined: Combined, path: Path) -> int:
    """The number of the page a question of the combined form stands on, from 1."""
    key = path.partition(".")[0]
    numbers = (
        number for number, page in enumerate(combined.form.pages, 1) if any(one.key == key for one in page.fields)
    )
    return next(numbers, 1)
