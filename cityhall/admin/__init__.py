"""Screens of the base for administrators and auditors."""

from cityhall.admin.base import BaseAdmin

__all__ = ["BaseAdmin"]
