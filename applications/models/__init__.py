"""Procedures, their forms, the cases made from them, and what staff do around them."""

from applications.models.application import Application, ApplicationEvent, ApplicationRevision
from applications.models.approvals import ApprovalDelegate, ApprovalSignature, ApprovalStep, RefusalReason
from applications.models.casework import Approval, Attachment, CorrectionRequest
from applications.models.desk_work import (
    BulkDecision,
    BulkDecisionRow,
    CaseFile,
    CaseNote,
    ChecklistItem,
    CheckMark,
    DigestSetting,
    Reception,
    SavedFilter,
    StaffDigest,
)
from applications.models.disposals import Disposal, DisposalMark, DisposalRow
from applications.models.exchange import Message, MessageFile, Rating, RatingTally
from applications.models.extracts import Extract, ExtractedCase, ExtractProfile
from applications.models.guide import GuideVersion, SharedGuide
from applications.models.inventory import InventoryGoal, InventoryItem, InventoryVolume
from applications.models.payments import CashDesignation, DailyClosing, Payment, PaymentEvent
from applications.models.procedure import FormDesign, FormVersion, LifeEvent, Procedure
from applications.models.reports import Report, ReportEvent, ReportKind, ReportPhoto
from applications.models.surveys import DepartmentGroup, Survey, SurveyAddressee

__all__ = [
    "Application",
    "ApplicationEvent",
    "ApplicationRevision",
    "Approval",
    "ApprovalDelegate",
    "ApprovalSignature",
    "ApprovalStep",
    "Attachment",
    "BulkDecision",
    "BulkDecisionRow",
    "CaseFile",
    "CaseNote",
    "CashDesignation",
    "CheckMark",
    "ChecklistItem",
    "CorrectionRequest",
    "DailyClosing",
    "DepartmentGroup",
    "DigestSetting",
    "Disposal",
    "DisposalMark",
    "DisposalRow",
    "Extract",
    "ExtractProfile",
    "ExtractedCase",
    "FormDesign",
    "FormVersion",
    "GuideVersion",
    "InventoryGoal",
    "InventoryItem",
    "InventoryVolume",
    "LifeEvent",
    "Message",
    "MessageFile",
    "Payment",
    "PaymentEvent",
    "Procedure",
    "Rating",
    "RatingTally",
    "Reception",
    "RefusalReason",
    "Report",
    "ReportEvent",
    "ReportKind",
    "ReportPhoto",
    "SavedFilter",
    "SharedGuide",
    "StaffDigest",
    "Survey",
    "SurveyAddressee",
]
