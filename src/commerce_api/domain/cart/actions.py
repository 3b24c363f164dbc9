"""What can be done with a cart now, answered by the rules that also decide (K14)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from commerce_api.domain.cart import commands as c
from commerce_api.domain.cart.deciding import decide
from commerce_api.domain.cart.facts import Facts
from commerce_api.domain.cart.state import Author, Cart
from commerce_api.domain.decision import Refusal, Refused


class CartActionKind(StrEnum):
    CHANGE_LINES = "CHANGE_LINES"
    CHANGE_DETAILS = "CHANGE_DETAILS"
    SAVE = "SAVE"
    ACTIVATE = "ACTIVATE"
    DELETE = "DELETE"
    START_CHECKOUT = "START_CHECKOUT"


_TRIED: Final[Mapping[CartActionKind, c.CartCommand]] = {
    CartActionKind.CHANGE_LINES: c.AddLines(lines=()),
    CartActionKind.CHANGE_DETAILS: c.SetNote(note=""),
    CartActionKind.SAVE: c.SaveCart(name=""),
    CartActionKind.ACTIVATE: c.ActivateCart(),
    CartActionKind.DELETE: c.DeleteCart(),
    CartActionKind.START_CHECKOUT: c.StartCheckout(until=datetime.max),  # noqa: DTZ901 - compared with nothing
}
"""What each action is tried with: the least that could be asked."""


def actions(cart: Cart, author: Author, at: datetime) -> Mapping[CartActionKind, tuple[Refusal, ...]]:
    """Every action with what stands against it."""
    facts = Facts(at=at, author=author, variants={}, shipping={})
    tried = {kind: decide(cart, command, facts) for kind, command in _TRIED.items()}
    return {kind: decided.reasons if isinstance(decided, Refused) else () for kind, decided in tried.items()}
