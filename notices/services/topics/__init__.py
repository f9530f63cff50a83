"""City news that people choose by themselves: no account, no receipt, apart from addressed notices."""

from notices.services.topics.news import NothingChosen, send_news, spread, write_news
from notices.services.topics.subscribing import (
    AddressRefused,
    ask_by_mail,
    confirm_address,
    end_subscription,
    set_browser_topics,
    stop_secret,
    toggle_on_line,
)

__all__ = [
    "AddressRefused",
    "NothingChosen",
    "ask_by_mail",
    "confirm_address",
    "end_subscription",
    "send_news",
    "set_browser_topics",
    "spread",
    "stop_secret",
    "toggle_on_line",
    "write_news",
]
