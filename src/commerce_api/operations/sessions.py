"""Opening, renewing and ending sessions, of customers and of staff."""

from dataclasses import field, replace
from datetime import datetime
from uuid import UUID

from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.domain import session as domain
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import SessionId
from commerce_api.domain.session import EndReason, InvalidToken, Session, SessionKind
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.persistence.stores.sessions import Hashes, SessionStore
from commerce_api.persistence.unit_of_work import UnitOfWork

_TOKENS = {
    SessionKind.CUSTOMER: (TokenKind.SHOP_ACCESS, TokenKind.SHOP_REFRESH),
    SessionKind.STAFF: (TokenKind.STAFF_ACCESS, TokenKind.STAFF_REFRESH),
}


@value
class IssuedSession:
    """A session with its tokens, which are shown this once."""

    session: Session
    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)

    @property
    def hashes(self) -> Hashes:
        return Hashes(access=token_hash(self.access_token), refresh=token_hash(self.refresh_token))


@value
class RefreshSession:
    kind: SessionKind
    refresh_token: str = field(repr=False)


def _issue(session: Session, at: datetime) -> IssuedSession:
    access, refresh = _TOKENS[session.kind]
    return IssuedSession(
        session=session,
        access_token=new_token(access),
        access_expires_at=domain.access_until(session.kind, session.expires_at, at),
        refresh_token=new_token(refresh),
    )


async def open_session(uow: UnitOfWork, kind: SessionKind, subject_id: UUID) -> IssuedSession:
    expires_at = uow.by.at + domain.LIFETIMES[kind].refresh
    session = Session(id=SessionId(uow.new_id()), kind=kind, subject_id=subject_id, expires_at=expires_at)
    issued = _issue(session, uow.by.at)
    await SessionStore(uow).open(session, issued.hashes, issued.access_expires_at)
    return issued


async def refresh(entrance: Entrance, command: RefreshSession) -> IssuedSession | Refused:
    """The next pair of tokens. That a token came twice is kept although the answer is a refusal."""
    outcome = await entrance.write(_refresh, command)
    return refuse(InvalidToken(path=("refreshToken",))) if outcome is None else outcome


async def _refresh(uow: UnitOfWork, command: RefreshSession) -> IssuedSession | Refused | None:
    store = SessionStore(uow)
    used = token_hash(command.refresh_token)
    known = await store.by_refresh(used)
    if known is None or known[0].kind is not command.kind:
        return refuse(InvalidToken(path=("refreshToken",)))
    session, used_at = known
    match domain.refresh(session, used_at, uow.by.at):
        case domain.Refreshed(expires_at=expires_at):
            issued = _issue(replace(session, expires_at=expires_at), uow.by.at)
            await store.renew(issued.session, used, issued.hashes, issued.access_expires_at)
            return issued
        case domain.SessionEnded(reason=reason):
            await store.end(session.id, reason)
            return None
        case InvalidToken() as invalid:
            return refuse(invalid)


@value
class SignOut:
    """Ends the session that asks, or all of whom it belongs to."""

    kind: SessionKind
    everywhere: bool = False


async def sign_out(uow: UnitOfWork, command: SignOut) -> int:
    """How many sessions that ended."""
    actor, store = uow.by.actor, SessionStore(uow)
    if command.everywhere:
        return await store.end_all(command.kind, actor.id, EndReason.SIGNED_OUT_EVERYWHERE)
    return await store.end(actor.session_id, EndReason.SIGNED_OUT)
