"""Changing the inventory: one row on its page, many rows out of a file."""

from applications.services.inventory.files import Plan, PlanKind, Sight, check_sheet, keep_file, read_file, take_over
from applications.services.inventory.items import CodeTaken, ItemChanged, ItemRefused, save_item, seen_of

__all__ = [
    "CodeTaken",
    "ItemChanged",
    "ItemRefused",
    "Plan",
    "PlanKind",
    "Sight",
    "check_sheet",
    "keep_file",
    "read_file",
    "save_item",
    "seen_of",
    "take_over",
]
