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


# the widest numbers of the two databases: how rows are stored, not what is promised
_DATABASE_LIMITS = frozenset({32767, 2147483647, 9223372036854775807})


def forget_database_limits(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Leave out upper limits that only one of the databases has: the contract is the same on both."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        for field in schema.get("properties", {}).values():
            if field.get("type") == "integer" and field.get("maximum") in _DATABASE_LIMITS:
                del field["maximum"]
                field.pop("format", None)
    return result


def describe_refusals(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say of every operation that it may be refused, in the one shape of `cityhall.api.exception_handler`."""
    result.setdefault("components", {}).setdefault("schemas", {})["Refusal"] = REFUSAL
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("4XX", {"description": "Refused", "content": content})
    return result
