from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import pytest

from commerce_api.domain.cart import CartLine
from commerce_api.domain.channel import RoundingLevel
from commerce_api.domain.ids import CartLineId, ShipGroupId
from commerce_api.domain.money import Rounding
from commerce_api.domain.payment import PaymentRetries
from commerce_api.domain.quote.content import QuotedGroup
from commerce_api.domain.quote.state import Offer
from commerce_api.domain.tax import TaxLine, TaxPolicy
from commerce_api.persistence.documents import read
from tests.domain.carts import BERLIN, line

LINE = CartLineId(UUID(int=1))


@pytest.mark.parametrize(
    "value",
    [
        Offer(version=1, sent_at=datetime(2026, 3, 2, 12, tzinfo=UTC), valid_until=datetime(2026, 4, 1, tzinfo=UTC)),
        TaxLine(name="VAT", rate=Decimal("0.19"), base=100, amount=19),
        TaxPolicy(prices_include_tax=True, rounding=Rounding.HALF_UP, level=RoundingLevel.UNIT),
        PaymentRetries(),
        line(attributes={"engraving": "Ada"}),
        QuotedGroup(
            id=ShipGroupId(UUID(int=2)),
            address=BERLIN,
            instructions="",
            method_id=None,
            method_code="",
            method_name="",
            quantities=((LINE, 2),),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_was_written_is_read_back(value):
    assert read(type(value), orjson.loads(orjson.dumps(value, default=str))) == value


def test_what_a_document_does_not_have_yet_is_as_usual():
    written = orjson.loads(orjson.dumps(line(), default=str))
    del written["parent_id"]

    assert read(CartLine, {**written, "once": "known"}) == line()
