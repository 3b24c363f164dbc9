"""Who asks, from where, through which channel, in which currency and language: the headers of a request, checked."""

import re
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final, TypeAlias

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope as Asgi

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Actor, Attribution
from commerce_api.domain.channel import BEFORE_SETUP, Channel
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.intake import has_card_number
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.scope import Scope
from commerce_api.schema.context import Context
from commerce_api.schema.errors import BadInput, RequestError
from commerce_api.schema.node import key_of
from commerce_api.web.accept import LONGEST_KEPT

Network: TypeAlias = IPv4Network | IPv6Network
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{1,500}")


class Heading(Headers):
    """Of one request, looked through once. Starlette's are looked through from the first for each name, and the names are many."""

    def __init__(self, scope: Asgi) -> None:
        super().__init__(scope=scope)
        self._firsts = {name.decode("latin-1"): text.decode("latin-1") for name, text in reversed(scope["headers"])}

    def get(self, key: str, default: Any = None) -> Any:
        return self._firsts.get(key.lower(), default)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._firsts


class Introduced(Request):
    """A request that has passed the front, which has looked through its headers."""

    @property
    def headers(self) -> Headers:
        heading: Heading = self.scope["state"]["headers"]
        return heading

    @property
    def id(self) -> str:
        id_: str = self.scope["state"]["request_id"]
        return id_

    @property
    def address(self) -> str | None:
        address: str | None = self.scope["state"]["address"]
        return address


def request_id_of(given: str | None) -> str:
    """The client's own id if it is a sane one; it is kept with all that is written, so it is no card number either."""
    return given if given and _REQUEST_ID.fullmatch(given) and not has_card_number(given) else str(new_id())


def address_of(peer: str | None, forwarded: str, trusted: tuple[Network, ...]) -> str | None:
    """The client's address: the peer's, or what the nearest trusted proxies say (`X-Forwarded-For`, from the right)."""
    if not (forwarded and trusted):
        return peer
    address = peer
    for hop in reversed(forwarded.split(",")):
        if address is None or not _within(address, trusted) or not hop.strip():
            return address
        address = hop.strip()
    return address


def is_by_tls(scheme: str, peer: str | None, headers: Headers, trusted: tuple[Network, ...]) -> bool:
    """Whether the client's connection is TLS: ours, or that of a trusted proxy that says so (`X-Forwarded-Proto`)."""
    forwarded = headers.get("x-forwarded-proto", "").lower()
    return scheme == "https" or (forwarded == "https" and peer is not None and _within(peer, trusted))


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def network_of(address: str | None) -> str:
    """Whom a limit counts as one: an IPv4 address, or an IPv6 network of /64, which one customer has to himself."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if address and ":" in address else str(address)
    except ValueError:
        return str(address)


async def context_of(app: Any, request: Introduced, *, staff: bool, at: datetime) -> Context:
    """Everything about a request that operations and questions want to know."""
    channel = await _channel(app, request.headers.get("x-channel"), staff=staff, at=at)
    actor = await _actor(app, request, staff=staff, at=at)
    if actor.delegation and actor.delegation.channel_id != channel.id:
        raise BadInput("This assisted session is one of another channel; change the header X-Channel.")
    scope = Scope(
        database=app.database,
        actor=actor,
        channel=channel,
        currency=_currency(request.headers.get("x-currency"), channel),
        language=language_of(request.headers.get("accept-language", ""), channel.languages),
        at=at,
        buyer_id=_buyer(request.headers.get("x-customer"), actor, channel),
    )
    by = Attribution(
        actor=actor,
        at=at,
        request_id=request.id,
        channel_id=None if channel is BEFORE_SETUP else channel.id,
        ip=request.address,
    )
    return Context(scope, by, app)


async def _channel(app: Any, code: str | None, *, staff: bool, at: datetime) -> Channel:
    channel: Channel | None = await app.channels.find(code, at)
    if channel is not None:
        return channel
    if code:
        raise BadInput("There is no channel with the code in the header X-Channel.")
    if staff:
        return BEFORE_SETUP
    raise RequestError("NO_CHANNEL", "No channel is set up yet; staff make one with `saveChannel`.")


async def _actor(app: Any, request: Request, *, staff: bool, at: datetime) -> Actor:
    cart_token = request.headers.get("x-cart-token")
    token = _bearer(request.headers.get("authorization"))
    actor: Actor | None = await app.authenticate(app.database, token=token, cart_token=cart_token, staff=staff, at=at)
    if actor is None:
        raise unauthenticated()
    return actor


def unauthenticated() -> RequestError:
    return RequestError("UNAUTHENTICATED", "The credentials are wrong or have expired. Sign in again.")


def _bearer(authorization: str | None) -> str | None:
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        raise unauthenticated()
    return token.strip()


def _buyer(id_: str | None, actor: Actor, channel: Channel) -> CustomerId | None:
    if not id_:
        return actor.customer_id
    if not actor.may_in(Permission.ACT_FOR_CUSTOMERS, channel.id):
        raise BadInput("The header X-Customer is for staff who act for customers.")
    key = key_of(id_, "cus")
    if key is None:
        raise BadInput("This is not the id of a customer; change the header X-Customer.")
    return CustomerId(key)


def _currency(code: str | None, channel: Channel) -> str:
    if not code:
        return channel.currencies[0]
    if code.upper() not in channel.currencies:
        raise BadInput(f"This channel sells in {', '.join(channel.currencies)}; change the header X-Currency.")
    return code.upper()


def language_of(accept: str, languages: tuple[str, ...]) -> str:
    """The channel's language that the client likes best, else the channel's first."""
    if not accept:
        return languages[0]
    return _wanted(accept, languages) if len(accept) > LONGEST_KEPT else _kept_wanted(accept, languages)


def _wanted(accept: str, languages: tuple[str, ...]) -> str:
    wanted = []
    for part in accept.split(",")[:20]:
        tag, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=") or "1"
        wanted.append((float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 0.0, tag.lower()))
    for quality, tag in sorted(wanted, key=lambda entry: -entry[0]):
        for language in languages:
            if quality and tag.split("-")[0] == language.lower().split("-")[0] and _fits(tag, language, languages):
                return language
    return languages[0]


def _fits(tag: str, language: str, languages: tuple[str, ...]) -> bool:
    """Exactly this tag, or one of the same language if the exact one is not offered."""
    return tag == language.lower() or tag not in (offered.lower() for offered in languages)


_kept_wanted: Final = lru_cache(maxsize=1_000)(_wanted)
