"""Reasons for canceling. They are data; people choose among those that are offered to them."""

from collections.abc import Mapping
from typing import Final

from commerce_api.domain.value import value

PAYMENT_TIMEOUT: Final = "PAYMENT_TIMEOUT"
"""The only one that nobody chooses: the order was not paid in time."""


@value
class CancelReason:
    code: str
    names: Mapping[str, str]
    for_staff: bool = True
    for_shoppers: bool = False
