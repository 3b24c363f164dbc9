"""`POST /vault/cards`: the one place where card data may be sent, so that it never passes through GraphQL (D28).

Nothing of the request is echoed or logged, whatever is wrong with it. It takes no credentials: the token goes to whoever
had the card.
"""

import re
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from commerce_api.domain.card import CardEntry
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.operations.vault import Tokenized
from commerce_api.web import limits
from commerce_api.web.body import body_of
from commerce_api.web.plain import costing, problem

MAX_BODY: Final = 2_000
_FIELDS: Final = {"number": str, "expiryMonth": int, "expiryYear": int, "cvv": str, "holder": str}


@costing(limits.CARD_COST)
async def cards(request: Request) -> Response:
    """Turn a card into a token: 201 with the token, 422 with everything that is wrong, 400 for what is no card at all."""
    body = await _body(request)
    if body is None:
        return problem(400, "BAD_USER_INPUT", _SHAPE)
    entry = _entry(body)
    if isinstance(entry, Refused):
        return _refused(entry)
    app = request.app.state.app
    outcome = await app.vault.tokenize(entry, app.now())
    return _refused(outcome) if isinstance(outcome, Refused) else _answer(201, _token(outcome))


_SHAPE = 'Send a JSON object with "number", "expiryMonth", "expiryYear", "cvv" and, if you like, "holder".'


async def _body(request: Request) -> dict[str, Any] | None:
    """The fields of the body; None if it is not what this address takes."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        body = orjson.loads(await body_of(request, most=MAX_BODY))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(body, dict) or not body.keys() <= _FIELDS.keys():
        return None
    return body if all(type(value) is _FIELDS[name] for name, value in body.items()) else None


def _entry(body: dict[str, Any]) -> CardEntry | Refused:
    intake = Intake()
    holder = intake.text(body.get("holder"), "holder", most=100)
    if intake.problems:
        return intake.refused()
    return CardEntry(
        number=re.sub(r"[ \-]", "", body.get("number", "")),
        expiry_month=body.get("expiryMonth", 0),
        expiry_year=body.get("expiryYear", 0),
        cvv=body.get("cvv", ""),
        holder=holder,
    )


def _token(outcome: Tokenized) -> dict[str, Any]:
    card = outcome.card
    return {
        "token": outcome.token,
        "brand": card.brand,
        "lastFour": card.last_four,
        "expiryMonth": card.expiry_month,
        "expiryYear": card.expiry_year,
    }


def _refused(refused: Refused) -> Response:
    problems = [
        {"code": reason.code(), "message": reason.message, "path": list(reason.path)} for reason in refused.reasons
    ]
    return _answer(422, {"errors": problems})


def _answer(status: int, content: dict[str, Any]) -> Response:
    return JSONResponse(content, status_code=status, headers={"cache-control": "no-store"})
