"""What was asked for beside lines, out of rows and into them: in carts and in orders alike."""

from collections.abc import Mapping
from typing import Any

from commerce_api.domain.line_requests import LineRequests


def requests_of(row: Mapping[str, Any]) -> LineRequests:
    return LineRequests(
        instructions=row["instructions"],
        gift_message=row["gift_message"],
        requested_ship_date=row["requested_ship_date"],
        expedite=row["expedite"],
    )


def request_values(requests: LineRequests) -> dict[str, Any]:
    return {
        "instructions": requests.instructions,
        "gift_message": requests.gift_message,
        "requested_ship_date": requests.requested_ship_date,
        "expedite": requests.expedite,
    }
