"""API keys: for programs, with as much as they need and never more than who issued them."""

from dataclasses import field, replace
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from commerce_api.adapters.tokens import TokenKind, new_token, token_hash
from commerce_api.domain import staff as domain
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import NotFound, Refusal, Refused, refuse
from commerce_api.domain.ids import ApiKeyId, StaffId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.staff import ApiKey, ApiKeyCreated, ApiKeyRevoked
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
    expires_at: datetime | None


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
    if no := domain.may_grant(command.permissions, actor.permissions):
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
        revoked_at=None,
    )
    created = ApiKeyCreated(permissions=tuple(sorted(key.permissions)), expires_at=key.expires_at)
    await ApiKeyStore(uow).add(key, token_hash(secret), created)
    return IssuedKey(key=key, secret=secret)


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
