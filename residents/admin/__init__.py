"""Residents for administrators and auditors; reading anybody is in the audit trail."""

from residents.admin import businesses, people, records, register

__all__ = ["businesses", "people", "records", "register"]
