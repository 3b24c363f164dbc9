"""Quotes as files: `GET /quotes/<id>/versions/<number>.pdf` for buyers, with `/staff` before it for staff."""

import asyncio
from email.utils import parseaddr

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commerce_api.domain.decision import Refused
from commerce_api.operations.execute import execute
from commerce_api.operations.quote_views import Print, printed
from commerce_api.schema.quote_answer_inputs import quote_ref
from commerce_api.web import limits
from commerce_api.web.plain import costing, known, problem


@costing(limits.DOCUMENT_COST)
async def version_as_pdf(request: Request) -> Response:
    """Made anew each time, with nothing of the database held meanwhile; the bytes of a version are always the same."""
    from commerce_api.adapters.quote_document import pdf_of  # noqa: PLC0415 - few processes make documents

    app, asked = request.app.state.app, request.path_params
    context = await known(request, staff=request.url.path.startswith("/staff/"))
    if isinstance(context, Response):
        return context
    quote = quote_ref(asked["quote"], request.headers.get("x-quote-token"))
    sender, _ = parseaddr(app.settings.mail_from)
    sent = await execute(app.database, context.by, printed, Print(quote=quote, version=asked["version"], sender=sender))
    if isinstance(sent, Refused):
        return problem(404, "NOT_FOUND", "There is no such version of a quote that you may see.")
    headers = {
        "Content-Disposition": f'attachment; filename="{sent.number}-{sent.version}.pdf"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(await asyncio.to_thread(pdf_of, sent), media_type="application/pdf", headers=headers)


_VERSION = "/quotes/{quote}/versions/{version:int}.pdf"
ROUTES = tuple(Route(f"{before}{_VERSION}", version_as_pdf, methods=["GET"]) for before in ("", "/staff"))
