"""Applications for administrators and auditors."""

from applications.admin import cases, inventory, mandates, procedures

__all__ = ["cases", "inventory", "mandates", "procedures"]
