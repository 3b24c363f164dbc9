"""What the worker makes of the outbox, as far as mails about accounts are concerned."""

from commerce_api.operations import account_mail
from commerce_api.operations.services import Services
from commerce_api.settings import Settings

_DONE = "UPDATE outbox SET done_at = due_at WHERE topic = $1 AND done_at IS NULL RETURNING id, payload"


async def deliver(database, connection, clock):
    """Do what was asked for; answers the mails that were put."""
    services = Services(settings=Settings(), database=database, now=clock)
    for row in await connection.fetch(_DONE, account_mail.TOPIC):
        await account_mail.send(services, {**row["payload"], "dedupe_key": str(row["id"])})
    return [row["payload"] for row in await connection.fetch(_DONE, "mail")]
