"""What staff send in and take out beside GraphQL: files for jobs, and pictures. The body is the file itself."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from commerce_api.adapters.ids import new_id
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import PanInPlainInput, has_card_number
from commerce_api.domain.permissions import Permission
from commerce_api.domain.picture import MOST_BYTES
from commerce_api.operations.execute import execute
from commerce_api.operations.pictures import add_picture
from commerce_api.persistence.stores import files
from commerce_api.schema.context import Context
from commerce_api.schema.node import global_id
from commerce_api.web import limits
from commerce_api.web.body import body_of, chunks_of
from commerce_api.web.plain import costing, known, problem


@costing(limits.UPLOAD_COST)
async def upload_file(request: Request) -> Response:
    """`POST /staff/files?name=products.csv`: 201 with the `fileId` that `importProducts` takes."""
    app = request.app.state.app
    context = await _allowed(request)
    if isinstance(context, Response):
        return context
    name = request.query_params.get("name", "file")[:200].replace("\0", "")
    if has_card_number(name):
        refused = PanInPlainInput(path=("name",))
        return problem(422, refused.code(), refused.message)
    file = files.File(
        id=new_id(),
        name=name,
        content_type="text/csv; charset=utf-8",
        size=None,
        owner_id=context.actor.id,
        created_at=context.scope.at,
    )
    chunks = chunks_of(request, most=app.settings.upload_limit)
    size = await files.keep_file(app.database, file, _evenly(chunks))
    return JSONResponse({"fileId": global_id("fil", file.id), "size": size}, status_code=201)


@costing(limits.UPLOAD_COST)
async def download_file(request: Request) -> Response:
    """`GET /staff/files/<id>`: only for the one who asked for it."""
    app = request.app.state.app
    context = await _allowed(request)
    if isinstance(context, Response):
        return context
    async with app.database.connection() as connection:
        file = await files.find_file(connection, request.path_params["id"], context.actor.id)
    if file is None or file.size is None:
        return problem(404, "NOT_FOUND", "There is no such file.")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "Content-Length": str(file.size),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(files.chunks_of(app.database, file.id), media_type=file.content_type, headers=headers)


@costing(limits.UPLOAD_COST)
async def upload_picture(request: Request) -> Response:
    """`POST /staff/media`: 201 with the picture's id and address; what it is, is told from its content alone."""
    app = request.app.state.app
    context = await _allowed(request)
    if isinstance(context, Response):
        return context
    kept = await execute(app.database, context.by, add_picture, await body_of(request, most=MOST_BYTES))
    if isinstance(kept, Refused):
        return problem(422, kept.reasons[0].code(), kept.reasons[0].message)
    told: dict[str, Any] = {"mediaId": global_id("med", kept.id), "url": kept.address, "contentType": kept.facts.type}
    return JSONResponse({**told, "width": kept.facts.width, "height": kept.facts.height}, status_code=201)


async def _allowed(request: Request) -> Context | Response:
    """The same credentials and permissions as in GraphQL."""
    context = await known(request, staff=True)
    if isinstance(context, Response):
        return context
    if not context.actor.may(Permission.MANAGE_CATALOG):
        return problem(403, "FORBIDDEN", "This needs the permission MANAGE_CATALOG.")
    return context


async def _evenly(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """In pieces of the size in which files are kept."""
    held = bytearray()
    async for part in chunks:
        held += part
        while len(held) >= files.CHUNK:
            yield bytes(held[: files.CHUNK])
            del held[: files.CHUNK]
    if held:
        yield bytes(held)
