"""`/mailbox`: shows the mails of a demonstration store, so that a newcomer sees what a customer would get.

Mails hold links that open accounts, so they are shown to this machine only, whatever address the store listens on.
"""

from collections.abc import Awaitable, Callable
from functools import cache, wraps
from importlib.resources import files
from ipaddress import ip_address
from typing import Any, Final, TypeAlias
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from commerce_api.operations.mail_attachments import attachment
from commerce_api.operations.mailed_secrets import filled
from commerce_api.persistence.stores import mails
from commerce_api.persistence.stores.mails import Mail

_MOST: Final = 100
_PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'"
_MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)

Page: TypeAlias = Callable[[Request], Awaitable[Response]]


def for_this_machine(page: Page) -> Page:
    """To all others there is no such page."""

    @wraps(page)
    async def shown(request: Request) -> Response:
        forwarded = "x-forwarded-for" in request.headers  # a proxy on this machine speaks for others
        if forwarded or request.client is None or not ip_address(request.client.host).is_loopback:
            raise HTTPException(404)
        return await page(request)

    return shown


@for_this_machine
async def all_mails(request: Request) -> Response:
    async with request.app.state.app.database.connection() as connection:
        return _page(mails=await mails.latest(connection, _MOST), shown=None)


@for_this_machine
async def one_mail(request: Request) -> Response:
    mail = await _mail(request)
    return _page(mails=(), shown=mail, text=_complete(request, mail, mail.text))


@for_this_machine
async def content(request: Request) -> Response:
    """The mail's own HTML: nothing in it may run, load from elsewhere, or be shown in another's page."""
    mail = await _mail(request)
    headers = {"content-security-policy": _MAIL_POLICY, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(_complete(request, mail, mail.html), headers=headers)


@for_this_machine
async def attached(request: Request) -> Response:
    """As it goes with the mail, or nothing where the mail goes without."""
    found = await attachment(request.app.state.app.services, await _mail(request))
    if found is None:
        raise HTTPException(404)
    headers = {"content-disposition": f'attachment; filename="{found.name}"', "x-content-type-options": "nosniff"}
    return Response(found.content, media_type="application/pdf", headers=headers)


def _complete(request: Request, mail: Mail, content: str) -> str:
    return filled(content, request.app.state.app.services.secret, mail.id, mail.opens)


async def _mail(request: Request) -> Mail:
    id_: UUID = request.path_params["id"]
    async with request.app.state.app.database.connection() as connection:
        if mail := await mails.by_id(connection, id_):
            return mail
    raise HTTPException(404)


def _page(**facts: Any) -> Response:
    headers = {"content-security-policy": _PAGE_POLICY, "cache-control": "no-store"}
    return HTMLResponse(_template().render(facts), headers=headers)


@cache
def _template() -> Any:
    from jinja2 import Environment  # noqa: PLC0415 - only demonstration stores have this page

    source = (files("commerce_api.web") / "pages" / "mailbox.html").read_text("utf-8")
    return Environment(autoescape=True, trim_blocks=True).from_string(source)


ROUTES = (
    Route("/mailbox", all_mails, methods=["GET"]),
    Route("/mailbox/{id:uuid}", one_mail, methods=["GET"]),
    Route("/mailbox/{id:uuid}/html", content, methods=["GET"]),
    Route("/mailbox/{id:uuid}/attachment", attached, methods=["GET"]),
)
