"""What must be known to decide about a cart, beside the cart itself."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.adjustment import Originals, OverrideReason
from commerce_api.domain.cart.commands import VariantRef
from commerce_api.domain.cart.state import MAX_QUANTITY, Author
from commerce_api.domain.custom_field import CustomField
from commerce_api.domain.ids import ShippingMethodId, VariantId
from commerce_api.domain.limits import Limit
from commerce_api.domain.line_requests import local_day
from commerce_api.domain.shipping import ShippingObstacle, ShippingOption
from commerce_api.domain.value import value

Offers: TypeAlias = Mapping[ShippingMethodId, ShippingOption | ShippingObstacle]
"""What each shipping method answers for a group."""


@value
class QuantityRules:
    """How many of a variant can be bought: at least, at most, and in which steps."""

    minimum: int = 1
    maximum: int | None = None
    step: int = 1

    @property
    def most(self) -> int:
        return min(self.maximum or MAX_QUANTITY, MAX_QUANTITY)


@value
class Sellable:
    """A variant as the cart's channel sells it at the moment. `on_sale` is false when it is not in the assortment."""

    variant_id: VariantId
    on_sale: bool
    rules: QuantityRules


@value
class MoneyFacts:
    """What is asked, and how far whoever acts may go from it with this command: `permitted` at all, `reason` that they gave, if
    it is one, warnings that they `acknowledged`.
    """

    originals: Originals
    permitted: bool = True
    limits: tuple[Limit, ...] = ()
    reason: OverrideReason | None = None
    tax_class_known: bool = True
    acknowledged: frozenset[str] = frozenset()


@value
class Facts:
    """What `decide` has to know besides the cart.

    `prices` by variant and quantity, in the cart's currency; None while they have not been looked up (`prices_wanted` says
    which are needed). `new_ids` are for what the command makes. `shipping` is about the group in question. `fields` are all
    custom fields. An author of the staff who is `assisting` says nothing that is for staff alone.
    """

    at: datetime
    author: Author
    assisting: bool = False
    time_zone: str = "UTC"
    new_ids: tuple[UUID, ...] = ()
    variants: Mapping[VariantRef, Sellable]
    prices: Mapping[tuple[VariantId, int], int] | None = None
    shipping: Offers
    currencies: tuple[str, ...] = ()
    fields: tuple[CustomField, ...] = ()
    money: MoneyFacts | None = None

    @property
    def today(self) -> date:
        """Where it is sold."""
        return local_day(self.at, self.time_zone)
