"""Whoever is signed in gives the password once more, before something by which they could be shut out."""

from dataclasses import field

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.password import WrongPassword
from commerce_api.domain.session import SessionKind
from commerce_api.domain.throttle import SIGN_IN
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.persistence.readers.credentials import Login, login_of, staff_login_of

_LOGINS = {SessionKind.CUSTOMER: (ActorKind.CUSTOMER, login_of), SessionKind.STAFF: (ActorKind.STAFF, staff_login_of)}


@value
class ProveAgain:
    kind: SessionKind
    current_password: str = field(repr=False)


def account_name(kind: SessionKind, email: str) -> str:
    """What attempts on an account are counted under: a customer and a member of staff may have the same address."""
    return f"staff\0{email}" if kind is SessionKind.STAFF else email


async def prove_again(entrance: Entrance, command: ProveAgain) -> Login | Refused:
    """The attempt is counted; whoever acts on the answer acquits it."""
    actor_kind, login_of_ = _LOGINS[command.kind]
    actor = entrance.by.actor
    login = await login_of_(entrance.database, actor.id) if actor.kind is actor_kind else None
    if login is None:
        return _wrong()
    if refused := await entrance.admit(SIGN_IN, account_name(command.kind, login.email)):
        return refused
    right = await entrance.passwords.verify(login.password_hash, command.current_password)
    return login if right else _wrong()


def _wrong() -> Refused:
    return refuse(WrongPassword(path=("currentPassword",)))
