"""What the OpenAPI document describes."""

from typing import Any

Endpoint = tuple[str, str, str, Any]


def only_public_contract(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out `/api/ui/`, which promises nothing, and the document itself."""
    return [
        endpoint
        for endpoint in endpoints
        if endpoint[0].startswith("/api/v1/") and not endpoint[0].startswith("/api/v1/schema/")
    ]
