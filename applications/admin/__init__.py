"""Applications for administrators and auditors."""

from applications.admin import cases, guides, inventory, mandates, procedures, reports

__all__ = ["cases", "guides", "inventory", "mandates", "procedures", "reports"]
