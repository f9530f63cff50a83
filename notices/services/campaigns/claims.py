"""The worker's hold on a campaign between two batches."""

import datetime as dt
from typing import Any, Final

from cityhall.services.work import keep
from notices.models import Campaign
from notices.services.campaigns.errors import LostClaim

LEASE: Final = dt.timedelta(minutes=2)


def hold(campaign: Campaign, **columns: Any) -> None:
    """Write how far the work came and hold on to it; call it first in the transaction of a batch.

    The row stays locked until the batch is written: whoever pauses or cancels waits for it, and the next batch finds
    the claim gone. Raises LostClaim.
    """
    if not keep(campaign, lease=LEASE, attempts=0, **columns):
        raise LostClaim
