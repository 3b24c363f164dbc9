"""What staff changed about money, for tests of the rules."""

from uuid import UUID

from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.adjustment import Adjustment, AdjustmentKind, ExtraCharge
from commerce_api.domain.totals import ChargeKind
from tests.domain.carts import NOON

GRACE = Author(kind=ActorKind.STAFF, id=UUID(int=52))


def adjustment(kind, target_id=None, amount=0, id=1, **changes):
    values = {"original": 1_000, "name": "Goodwill", "reason": "GOODWILL", "by": GRACE, "at": NOON}
    return Adjustment(id=UUID(int=id), kind=kind, target_id=target_id, amount=amount, **{**values, **changes})


def price(target_id, amount, **changes):
    return adjustment(AdjustmentKind.LINE_PRICE, target_id, amount, **changes)


def charge(target_id, amount, **changes):
    return adjustment(AdjustmentKind.CHARGE, target_id, amount, **changes)


def added(amount, *, tax_class_id=None, kind=ChargeKind.GIFT_WRAP, **changes):
    extra = ExtraCharge(kind=kind, tax_class_id=tax_class_id, refundable=True, mandatory=False)
    return adjustment(AdjustmentKind.EXTRA_CHARGE, None, amount, extra=extra, **changes)


def deduction(amount, **changes):
    return adjustment(AdjustmentKind.DEDUCTION, None, amount, **changes)
