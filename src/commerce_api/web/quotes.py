"""Quotes as files, and files of quotes, for buyers; with `/staff` before the same addresses for staff.

`GET /quotes/<id>/versions/<number>.pdf` is a version on paper, below `/quotes/<id>/attachments` is what goes with it.
"""

import asyncio
from email.utils import parseaddr
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from commerce_api.domain.decision import Refused
from commerce_api.domain.quote import Audience
from commerce_api.domain.quote.attachment import MOST_BYTES
from commerce_api.operations.execute import execute
from commerce_api.operations.quote_answers import QuoteRef
from commerce_api.operations.quote_attachments import Attach, Fetch, attach, fetch
from commerce_api.operations.quote_views import Print, printed
from commerce_api.schema.context import Context
from commerce_api.schema.quote_answer_inputs import quote_ref
from commerce_api.schema.quote_parts import attachment_address
from commerce_api.web import limits
from commerce_api.web.body import body_of
from commerce_api.web.plain import costing, known, problem


@costing(limits.DOCUMENT_COST)
async def version_as_pdf(request: Request) -> Response:
    """Made anew each time, with nothing of the database held meanwhile; the bytes of a version are always the same."""
    from commerce_api.adapters.quote_document import pdf_of  # noqa: PLC0415 - few processes make documents

    context, version = await _known(request), request.path_params["version"]
    if isinstance(context, Response):
        return context
    sender, _ = parseaddr(context.app.settings.mail_from)
    wanted = Print(quote=_quote(request), version=version, sender=sender)
    sent = await execute(context.app.database, context.by, printed, wanted)
    if isinstance(sent, Refused):
        return problem(404, "NOT_FOUND", "There is no such version of a quote that you may see.")
    made = await asyncio.to_thread(pdf_of, sent)
    return _file(made, "application/pdf", f'filename="{sent.number}-{version}.pdf"')


@costing(limits.UPLOAD_COST)
async def attach_file(request: Request) -> Response:
    """`POST /quotes/<id>/attachments?name=plan.pdf`: 201 with where it is. For staff only unless `audience=CUSTOMER`."""
    context = await _known(request)
    if isinstance(context, Response):
        return context
    asked = request.query_params
    wanted = Attach(
        quote=_quote(request),
        name=asked.get("name", "file")[:200].replace("\0", ""),
        content=await body_of(request, most=MOST_BYTES),
        audience=Audience.CUSTOMER if asked.get("audience") == Audience.CUSTOMER else None,
    )
    kept = await execute(context.app.database, context.by, attach, wanted)
    if isinstance(kept, Refused):
        reason = kept.reasons[0]
        return problem(_STATUS.get(reason.code(), 422), reason.code(), reason.message)
    told = {"name": kept.name, "contentType": kept.content_type, "url": attachment_address(kept.quote_id, kept.id)}
    return JSONResponse(told, status_code=201)


@costing(limits.UPLOAD_COST)
async def attached_file(request: Request) -> Response:
    """Nothing that others sent is ever shown as a page of this server."""
    context = await _known(request)
    if isinstance(context, Response):
        return context
    wanted = Fetch(quote=_quote(request), attachment_id=request.path_params["id"])
    found = await execute(context.app.database, context.by, fetch, wanted)
    if isinstance(found, Refused):
        return problem(404, "NOT_FOUND", "There is no such file that you may see.")
    return _file(found.content, found.content_type, f"filename*=UTF-8''{quote(found.name)}")


async def _known(request: Request) -> Context | Response:
    return await known(request, staff=request.url.path.startswith("/staff/"))


def _quote(request: Request) -> QuoteRef:
    return quote_ref(request.path_params["quote"], request.headers.get("x-quote-token"))


def _file(content: bytes, content_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; {name}",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=content_type, headers=headers)


_STATUS: Final = {"NOT_FOUND": 404, "QUOTE_LINK_INVALID": 404, "FORBIDDEN": 403}
_BELOW: Final = (
    ("/versions/{version:int}.pdf", version_as_pdf, "GET"),
    ("/attachments", attach_file, "POST"),
    ("/attachments/{id:uuid}", attached_file, "GET"),
)
ROUTES: Final = tuple(
    Route(f"{before}/quotes/{{quote}}{path}", handler, methods=[method])
    for before in ("", "/staff")
    for path, handler, method in _BELOW
)
