"""Decision letters: setting and signing, beside the libraries' ordinary ways."""

from benchmarks import letters
from benchmarks.measure import Row


def rows() -> list[Row]:
    """Milliseconds of processor time a letter; each yardstick is the row of its own kind."""
    measured = letters.rows()
    yardsticks = [row for row in measured if row.aim is None]
    ours = [row for row in measured if row.aim is not None]
    return [
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
