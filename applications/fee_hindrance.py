"""An unpaid fee stands in the way of a decision."""

from applications.hindrances import finders
from applications.queries.fees import unpaid_before_decision


def register_fee_hindrance() -> None:
    """Called once, from `AppConfig.ready`."""
    finders.register("applications.fees", unpaid_before_decision, position=20)
