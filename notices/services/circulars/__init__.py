"""Neighbourhood circulars: written and published, the homes they go to, and who has read them."""

from notices.services.circulars.homes import (
    AlreadyJoined,
    HomeFields,
    NotYourDistrict,
    add_home,
    change_home,
    disconnect_tablet,
    end_home,
    join,
    leave,
    new_tablet_code,
)
from notices.services.circulars.publishing import (
    AlreadyPublished,
    CircularFields,
    FileNotChecked,
    publish,
    save_draft,
    withdraw,
)
from notices.services.circulars.reading import NotOnDisplay, mark_read, mark_read_on_paper, take_back_paper

__all__ = [
    "AlreadyJoined",
    "AlreadyPublished",
    "CircularFields",
    "FileNotChecked",
    "HomeFields",
    "NotOnDisplay",
    "NotYourDistrict",
    "add_home",
    "change_home",
    "disconnect_tablet",
    "end_home",
    "join",
    "leave",
    "mark_read",
    "mark_read_on_paper",
    "new_tablet_code",
    "publish",
    "save_draft",
    "take_back_paper",
    "withdraw",
]
