"""Internal surveys (庁内照会) without a database: totals, charts, lines of the table."""

from cityhall.ids import short_code


def new_key() -> str:
    """A key for the procedure that holds the questions of a survey."""
    return f"shokai-{short_code()}{short_code()}"
