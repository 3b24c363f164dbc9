"""Made-up customers of any number: the same ones each time, as rows for COPY. Names are as unevenly spread as people's are."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from commerce_api.domain.address import Address
from commerce_api.domain.customer_keys import Traits
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores import customer_keys
from commerce_api.persistence.stores.bulk import Rows

_BATCH = 5_000
_ACCOUNTS = 200
"""Companies with an account; one customer in ten buys for one."""
_FIRST = """
Anna Jürgen María Émile Søren Zoë François Lukas Chloë Björn Agnès Dieter Renée Käthe José Mathis Élodie Günther Inès
Jörg Marlène Noël Öznur Pál Quentin Róisín Štefan Thérèse Ursula Václav Wojciech Xenia Yvonne Zdeněk Ada Grace Alan
Barbara Edsger Frances Hedy Ida Joan Karl Lise Margaret Niklaus Olga Peter Rosa Sophie Tim Ulla Vera Werner Jean-Pierre
""".split()  # noqa: SIM905 - to be read
_ROOTS = """
Müll Schmi Schnei Fisch Web Mey Wagn Beck Schul Hoff Koch Rich Klei Wol Neum Schwar Zimm Brau Krüg Hofm Hart Lang Wern
Krau Lehm Köhl Herrm Köni Walt May Kais Fuchs Pet Schol Möll Weiß Jun Hah Vog Kell Fran Berg Gros Roth Beckm Lor Albr
""".split()  # noqa: SIM905
_ENDINGS = """
er mann dt ler s hof berg feld stein bach holz hausen inger ke ow sen ski ner ig el städt reuther bauer kamp wald brück
horst moser egger huber lein dorf thal see au heim rich hard win gast mut bert fried gang helm brand
""".split()  # noqa: SIM905
_TOWNS = """
Berlin München Köln Hamburg Lübeck Goslar Görlitz Wien Graz Linz Salzburg Lyon Paris Nîmes Besançon Tübingen Jena Erfurt
Zwickau Trier Kiel Bremen Fürth Ulm Bonn Essen Halle Soest Celle Lemgo
""".split()  # noqa: SIM905


class Made(NamedTuple):
    """What orders of the customer are made with."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    phone: str
    account: int | None
    address: Address
    created_at: datetime


def customers(count: int, *, at: datetime) -> Iterator[Made]:
    """The oldest first, one a minute until `at`."""
    return (_customer(number, at - timedelta(minutes=count - number)) for number in range(count))


async def fill(connection: Connection, count: int, *, channel_ids: Sequence[UUID], at: datetime) -> None:
    """Put them with addresses, accounts and keys into a store that has none yet, in batches."""
    rows = Rows()
    for number in range(_ACCOUNTS):
        rows.add("accounts", id=_account_id(number), number=f"K{number:06}", name=_company(number))
    await rows.copy(connection)
    index = await connection.raw.fetchval("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_customer_marks_marks'")
    await connection.raw.execute("DROP INDEX ix_customer_marks_marks")  # made whole at the end, it is made much faster
    made, names = customers(count, at=at), set[str]()
    while batch := list(islice(made, _BATCH)):
        await _put(connection, batch, channel_ids, names)
    await connection.raw.execute(index)


async def _put(connection: Connection, batch: Sequence[Made], channel_ids: Sequence[UUID], names: set[str]) -> None:
    rows = Rows()
    for made in batch:
        _add(rows, made, channel_ids[made.id.int % len(channel_ids)])
    customer_keys.put(rows, ((made.id, _traits(made)) for made in batch), known=names)
    await rows.copy(connection)


def _add(rows: Rows, made: Made, channel_id: UUID) -> None:
    rows.add(
        "customers",
        id=made.id,
        email=made.email,
        email_verified_at=made.created_at,
        first_name=made.first_name,
        last_name=made.last_name,
        phone=made.phone,
        status="ENABLED",
        account_id=None if made.account is None else _account_id(made.account),
        channel_id=channel_id,
        created_at=made.created_at,
        updated_at=made.created_at,
    )
    rows.add(
        "addresses",
        id=UUID(int=made.id.int + (1 << 61)),
        customer_id=made.id,
        address=made.address,
        default_shipping=True,
        default_billing=True,
    )


def _customer(number: int, at: datetime) -> Made:
    chance = Random(number)
    first = _unevenly(chance, _FIRST)
    last = _unevenly(chance, _ROOTS) + _unevenly(chance, _ENDINGS)
    plain = (first + "." + last).encode("ascii", "ignore").decode().lower()
    phone = f"+49170{number:07}"
    account = number % _ACCOUNTS if chance.random() < 0.1 else None
    address = Address(
        first_name=first,
        last_name=last,
        company="" if account is None else _company(account),
        line1=f"{_unevenly(chance, _ROOTS)}straße {chance.randint(1, 200)}",
        city=_unevenly(chance, _TOWNS),
        postal_code=f"{chance.randint(1000, 99999):05}",
        country="DE",
        phone=phone,
    )
    return Made(_id(at, number), f"{plain}{number}@post.example", first, last, phone, account, address, at)


def _traits(made: Made) -> Traits:
    return Traits(
        logon=made.email,
        emails=(made.email,),
        first_name=made.first_name,
        last_name=made.last_name,
        phones=(made.phone,),
        postal_codes=(made.address.postal_code,),
        cities=(made.address.city,),
        companies=(made.address.company,),
        accounts=() if made.account is None else (f"K{made.account:06}", _company(made.account)),
    )


def _account_id(number: int) -> UUID:
    return UUID(int=(7 << 76) | (2 << 62) | (1 << 40) | number)


def _id(at: datetime, number: int) -> UUID:
    """A UUIDv7 as it would have been made then."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | number)


def _company(number: int) -> str:
    chance = Random(-number - 1)
    return f"{_unevenly(chance, _ROOTS)}{_unevenly(chance, _ENDINGS)} & {_unevenly(chance, _ROOTS)}er GmbH"


def _unevenly(chance: Random, choices: Sequence[Any]) -> Any:
    """The first far more often than the last."""
    weights = _WEIGHTS.get(len(choices)) or _WEIGHTS.setdefault(
        len(choices), [*accumulate(1 / place for place in range(2, len(choices) + 2))]
    )
    return chance.choices(choices, cum_weights=weights)[0]


_WEIGHTS: dict[int, list[float]] = {}
