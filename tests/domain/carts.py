"""Carts and facts for tests of the rules."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.address import Address
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import (
    CartId,
    CartLineId,
    ChannelId,
    CustomerId,
    ShipGroupId,
    ShippingMethodId,
    VariantId,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=15)
KETTLE, MUG, PALLET = (VariantId(UUID(int=number)) for number in (11, 12, 13))
ONE, TWO, THREE = (CartLineId(UUID(int=number)) for number in (21, 22, 23))
NEAR, FAR = (ShipGroupId(UUID(int=number)) for number in (31, 32))
POST = ShippingMethodId(UUID(int=41))
ADA, GRACE = CustomerId(UUID(int=51)), UUID(int=52)
GUEST = cart.Author(kind=ActorKind.GUEST)
BERLIN = Address(country="DE", city="Berlin")
NEW = tuple(UUID(int=number) for number in range(101, 201))

SOLD = {
    KETTLE: cart.Sellable(variant_id=KETTLE, on_sale=True, rules=cart.QuantityRules()),
    MUG: cart.Sellable(variant_id=MUG, on_sale=True, rules=cart.QuantityRules(minimum=2, maximum=12, step=2)),
    "MUG": cart.Sellable(variant_id=MUG, on_sale=True, rules=cart.QuantityRules(minimum=2, maximum=12, step=2)),
    PALLET: cart.Sellable(variant_id=PALLET, on_sale=False, rules=cart.QuantityRules()),
}


class AnyQuantity(dict):
    """Prices that do not depend on the quantity."""

    def get(self, key, default=None):
        return super().get(key[0], default)

    def __contains__(self, key):
        return super().__contains__(key[0])

    def __getitem__(self, key):
        return super().__getitem__(key[0])


PRICES = AnyQuantity({KETTLE: 1_000, MUG: 200, PALLET: 50_000})


def facts(**changes):
    values = {
        "at": NOON,
        "author": GUEST,
        "new_ids": NEW,
        "variants": SOLD,
        "prices": PRICES,
        "shipping": {},
        "currencies": ("EUR", "USD"),
    }
    return cart.Facts(**{**values, **changes})


def line(id=ONE, variant_id=KETTLE, quantity=1, *, seen=1_000, parent=None, attributes=None, fields=None):
    return cart.CartLine(
        id=id,
        variant_id=variant_id,
        quantity=quantity,
        parent_id=parent,
        attributes=attributes or {},
        fields=fields or {},
        seen_unit_price=seen,
        added_by=GUEST,
        added_at=NOON,
    )


def a_cart(*lines, state=None, id=1, **changes):
    cart_id = CartId(UUID(int=id))
    values = {
        "id": cart_id,
        "channel_id": ChannelId(UUID(int=2)),
        "state": state or cart.Active(),
        "currency": "EUR",
        "language": "en",
        "attributes": {},
        "lines": lines,
        "ship_groups": (cart.only_group(cart_id),),
        "created_at": NOON,
        "updated_at": NOON,
        "expires_at": NOON + timedelta(days=30),
        "revision": 1,
    }
    return cart.Cart(**{**values, **changes})


def group(id=NEAR, quantities=None, **changes):
    return cart.ShipGroup(id=id, quantities=quantities or {}, **changes)


def after(state, command, known=None):
    """The cart after the command, which must not be refused."""
    decided = cart.decide(state, command, known or facts())
    assert not isinstance(decided, Refused), decided
    return cart.evolved(state, decided)


def reasons(state, command, known=None):
    """Why the command is refused."""
    decided = cart.decide(state, command, known or facts())
    assert isinstance(decided, Refused), decided
    return list(decided.reasons)
