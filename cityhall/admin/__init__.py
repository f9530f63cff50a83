"""Screens of the base for administrators and auditors."""

from cityhall.admin import audit, city, devices, files, people
from cityhall.admin.base import BaseAdmin

__all__ = ["BaseAdmin", "audit", "city", "devices", "files", "people"]
