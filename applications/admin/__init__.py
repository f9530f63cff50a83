"""Applications for administrators and auditors."""

from applications.admin import approvals, cases, guides, inventory, mandates, procedures, reports, surveys

__all__ = ["approvals", "cases", "guides", "inventory", "mandates", "procedures", "reports", "surveys"]
