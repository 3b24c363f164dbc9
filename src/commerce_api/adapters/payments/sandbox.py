"""A payment provider that answers by script: the card number decides what happens.

It behaves as real ones do. A key that was used before gets the first answer; a request may time out although it was
carried out; a message may come late. Its memory is a table of its own, written in its own transactions.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from commerce_api.adapters.ids import new_secret
from commerce_api.domain.payment import (
    ActionRequired,
    Answer,
    Approved,
    AuthorizationRequest,
    DeclineCode,
    Declined,
    Pending,
    Unanswered,
)
from commerce_api.persistence.sql import Connection, Database, Row
from commerce_api.persistence.stores import sandbox as memory
from commerce_api.persistence.stores import vault


class Script(StrEnum):
    """What the issuer of a card does when asked."""

    APPROVE = "APPROVE"
    DECLINE_SOFT = "DECLINE_SOFT"
    DECLINE_HARD = "DECLINE_HARD"
    STOLEN = "STOLEN"
    NEEDS_ACTION = "NEEDS_ACTION"
    TIMES_OUT = "TIMES_OUT"
    NEVER_ARRIVES = "NEVER_ARRIVES"
    TELLS_LATER = "TELLS_LATER"
    ONE_CAPTURE = "ONE_CAPTURE"


TEST_CARDS: Final = MappingProxyType(
    {
        "4242424242424242": Script.APPROVE,
        "5555555555554444": Script.APPROVE,
        "2223003122003222": Script.APPROVE,
        "378282246310005": Script.APPROVE,
        "6011111111111117": Script.APPROVE,
        "3056930009020004": Script.APPROVE,
        "3566002020360505": Script.APPROVE,
        "6200000000000005": Script.APPROVE,
        "4000000000009995": Script.DECLINE_SOFT,
        "4000000000000002": Script.DECLINE_HARD,
        "4000000000009979": Script.STOLEN,
        "4000002760003184": Script.NEEDS_ACTION,
        "4000000000000119": Script.TIMES_OUT,
        "4000000000000127": Script.NEVER_ARRIVES,
        "4000000000000259": Script.TELLS_LATER,
        "4000000000000077": Script.ONE_CAPTURE,
    }
)
"""The numbers that the sandbox takes; any other might be somebody's own card and is refused."""

TELLS_AFTER: Final = timedelta(seconds=10)
"""How long the issuer takes that tells later."""

_FIRST_STATUS: Final = MappingProxyType(
    {
        Script.DECLINE_SOFT: "DECLINED",
        Script.DECLINE_HARD: "DECLINED",
        Script.STOLEN: "DECLINED",
        Script.NEEDS_ACTION: "ACTION",
        Script.NEVER_ARRIVES: "LOST",
        Script.TELLS_LATER: "PENDING",
    }
)
_CODES: Final = MappingProxyType(
    {
        Script.DECLINE_SOFT: DeclineCode.INSUFFICIENT_FUNDS,
        Script.DECLINE_HARD: DeclineCode.CARD_DECLINED,
        Script.STOLEN: DeclineCode.CARD_LOST_OR_STOLEN,
    }
)


class SandboxProvider:
    """`address` is where this server is reached, for the page on which a customer confirms."""

    def __init__(self, database: Database, *, now: Callable[[], datetime], address: str) -> None:
        self._database, self._now, self._address = database, now, address

    async def authorize(self, request: AuthorizationRequest) -> Answer:
        async with self._database.connection() as connection:
            script = Script(await vault.script_of(connection, request.card_token) or Script.DECLINE_HARD)
            reference = f"sbx_{new_secret()}"
            row = await self._keep(connection, request, script, reference)
            if row["reference"] != reference:
                return await self._again(connection, row)
        return Unanswered() if script in {Script.TIMES_OUT, Script.NEVER_ARRIVES} else self._answer(row)

    async def void(self, key: str, authorization_key: str, amount: int | None = None) -> Answer:
        async with self._database.transaction() as connection:
            held = await memory.find(connection, authorization_key)
            values = {
                **dict.fromkeys(("parent_reference", "card_token", "code")),
                "key": key,
                "kind": "VOID",
                "reference": f"sbx_{new_secret()}",
                "amount": 0,
                "currency": "",
                "status": "APPROVED",
            }
            if held is not None:
                values |= {name: held[name] for name in ("card_token", "amount", "currency")}
                values |= {"parent_reference": held["reference"], "amount": amount or held["amount"]}
            kept = await memory.add(connection, values, at=self._now())
            if held is not None and await memory.voided(connection, held["reference"]) >= held["amount"]:
                await memory.change(connection, authorization_key, expected=held["status"], status="VOIDED")
            return self._answer(kept)

    async def find(self, key: str) -> Answer | None:
        async with self._database.transaction() as connection:
            row = await memory.find(connection, key)
            if row is None or row["status"] == "LOST":
                return None
            if row["status"] == "PENDING" and self._now() - row["created_at"] >= TELLS_AFTER:
                await memory.change(connection, key, expected="PENDING", status="APPROVED")
                return Approved(reference=row["reference"])
            return self._answer(row)

    async def confirm(self, reference: str, *, approved: bool) -> tuple[str, Answer] | None:
        """The customer or the bank decides an open request. Its key and the answer; None if it is not open."""
        status = "APPROVED" if approved else "DECLINED"
        code = None if approved else DeclineCode.AUTHENTICATION_FAILED
        async with self._database.transaction() as connection:
            row = await memory.by_reference(connection, reference)
            if row is None or row["status"] not in {"ACTION", "PENDING"}:
                return None
            await memory.change(connection, row["key"], expected=row["status"], status=status, code=code)
            decided = await memory.by_reference(connection, reference)
        return None if decided is None else (decided["key"], self._answer(decided))

    async def close(self, key: str) -> Answer | None:
        async with self._database.connection() as connection:
            row = await memory.find(connection, key)
        decided = await self.confirm(row["reference"], approved=False) if row else None
        return decided[1] if decided else None

    async def _keep(self, connection: Connection, request: AuthorizationRequest, script: Script, reference: str) -> Row:
        values = {
            "key": request.key,
            "kind": "AUTHORIZE",
            "reference": reference,
            "parent_reference": None,
            "card_token": request.card_token,
            "amount": request.amount,
            "currency": request.currency,
            "status": _FIRST_STATUS.get(script, "APPROVED"),
            "code": _CODES.get(script),
        }
        return await memory.add(connection, values, at=self._now())

    async def _again(self, connection: Connection, known: Row) -> Answer:
        """A key that was seen: the first answer. What got lost on the way arrives now."""
        if known["status"] != "LOST":
            return self._answer(known)
        await memory.change(connection, known["key"], expected="LOST", status="APPROVED")
        return Approved(reference=known["reference"])

    def _answer(self, row: Row) -> Answer:
        reference = row["reference"]
        match row["status"]:
            case "APPROVED":
                return Approved(reference=reference)
            case "ACTION":
                return ActionRequired(reference=reference, url=f"{self._address}/payments/sandbox/actions/{reference}")
            case "PENDING":
                return Pending(reference=reference)
            case _:
                return Declined(reference=reference, code=DeclineCode(row["code"] or DeclineCode.CARD_DECLINED))
