"""The floor: parses the body and answers the same every time. No server in Python answers faster than this one."""

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ANSWER = orjson.dumps({"data": {"ok": True}})


async def answer(request: Request) -> Response:
    orjson.loads(await request.body())
    return Response(_ANSWER, media_type="application/json")


def application() -> Starlette:
    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])
