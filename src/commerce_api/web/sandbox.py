"""What the sandbox payment provider has on the web: the bank's page for a customer, and the messages that it sends us."""

from typing import Any, Final
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.adapters.payments.webhook import verified
from commerce_api.adapters.tokens import keyed_hash
from commerce_api.domain.ids import TransactionId
from commerce_api.domain.payment import Answer, Approved, DeclineCode, Declined
from commerce_api.operations.execute import execute
from commerce_api.operations.payments import ProviderMessage, take_in
from commerce_api.web import limits
from commerce_api.web.body import body_of
from commerce_api.web.plain import costing

NAME: Final = "sandbox"
MAX_BODY: Final = 10_000
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sandbox bank</title><body style="font:1.1em system-ui;max-width:28em;margin:4em auto;padding:0 1em">
<h1>Sandbox bank</h1>{content}</body></html>"""
_ASK: Final = """<p>A shop wants to set an amount aside on your test card.</p><form method="post">
<button name="decision" value="approve">Approve</button> <button name="decision" value="decline">Decline</button></form>"""
_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
}


@costing(limits.CARD_COST)
async def action(request: Request) -> Response:
    """The page on which a customer confirms a payment, or does not."""
    app = request.app.state.app
    if request.method == "GET":
        return _page(_ASK)
    approved = b"decision=approve" in await body_of(request, most=MAX_BODY)
    provider: SandboxProvider = app.services.desk.provider
    decided = await provider.confirm(request.path_params["reference"], approved=approved)
    if decided is None:
        return _page("<p>There is nothing to confirm here any more.</p>", status=404)
    key, answer = decided
    await _tell(app, ProviderMessage(provider=NAME, event_id=f"action:{key}", transaction_id=_id(key), answer=answer))
    return _page(f"<p>{'Approved' if approved else 'Declined'}. You can close this window.</p>")


@costing(0)
async def webhook(request: Request) -> Response:
    """A message of the provider: 204 when it was taken in, now or before; 401 if it is not the provider's."""
    app = request.app.state.app
    body, secret = await body_of(request, most=MAX_BODY), webhook_secret(app.settings.secret.get_secret_value())
    signed = verified(secret, request.headers, body, app.now())
    if signed is None:
        return JSONResponse({"error": "The signature does not fit."}, status_code=401)
    message = _message(signed.id, signed.body)
    if message is None:
        return JSONResponse({"error": "This is no message that we know."}, status_code=400)
    await _tell(app, message)
    return Response(status_code=204)


def webhook_secret(secret: str) -> bytes:
    return keyed_hash(secret, "sandbox webhook")


async def _tell(app: Any, message: ProviderMessage) -> None:
    """What is about none of our payments is none of our business."""
    await execute(app.database, app.services.desk.by(f"{message.provider}:{message.event_id}"), take_in, message)


def _message(event_id: str, body: bytes) -> ProviderMessage | None:
    try:
        found = orjson.loads(body)
        key, reference = found["data"]["key"], str(found["data"]["reference"])[:200]
        answer = _ANSWERS[found["type"]](reference)
        return ProviderMessage(provider=NAME, event_id=event_id[:200], transaction_id=_id(key), answer=answer)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _id(key: str) -> TransactionId:
    return TransactionId(UUID(key))


def _approved(reference: str) -> Answer:
    return Approved(reference=reference)


def _declined(reference: str) -> Answer:
    return Declined(reference=reference, code=DeclineCode.CARD_DECLINED)


_ANSWERS: Final = {"authorization.approved": _approved, "authorization.declined": _declined}


def _page(content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(content=content), status_code=status, headers=_HEADERS)
