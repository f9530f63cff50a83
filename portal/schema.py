"""What the OpenAPI document describes."""

from typing import Any

Endpoint = tuple[str, str, str, Any]

REFUSAL = {
    "type": "object",
    "description": "Every refusal: `code` is for programs, `message` for people, `fields` names the wrong fields.",
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {}},
    },
    "required": ["code", "message", "fields"],
}


def only_public_contract(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out `/api/ui/`, which promises nothing, and the document itself."""
    return [
        endpoint
        for endpoint in endpoints
        if endpoint[0].startswith("/api/v1/") and not endpoint[0].startswith("/api/v1/schema/")
    ]


def describe_refusals(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say of every operation that it may be refused, in the one shape of `cityhall.api.exception_handler`."""
    result.setdefault("components", {}).setdefault("schemas", {})["Refusal"] = REFUSAL
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("4XX", {"description": "Refused", "content": content})
    return result
