"""Staff in the shop as the customer sees it, with a token that names both, for half an hour at most (S1-01)."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final
from uuid import UUID

from commerce_api.adapters.tokens import TokenKind, derived_token, token_hash
from commerce_api.domain.actor import SYSTEM, Attribution, Forbidden
from commerce_api.domain.assistance import LASTS, AssistanceSource, AssistedSession
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import AssistedSessionId, CartId, ChannelId, CustomerId, StaffId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.operations.execute import execute
from commerce_api.operations.services import Services
from commerce_api.persistence.readers.assistance import account_of
from commerce_api.persistence.readers.assisted_sessions import find_sessions
from commerce_api.persistence.stores.assistance import AssistedSessionStore
from commerce_api.persistence.unit_of_work import UnitOfWork

TOPIC: Final = "assisted-session"


@value
class StartAssistedSession:
    """For a customer, for whoever owns a cart, or with neither for a guest."""

    customer_id: CustomerId | None = None
    cart_id: CartId | None = None
    source: AssistanceSource
    reason: str


@value
class StartedSession:
    """`token` is shown this once."""

    session: AssistedSession
    token: str = field(repr=False)

    @property
    def id(self) -> AssistedSessionId:
        return self.session.id


@value
class EndAssistedSession:
    id: AssistedSessionId


@value
class AssistedSessions:
    """Tokens are made of the session's id with the server's secret, so that a repeated request gets the same one again."""

    secret: str = field(repr=False)

    async def start(self, uow: UnitOfWork, command: StartAssistedSession) -> StartedSession | Refused:
        """Only people begin one, never programs."""
        by, actor = uow.by, uow.by.actor
        if actor.id is None or actor.session_id is None:
            return refuse(Forbidden())
        served = await _served(uow, command)
        if isinstance(served, Refused):
            return served
        session = AssistedSession(
            id=AssistedSessionId(uow.new_id()),
            staff_id=StaffId(actor.id),
            staff_session_id=actor.session_id,
            customer_id=served.customer_id,
            cart_id=served.cart_id,
            channel_id=served.channel_id,
            source=command.source,
            reason=command.reason,
            started_at=by.at,
            expires_at=by.at + LASTS,
        )
        started = self._shown(session)
        await AssistedSessionStore(uow).start(session, token_hash(started.token))
        key = f"{TOPIC}:{session.id}"
        uow.outbox.put(TOPIC, {"session_id": session.id}, dedupe_key=key, due_at=session.expires_at)
        return started

    async def load(self, uow: UnitOfWork, id: UUID) -> StartedSession | Refused:
        found = await find_sessions(uow.connection, [id], uow.by.actor)
        return self._shown(found[0]) if found else refuse(NotFound())

    def _shown(self, session: AssistedSession) -> StartedSession:
        token = derived_token(TokenKind.SHOP_ASSISTED, self.secret, f"assisted-session\0{session.id}")
        return StartedSession(session=session, token=token)


@value
class _Served:
    channel_id: ChannelId
    customer_id: CustomerId | None = None
    cart_id: CartId | None = None


async def _served(uow: UnitOfWork, command: StartAssistedSession) -> _Served | Refused:
    """The owner of a cart is found by it; a guest's cart is opened without its token being told."""
    if command.cart_id:
        cart = await acting.cart_to_change(uow, command.cart_id)
        if isinstance(cart, Refused):
            return cart
        return _Served(channel_id=cart.channel_id, customer_id=cart.customer_id, cart_id=cart.id)
    channel_id = uow.by.channel_id
    if channel_id is None or not uow.by.actor.may_in(Permission.ACT_FOR_CUSTOMERS, channel_id):
        return refuse(Forbidden())
    if command.customer_id is None:
        return _Served(channel_id=channel_id)
    if await account_of(uow.connection, command.customer_id, uow.by.actor) is None:
        return refuse(NotFound(path=("customerId",)))
    against = await acting.against(uow, command.customer_id, ("customerId",))
    return against or _Served(channel_id=channel_id, customer_id=command.customer_id)


async def end(uow: UnitOfWork, command: EndAssistedSession) -> AssistedSession | Refused:
    return await AssistedSessionStore(uow).end_own(command.id) or refuse(NotFound(path=("id",)))


async def load_ended(uow: UnitOfWork, id: UUID) -> AssistedSession | Refused:
    found = await find_sessions(uow.connection, [id], uow.by.actor)
    return found[0] if found else refuse(NotFound(path=("id",)))


async def handle(services: Services, payload: Mapping[str, Any]) -> None:
    """The end of its time is written down, if it has not ended before."""
    by = Attribution(actor=SYSTEM, at=services.now(), request_id=str(payload["dedupe_key"]))
    await execute(services.database, by, _expire, UUID(payload["session_id"]))


async def _expire(uow: UnitOfWork, id: UUID) -> None:
    await AssistedSessionStore(uow).expire(id)
