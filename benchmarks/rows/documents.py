"""Decision letters: setting and signing, beside the libraries' ordinary ways."""

from benchmarks import letters
from benchmarks.measure import Row

SECOND_LETTERS, SECOND_YARDSTICKS = 200, 15
# letters a second on two cores, set and signed
AIM = 80


def rows() -> list[Row]:
    """Milliseconds of processor time a letter, then letters a second; each yardstick is the row of its own kind."""
    measured = letters.rows()
    yardsticks = [row for row in measured if row.aim is None]
    ours = [row for row in measured if row.aim is not None]
    alone = [
        Row(
            row.name,
            f"{row.milliseconds:.1f} ms",
            f"{yardstick.milliseconds:.1f} ms ({yardstick.name.removeprefix('yardstick: ')})",
            f"{row.milliseconds / yardstick.milliseconds:.2f}",
            f"< {row.aim:.0f} ms",
            row.milliseconds < row.aim,
        )
        for row, yardstick in zip(ours, yardsticks, strict=True)
    ]
    return [*alone, *letters_a_second()]


def letters_a_second() -> list[Row]:
    """Two processes at once, as two workers are."""
    plain = letters.rate("set", count=SECOND_LETTERS)
    signed = letters.rate("signed", count=SECOND_LETTERS)
    weasyprint = letters.rate("weasyprint", count=SECOND_YARDSTICKS)
    beside = f"{weasyprint.per_second:.1f}/s (WeasyPrint, stock signer)"
    return [
        Row(
            f"letters a second, {name}, two processes ({made.megabytes} MB each)",
            f"{made.per_second:.0f}/s",
            beside,
            f"{made.per_second / weasyprint.per_second:.1f}",
            f"> {AIM}/s",
            made.per_second > AIM,
        )
        for name, made in (("set", plain), ("set and signed", signed))
    ]
