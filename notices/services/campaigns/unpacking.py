"""A workbook becomes a text file before its rows are checked slice by slice: else each slice unpacks it anew."""

import csv
import io
import re
from itertools import islice
from typing import Final

from django.db import transaction

from cityhall.enums import FileKind
from cityhall.services.files import write_file
from notices.models import Campaign
from notices.services.campaigns.claims import hold
from notices.services.campaigns.forgetting import release
from notices.services.campaigns.reading import MOST_ROWS, WORKBOOK, open_list
from residents.services.register.reading import UTF8

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def unpack_list(campaign: Campaign) -> None:
    """Put a text file with the same rows, numbered alike, in the place of a workbook. Nothing for other lists.

    Killed before the end, the workbook is still there. Raises ListRefused, LostClaim.
    """
    if campaign.file is None or campaign.encoding != WORKBOOK:
        return
    workbook = campaign.file
    text = write_file(
        content=_text_of(campaign).encode(UTF8),
        name=workbook.name,
        content_type="text/csv",
        kind=FileKind(workbook.kind),
    )
    with transaction.atomic():
        text.save(force_insert=True)
        hold(campaign, file=text, encoding=UTF8)
        release(workbook.pk)


def _text_of(campaign: Campaign) -> str:
    assert campaign.file is not None  # noqa: S101 - the caller looked
    text = io.StringIO()
    writer = csv.writer(text)
    with open_list(campaign.file, WORKBOOK) as (headings, rows):
        writer.writerow(headings)
        last = 1
        # one more than a list may have: reading the text refuses it
        for row in islice(rows, MOST_ROWS + 1):
            # lines that a sheet leaves out are counted all the same
            text.write("\r\n" * (row.number - last - 1))
            writer.writerow(row.cells)
            last = row.number
    # half a character cannot be written down; U+0000 makes its row a problem in the same words
    return _SURROGATE.sub("\0", text.getvalue())
