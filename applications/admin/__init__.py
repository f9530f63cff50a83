"""Applications for administrators and auditors."""

from applications.admin import (
    approvals,
    cases,
    disposals,
    extracts,
    fees,
    grants,
    guides,
    inventory,
    mandates,
    payments,
    procedures,
    reports,
    surveys,
)

__all__ = [
    "approvals",
    "cases",
    "disposals",
    "extracts",
    "fees",
    "grants",
    "guides",
    "inventory",
    "mandates",
    "payments",
    "procedures",
    "reports",
    "surveys",
]
