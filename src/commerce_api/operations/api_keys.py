"""API keys: for programs, with as much as they need and never more than who issued them."""

from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.domain import staff as domain
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import NotFound, Refusal, Refused, refuse
from commerce_api.domain.ids import ApiKeyId, ChannelId, StaffId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.staff import ApiKey, ApiKeyCreated, ApiKeyIsOver, ApiKeyRevoked, ApiKeyRotated
from commerce_api.domain.value import value
from commerce_api.persistence.stores.staff import ApiKeyStore
from commerce_api.persistence.unit_of_work import UnitOfWork

_SHOWN: Final = len(TokenKind.API_KEY) + 4
"""Characters of a secret that tell keys apart."""


@value
class OnlyPeopleIssueKeys(Refusal):
    """A key cannot issue keys; somebody of the staff has to."""

    staff_only: ClassVar[bool] = True


@value
class CreateApiKey:
    name: str
    permissions: frozenset[Permission]
    channel_ids: tuple[ChannelId, ...] | None
    expires_at: datetime | None


@value
class RotateApiKey:
    id: ApiKeyId
    overlap: timedelta


@value
class IssuedKey:
    """`secret` is shown this once; None when a repeated request is answered."""

    key: ApiKey
    secret: str | None = field(repr=False)

    @property
    def id(self) -> ApiKeyId:
        return self.key.id


async def load_key(uow: UnitOfWork, id: UUID) -> IssuedKey | None:
    key = await ApiKeyStore(uow).get(id)
    return IssuedKey(key=key, secret=None) if key else None


async def create_key(uow: UnitOfWork, command: CreateApiKey) -> IssuedKey | Refused:
    actor = uow.by.actor
    if actor.kind is not ActorKind.STAFF or actor.id is None:
        return refuse(OnlyPeopleIssueKeys())
    if no := domain.may_issue(command.permissions, actor):
        return refuse(no)
    secret = new_token(TokenKind.API_KEY)
    key = ApiKey(
        id=ApiKeyId(uow.new_id()),
        name=command.name,
        prefix=secret[:_SHOWN],
        permissions=command.permissions,
        created_by=StaffId(actor.id),
        created_at=uow.by.at,
        expires_at=command.expires_at,
        channel_ids=command.channel_ids,
    )
    created = ApiKeyCreated(permissions=tuple(sorted(key.permissions)), expires_at=key.expires_at)
    await ApiKeyStore(uow).add(key, token_hash(secret), created)
    return IssuedKey(key=key, secret=secret)


async def rotate_key(uow: UnitOfWork, command: RotateApiKey) -> IssuedKey | Refused:
    """A new secret for the same key. Whoever gets it could do what the key may, and so must be allowed to grant that."""
    if uow.by.actor.kind is not ActorKind.STAFF:
        return refuse(OnlyPeopleIssueKeys())
    store = ApiKeyStore(uow)
    key = await store.get(command.id)
    if key is None:
        return refuse(NotFound(path=("id",)))
    if key.is_over(uow.by.at):
        return refuse(ApiKeyIsOver(path=("id",)))
    if no := domain.may_issue(key.permissions, uow.by.actor):
        return refuse(replace(no, path=("id",)))
    secret, until = new_token(TokenKind.API_KEY), uow.by.at + command.overlap
    rotated = replace(key, prefix=secret[:_SHOWN], previous_until=until)
    await store.rotate(rotated, token_hash(secret), ApiKeyRotated(previous_until=until))
    return IssuedKey(key=rotated, secret=secret)


async def revoke_key(uow: UnitOfWork, id: ApiKeyId) -> IssuedKey | Refused:
    """At once and for good. Revoking again changes nothing."""
    store = ApiKeyStore(uow)
    key = await store.get(id)
    if key is None:
        return refuse(NotFound(path=("id",)))
    if key.revoked_at is None:
        await store.revoke(id, ApiKeyRevoked())
        key = replace(key, revoked_at=uow.by.at)
    return IssuedKey(key=key, secret=None)
