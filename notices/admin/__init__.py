"""Notices for administrators and auditors: kinds can be changed, everything that happened can only be read."""

from notices.admin import campaigns, channels, circulars, notices

__all__ = ["campaigns", "channels", "circulars", "notices"]
