"""What of an order staff have to open it for. Who saw more than a row of a list tells, its history says (S2-26).

It does not matter by which way they came to it: by its id, by a link from a customer, a quote or a block, in the answer of a
mutation, or in a list that shows all of it.
"""

from typing import Any, Final
from uuid import UUID

from graphql import GraphQLSchema

from commerce_api.compiled import before
from commerce_api.operations.order_reads import tell
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.schema.context import Context

ROW: Final = frozenset(
    {
        *("id", "number", "spokenNumber", "channel", "customer", "customerId", "origin", "language", "currency"),
        *("state", "stateCode", "statusText", "staffStatusText", "fulfillmentStatus", "paymentStatus", "stockStatus"),
        *("placedAt", "updatedAt", "paymentDueAt", "cancelReason", "acceptedTermsVersion", "versionNumber", "revision"),
        *("totals", "balance", "margin", "shippingPolicy", "gift", "priority", "tags"),
        *("blocks", "blocked", "holds", "edit", "allowedActions", "deskActions"),
        *("clonedFrom", "clones", "splitFrom", "splitInto", "version", "asOf"),
    }
)
"""Fields of `Order` that tell which order it is, where it stands and what it is worth. All others, those to come too, tell of
the people, what they bought or what was said.
"""


def note_reads(schema: GraphQLSchema) -> None:
    """Have the other fields note the order that they were asked of."""
    order: Any = schema.type_map["Order"]
    for name, field in order.fields.items():
        if name not in ROW:
            before(field, _note)


def _note(order: Any, context: Context, _: Any) -> None:
    context.note_read(order.key, order.row["channel_id"])


async def tell_reads(context: Context) -> None:
    """Put into the log what was noted, before the answer goes out: in the channels that want to know."""
    if not (read := context.orders_read):
        return
    here = context.channel
    ids: set[UUID] = {channel_id for channel_id in read.values() if channel_id != here.id}
    elsewhere = await context.load_many(channels_by_id, ids)
    wanted = {channel.id for channel in (here, *elsewhere) if channel and channel.order_reads_logged}
    orders = tuple(order_id for order_id, channel_id in read.items() if channel_id in wanted)
    if orders:
        await tell(context.database, context.by, orders)
