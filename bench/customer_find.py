"""How long it takes to find a customer by each key, and whether an index leads to them."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from random import Random
from statistics import quantiles
from typing import NamedTuple

from bench.customers_made import Made, customers
from commerce_api.domain.actor import SYSTEM
from commerce_api.domain.channel import BEFORE_SETUP
from commerce_api.domain.customer_find import Asked, CustomerFind, find
from commerce_api.domain.customer_keys import CustomerKey
from commerce_api.domain.customer_match import Said, said
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.domain.text_match import TextMatch
from commerce_api.persistence.readers.customer_find import found_page, page_question
from commerce_api.persistence.readers.customer_match import candidates
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Database

_PAGE = 11
"""The first ten, and one that tells whether there are more."""
_INDEX = re.compile(r"Index (?:Only )?Scan(?: Backward)? using (\w+)|Bitmap Index Scan on (\w+)")
K, EXACT, STARTS, CONTAINS = CustomerKey, TextMatch.EXACT, TextMatch.STARTS_WITH, TextMatch.CONTAINS
_QUESTIONS: dict[str, Callable[[Made], list[Asked]]] = {
    "logon": lambda one: [_asked(K.LOGON, one.email, EXACT)],
    "mail address": lambda one: [_asked(K.EMAIL, one.email, EXACT)],
    "beginning of a mail address": lambda one: [_asked(K.EMAIL, one.email[:6], STARTS)],
    "phone": lambda one: [_asked(K.PHONE, one.phone.replace("+49", "0"), EXACT)],
    "last digits of a phone": lambda one: [_asked(K.PHONE, one.phone[-5:], CONTAINS)],
    "first name": lambda one: [_asked(K.FIRST_NAME, one.first_name, EXACT)],
    "last name": lambda one: [_asked(K.LAST_NAME, one.last_name, EXACT)],
    "beginning of a last name": lambda one: [_asked(K.LAST_NAME, one.last_name[:4], STARTS)],
    "both names": lambda one: [_asked(K.FIRST_NAME, one.first_name, EXACT), _asked(K.LAST_NAME, one.last_name, EXACT)],
    "both names, begun": lambda one: [
        _asked(K.FIRST_NAME, one.first_name[:3], STARTS),
        _asked(K.LAST_NAME, one.last_name[:4], STARTS),
    ],
    "postal code": lambda one: [_asked(K.POSTAL_CODE, one.address.postal_code, EXACT)],
    "city and last name": lambda one: [
        _asked(K.CITY, one.address.city, EXACT),
        _asked(K.LAST_NAME, one.last_name, EXACT),
    ],
    "account": lambda one: [_asked(K.ACCOUNT, f"K{one.account or 0:06}", EXACT)],
    "beginning of a company": lambda one: [_asked(K.COMPANY, (one.address.company or one.last_name)[:5], STARTS)],
}


class Measured(NamedTuple):
    """Milliseconds from asking the reader to its answer. `indexes` are those of the plan; `scans` the tables read whole."""

    question: str
    p50: float
    p99: float
    indexes: tuple[str, ...]
    scans: tuple[str, ...]


async def measure(database: Database, count: int, *, at: datetime, rounds: int = 200) -> list[Measured]:
    """With the customers that `customers_made.fill` has put there: so many, the last at `at`."""
    scope = Scope(database=database, actor=SYSTEM, channel=BEFORE_SETUP, currency="EUR", language="en", at=at)
    measured = []
    for question, asking in _QUESTIONS.items():
        finds = [_find(asking(one)) for one in _some(count, at, rounds)]
        await _page(scope, finds[0])
        times = [await _timed(lambda wanted=wanted: _page(scope, wanted)) for wanted in finds]
        measured.append(await _measured(scope, question, times, finds[0]))
    heard = [_misheard(one) for one in _some(count, at, rounds)]
    for words in heard:
        await candidates(scope, words)  # so many names one letter off, so many statements: each is built once
    times = [await _timed(lambda words=words: candidates(scope, words)) for words in heard]
    measured.append(Measured("a caller's misspelled name and last digits", *_percentiles(times), (), ()))
    return measured


def _asked(key: CustomerKey, text: str, mode: TextMatch) -> Asked:
    return Asked(key=key, text=text, mode=mode)


def _find(asked: list[Asked]) -> CustomerFind:
    wanted = find(asked, Intake())
    assert not isinstance(wanted, Refused)
    return wanted


def _misheard(one: Made) -> Said:
    wrong = one.last_name[:2] + "x" + one.last_name[3:]
    heard = said({K.FIRST_NAME: one.first_name, K.LAST_NAME: wrong, K.PHONE: one.phone[-4:]}, Intake())
    assert not isinstance(heard, Refused)
    return heard


def _some(count: int, at: datetime, rounds: int) -> Iterator[Made]:
    """The same customers each time, from all over."""
    chosen = set(Random(7).sample(range(count), min(rounds, count)))
    return (one for place, one in enumerate(customers(count, at=at)) if place in chosen)


async def _page(scope: Scope, wanted: CustomerFind) -> object:
    return await found_page(scope, wanted, limit=_PAGE, backward=False, position=None)


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await ask()
    return (time.perf_counter() - begun) * 1000


def _percentiles(times: list[float]) -> tuple[float, float]:
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]


async def _measured(scope: Scope, question: str, times: list[float], example: CustomerFind) -> Measured:
    statement, values = page_question(scope, example, limit=_PAGE)
    async with scope.database.connection() as connection:
        plan = await connection.raw.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values))
    lines = [row[0] for row in plan]
    used = _INDEX.findall("\n".join(lines))
    indexes = {one or other for one, other in used}
    scans = {line.split("Seq Scan on ")[1].split()[0] for line in lines if "Seq Scan on " in line}
    return Measured(question, *_percentiles(times), tuple(sorted(indexes)), tuple(sorted(scans)))
