"""What the addresses beside GraphQL have in common: the caller's rate, and how a problem looks."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from commerce_api.schema.context import Context
from commerce_api.schema.errors import RequestError
from commerce_api.web.body import BadRequest
from commerce_api.web.caller import Introduced, context_of, network_of

_STATUS: Final = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403}
Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


def costing(cost: int) -> Callable[[Handler], Handler]:
    """A handler that may raise BadRequest. Each call is charged to the caller's address, as GraphQL is."""

    def around(handler: Handler) -> Handler:
        @wraps(handler)
        async def answered(request: Request) -> Response:
            try:
                _charge(request, cost)
                return await handler(request)
            except BadRequest as bad:
                return problem(bad.status, bad.code, bad.message, **bad.headers)
            except ClientDisconnect:
                return Response(status_code=400)

        return answered

    return around


def _charge(request: Request, cost: int) -> None:
    state, caller = request.app.state, network_of(request.state.address)
    budget = state.rates.spend(caller, 0, state.app.now())
    if budget is not None and budget.left < 0:
        headers = {**budget.headers(), "Retry-After": str(budget.wait)}
        raise BadRequest(429, "RATE_LIMITED", f"Too much. Come back in {budget.wait} seconds.", **headers)
    state.rates.spend(caller, cost, state.app.now())


async def known(request: Request, *, staff: bool) -> Context | Response:
    """Who asks, by the same credentials as in GraphQL."""
    app = request.app.state.app
    try:
        return await context_of(app, Introduced(request.scope), staff=staff, at=app.now())
    except RequestError as error:
        code = str((error.extensions or {}).get("code"))
        return problem(_STATUS.get(code, 400), code, error.message)


def problem(status: int, code: str, message: str, **headers: str) -> Response:
    errors = [{"code": code, "message": message, "path": []}]
    return JSONResponse({"errors": errors}, status, {"cache-control": "no-store", **headers})
