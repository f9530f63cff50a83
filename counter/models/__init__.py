"""What is brought to the counter, and the visits in which it is used."""

from counter.models.bereavements import (
    Bereavement,
    BereavementCheck,
    BereavementCorner,
    BereavementEvent,
    BereavementRequest,
    BereavementSheet,
    BereavementStep,
    ElsewhereItem,
)
from counter.models.certificates import CertificateIssue, CertificateOrder
from counter.models.hand_overs import HandOver, HandOverEvent
from counter.models.invitations import AccountInvitation
from counter.models.layouts import FormLayout, LayoutField
from counter.models.move_ins import MoveIn, MoveInImport, MoveInItem, MoveInSettings
from counter.models.prefills import Prefill, PrefillProcedure, PrefillScan
from counter.models.printing import PrintJob
from counter.models.visits import Visit, VisitEvent, VisitPeriod, VisitProcedure, VisitSignature

__all__ = [
    "AccountInvitation",
    "Bereavement",
    "BereavementCheck",
    "BereavementCorner",
    "BereavementEvent",
    "BereavementRequest",
    "BereavementSheet",
    "BereavementStep",
    "CertificateIssue",
    "CertificateOrder",
    "ElsewhereItem",
    "FormLayout",
    "HandOver",
    "HandOverEvent",
    "LayoutField",
    "MoveIn",
    "MoveInImport",
    "MoveInItem",
    "MoveInSettings",
    "Prefill",
    "PrefillProcedure",
    "PrefillScan",
    "PrintJob",
    "Visit",
    "VisitEvent",
    "VisitPeriod",
    "VisitProcedure",
    "VisitSignature",
]
