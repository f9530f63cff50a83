"""One rule for what staff take away of a case: whoever may read it may, and each time is written down.

Auditors and administrators read everything and change nothing; a copy in their hands is a reading like another.
"""

from applications.models import Application
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit


def record_download(case: Application, user: User, detail: str) -> None:
    """Write down that somebody of the staff took something of a case; `detail` says what, without its content."""
    audit.record(
        action=AuditAction.DOWNLOAD,
        actor=user,
        target_type="application",
        target_id=case.public_id,
        target_label=case.number or "",
        detail=detail,
        department_code=case.department.code,
    )
