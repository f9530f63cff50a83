"""Applications for administrators and auditors."""

from applications.admin import cases, mandates, procedures

__all__ = ["cases", "mandates", "procedures"]
