"""Procedures, their forms, and the cases made from them."""

from applications.models.application import Application, ApplicationEvent, ApplicationRevision
from applications.models.casework import Approval, Attachment, CorrectionRequest
from applications.models.procedure import FormVersion, LifeEvent, Procedure

__all__ = [
    "Application",
    "ApplicationEvent",
    "ApplicationRevision",
    "Approval",
    "Attachment",
    "CorrectionRequest",
    "FormVersion",
    "LifeEvent",
    "Procedure",
]
