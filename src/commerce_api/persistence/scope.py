"""What a question is asked with: through which shop window, by whom, when."""

from datetime import datetime

from commerce_api.domain.actor import Actor
from commerce_api.domain.channel import Channel
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.value import value
from commerce_api.persistence.sql import Database


@value
class Scope:
    """Readers take a scope and many keys; they answer with a mapping that leaves out what is not there for this actor."""

    database: Database
    actor: Actor
    channel: Channel
    currency: str
    language: str
    at: datetime
    buyer_id: CustomerId | None = None
    """Whose prices are told: the customer who asks, or the one for whom staff ask."""
