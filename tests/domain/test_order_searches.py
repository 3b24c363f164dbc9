from datetime import UTC, datetime
from uuid import UUID

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.order.finding import (
    Authorized,
    FromSource,
    InChannel,
    InStates,
    MomentKind,
    OfAccount,
    OfCustomer,
    OrderedThrough,
    PaidWithCard,
    PlacedByStaff,
    TotalBetween,
    Within,
    WithPriority,
)
from commerce_api.domain.order.keys import HasKey, OrderKey
from commerce_api.domain.order.searches import keys_asked
from commerce_api.domain.text_match import TextMatch

SOMETHING = UUID(int=1)


def test_a_trace_tells_the_kinds_of_keys_and_nothing_else():
    name = HasKey(kind=OrderKey.CUSTOMER_NAME, match=TextMatch.EXACT, plain="byron")
    others = (
        InStates(states=()),
        InChannel(channel_id=SOMETHING),
        OfCustomer(customer_id=SOMETHING),
        PlacedByStaff(staff_id=SOMETHING),
        FromSource(source="web"),
        OfAccount(number="A-1"),
        WithPriority(priorities=()),
        OrderedThrough(channels=()),
        PaidWithCard(last_four="4242"),
        Authorized(reference="r"),
        TotalBetween(currency="EUR"),
        Within(kind=MomentKind.UPDATED, start=datetime(2026, 3, 2, tzinfo=UTC)),
    )

    assert keys_asked(AllOf(parts=(name, AnyOf(parts=(name, *others)), NoneOf(parts=(name,))))) == (
        *("ACCOUNT", "AUTHORIZATION", "CARD_LAST_FOUR", "CHANNEL", "CUSTOMER", "CUSTOMER_NAME"),
        *("ORDERED_THROUGH", "PLACED_BY", "PRIORITY", "SOURCE", "STATE", "TOTAL", "UPDATED"),
    )
    assert keys_asked(AllOf(parts=())) == ()
