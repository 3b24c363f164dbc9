"""Tables, constraints and indexes, one module per area. Private to `persistence`."""

from commerce_api.persistence.tables import (
    adjustments,
    buying,
    cards,
    catalog,
    channels,
    custom_fields,
    customer_desk,
    desk,
    finding,
    identity,
    quotes,
    records,
    search,
    stock,
)
from commerce_api.persistence.tables.columns import metadata

__all__ = [
    "adjustments",
    "buying",
    "cards",
    "catalog",
    "channels",
    "custom_fields",
    "customer_desk",
    "desk",
    "finding",
    "identity",
    "metadata",
    "quotes",
    "records",
    "search",
    "stock",
]
