"""Procedures, their forms, and the cases made from them."""

from applications.models.application import Application, ApplicationEvent, ApplicationRevision
from applications.models.casework import Approval, Attachment, CorrectionRequest
from applications.models.exchange import Message, MessageFile, Rating
from applications.models.procedure import FormDesign, FormVersion, LifeEvent, Procedure

__all__ = [
    "Application",
    "ApplicationEvent",
    "ApplicationRevision",
    "Approval",
    "Attachment",
    "CorrectionRequest",
    "FormDesign",
    "FormVersion",
    "LifeEvent",
    "Message",
    "MessageFile",
    "Procedure",
    "Rating",
]
