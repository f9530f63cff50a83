"""The base everybody stands on. Nothing here knows of residents, notices or applications."""

from cityhall.models.audit import AuditEvent, AuditSeal
from cityhall.models.calendar import ClosedDay
from cityhall.models.city import Department, Municipality
from cityhall.models.devices import Device
from cityhall.models.files import StoredFile
from cityhall.models.staff import GrantedRight, StaffRole
from cityhall.models.users import User
from cityhall.models.work import Work

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "ClosedDay",
    "Department",
    "Device",
    "GrantedRight",
    "Municipality",
    "StaffRole",
    "StoredFile",
    "User",
    "Work",
]
