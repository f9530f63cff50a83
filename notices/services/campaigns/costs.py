"""What a campaign will cost in letters, worked out before it is approved."""

from dataclasses import dataclass

from django.utils import timezone

from cityhall.days import local_date
from cityhall.errors import DomainError
from cityhall.queries.city import municipality
from notices.enums import RowState
from notices.models import Campaign, CampaignRow, Notice
from notices.services.campaigns.people import people_by_id
from notices.services.campaigns.texts import Writer
from notices.services.issuing import address_of, columns_of_text, columns_of_version, document_number_of
from notices.services.postage import Postage, estimate
from notices.typesetting.letters import decision_letter

_SAMPLE_NUMBER = "00000000000"


@dataclass(frozen=True)
class Cost:
    """Letters from the start, and the most there can be when nobody opens. `pages` are those of a real letter."""

    pages: int
    letters: int
    postage: Postage
    most_letters: int
    most_postage: Postage


def reckon(campaign: Campaign) -> Cost | None:
    """The cost of a checked list; None while no row can be sent. Makes one real letter of its first row.

    Raises TooHeavy, GlyphMissing and other refusals of making that letter.
    """
    row = CampaignRow.objects.filter(campaign=campaign, state=RowState.GOOD).order_by("position").first()
    if row is None:
        return None
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.GOOD)
    on_paper, everybody = rows.filter(gets_paper=True).count(), campaign.good_count
    most = everybody if campaign.version.notice_type.hours_until_paper is not None else on_paper
    pages = _pages_of(sample_document(row))
    return Cost(pages, on_paper, estimate(on_paper, pages=pages), most, estimate(most, pages=pages))


def write_down(campaign: Campaign) -> None:
    """Keep the expected letters and postage with the campaign; without a letter that can be made, only the count."""
    rows = CampaignRow.objects.filter(campaign=campaign, state=RowState.GOOD, gets_paper=True)
    try:
        cost = reckon(campaign)
    except DomainError:
        cost = None
    count, yen = (cost.letters, cost.postage.total_yen) if cost else (rows.count(), 0)
    Campaign.objects.filter(pk=campaign.pk).update(paper_count=count, postage_yen=yen)


def sample_document(row: CampaignRow) -> bytes:
    """The letter that a row will become, unsigned and marked by a number that is nobody's. Stores nothing."""
    campaign, now = row.campaign, timezone.now()
    people = people_by_id({row.recipient_id or 0, row.subject_id or 0})
    recipient, subject = people[row.recipient_id or 0], people[row.subject_id or 0]
    city = municipality()
    notice = Notice(
        **columns_of_text(Writer(campaign, now=now).fill(recipient, subject, row.values)),
        **columns_of_version(campaign.version, issued_on=local_date(now)),
        **address_of(recipient),
        department=campaign.department,
        recipient_id=recipient.pk,
        subject_id=subject.pk,
        subject_name=subject.full_name,
        source_label=campaign.name,
        number=_SAMPLE_NUMBER,
        document_number=document_number_of(_SAMPLE_NUMBER, city=city),
    )
    return decision_letter(notice, city=city)


def _pages_of(pdf: bytes) -> int:
    # imported here: most processes never count pages
    from io import BytesIO

    from pikepdf import Pdf

    with Pdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)
