"""Which shop front is asked."""

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.permissions import requires


@strawberry.type
class ChannelQueries:
    @strawberry.field(
        description="The channel that this request is answered in.",
        directives=[requires(Permission.BROWSE_CATALOG)],
    )
    def channel(self, info: Info) -> Channel:
        return Channel.of(info.context.channel)
