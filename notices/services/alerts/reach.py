"""Where a person can be told: what they have, what the kind of notice allows, what they chose."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from notices.enums import Channel
from notices.models import BadAddress, ChannelPreference, LineAccount, Notice, PushSubscription, SmsNumber
from residents.models import Resident
from residents.queries import living_row_of, mail_address_of


@dataclass(frozen=True)
class Reach:
    """The ways to one person that work as far as we know; empty ones lead nowhere."""

    email: str = ""
    pushes: tuple[PushSubscription, ...] = ()
    line: LineAccount | None = None
    sms: SmsNumber | None = None

    @property
    def channels(self) -> frozenset[Channel]:
        ways = {
            Channel.EMAIL: self.email,
            Channel.PUSH: self.pushes,
            Channel.LINE: self.line,
            Channel.SMS: self.sms,
        }
        return frozenset(channel for channel, way in ways.items() if way)

    def only(self, channels: Collection[str]) -> "Reach":
        """The same without the ways that are not named."""
        return Reach(
            email=self.email if Channel.EMAIL in channels else "",
            pushes=self.pushes if Channel.PUSH in channels else (),
            line=self.line if Channel.LINE in channels else None,
            sms=self.sms if Channel.SMS in channels else None,
        )


def reach_of(notice: Notice) -> Reach:
    """The ways over which the recipient is told of a notice; nothing for people without an account.

    A choice that leads nowhere any more (LINE blocked, the phone lost) must not keep the city silent: then every way
    that the kind of notice allows counts.
    """
    recipient = living_row_of(notice.recipient)
    allowed = reach_of_person(recipient).only(notice.version.notice_type.alert_channels)
    chosen = choice_of(recipient, notice.inbox_category)
    wanted = allowed if chosen is None else allowed.only(chosen)
    return wanted if wanted.channels else allowed


def reach_of_person(recipient: Resident) -> Reach:
    """Every way to a person; none without an account, because an alert asks them to sign in, and none to the dead."""
    if recipient.user_id is None or recipient.died_on is not None:
        return Reach()
    address = mail_address_of(recipient)
    reach = Reach(
        pushes=tuple(PushSubscription.objects.filter(user=recipient.user_id, ended_at__isnull=True).order_by("id")),
        line=LineAccount.objects.filter(user=recipient.user_id, blocked_at__isnull=True).first(),
        sms=SmsNumber.objects.filter(user=recipient.user_id, verified_at__isnull=False, ended_at__isnull=True).first(),
    )
    return replace(reach, email=address) if address and not is_bad(address) else reach


def choice_of(recipient: Resident, inbox_category: str) -> list[str] | None:
    """What the person chose for a drawer of the inbox; None when they chose nothing."""
    found = ChannelPreference.objects.filter(resident=recipient, inbox_category=inbox_category)
    return found.values_list("channels", flat=True).first()


def is_bad(address: str) -> bool:
    """Whether mail came back from this address and nobody lifted that."""
    return BadAddress.objects.filter(email=address.lower()).exists()


def alert_address(notice: Notice) -> str:
    """Where the alert mail goes, or ""."""
    return reach_of(notice).email


def can_be_told(notice: Notice) -> bool:
    """Whether anything of ours reaches the recipient: who cannot be told does not wait for the paper clock."""
    return bool(reach_of(notice).channels)
