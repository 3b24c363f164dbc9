"""Which shop front is asked."""

from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.channels import open_channels
from commerce_api.persistence.readers.settings import channels_by_id
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Context, Info
from commerce_api.schema.node import answers_for
from commerce_api.schema.permissions import PUBLIC, requires


@answers_for(Channel.prefix)
async def _node(context: Context, key: UUID) -> Channel | None:
    """Whoever sets channels up sees those that are closed too."""
    found = await context.load(channels_by_id if context.actor.may(Permission.STAFF_DESK) else open_channels, key)
    return Channel.of(found) if found else None


@strawberry.type
class ChannelQueries:
    @strawberry.field(
        description="The channel that this request is answered in.",
        directives=[requires(Permission.BROWSE_CATALOG)],
        metadata=PUBLIC,
    )
    def channel(self, info: Info) -> Channel:
        return Channel.of(info.context.channel)
