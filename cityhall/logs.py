"""Structured logs: one JSON object a line, with the request id, without personal data."""

import logging
from contextvars import ContextVar

import structlog

# what a line may carry beside its event; the request object that Django adds would print paths and tokens
_DETAILS = ("work", "id", "state", "attempts", "error", "reason", "task", "file", "import")

request_id: ContextVar[str] = ContextVar("request_id", default="")


def add_request_id(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Put the id of the request under way into the line."""
    current = request_id.get()
    if current:
        event["request_id"] = current
    return event


def formatter() -> logging.Formatter:
    """The formatter named in LOGGING: records of the standard library and of structlog look the same."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=_DETAILS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
