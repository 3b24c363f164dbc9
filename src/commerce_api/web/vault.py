"""`POST /vault/cards`: the one place where card data may be sent, so that it never passes through GraphQL (D28).

Nothing of the request is echoed or logged, whatever is wrong with it. Browsers of any origin may call it: it takes no
credentials, and the token goes to whoever had the card.
"""

import re
from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from commerce_api.domain.card import CardEntry
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.operations.vault import Tokenized

MAX_BODY: Final = 2_000
_FIELDS: Final = {"number": str, "expiryMonth": int, "expiryYear": int, "cvv": str, "holder": str}
_CORS: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
    "cache-control": "no-store",
}


async def cards(request: Request) -> Response:
    """Turn a card into a token: 201 with the token, 422 with everything that is wrong, 400 for what is no card at all."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_CORS)
    body = await _body(request)
    if body is None:
        return _answer(400, {"errors": [_problem("BAD_USER_INPUT", _SHAPE, [])]})
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
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > MAX_BODY:
                return None
        body = orjson.loads(data)
    except (orjson.JSONDecodeError, ClientDisconnect):
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
    problems = [_problem(reason.code(), reason.message, list(reason.path)) for reason in refused.reasons]
    return _answer(422, {"errors": problems})


def _problem(code: str, message: str, path: list[str]) -> dict[str, Any]:
    return {"code": code, "message": message, "path": path}


def _answer(status: int, content: dict[str, Any]) -> Response:
    return JSONResponse(content, status_code=status, headers=_CORS)
