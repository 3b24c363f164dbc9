"""Which channel a request is answered in."""

from datetime import datetime, timedelta

from commerce_api.domain.channel import Channel
from commerce_api.persistence.readers.channels import active_channels
from commerce_api.persistence.sql import Database

_FRESH = timedelta(seconds=1)


class ChannelDirectory:
    """All channels in memory, read again when older than a second: a change of a channel is seen everywhere within that."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_code: dict[str, Channel] = {}
        self._default: Channel | None = None
        self._read_at: datetime | None = None
        self._forgotten = 0

    async def find(self, code: str | None, at: datetime) -> Channel | None:
        """The channel with this code, or the default one; None if there is no such channel."""
        while self._read_at is None or not timedelta(0) <= at - self._read_at < _FRESH:
            await self._read(at)
        return self._by_code.get(code) if code else self._default

    def forget(self) -> None:
        """Read again at the next request; what is being read at this moment may be out of date."""
        self._read_at = None
        self._forgotten += 1

    async def _read(self, at: datetime) -> None:
        forgotten = self._forgotten
        found = await active_channels(self._database)
        if forgotten != self._forgotten:
            return
        self._by_code = {channel.code: channel for channel, _ in found}
        self._default = next((channel for channel, default in found if default), None)
        self._read_at = at
