"""`/mailbox`: shows the mails of a demonstration store, so that a newcomer sees what a customer would get."""

from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from commerce_api.persistence.stores import mails
from commerce_api.persistence.stores.mails import Mail

_MOST: Final = 100
_PAGE: Final = Environment(autoescape=True, trim_blocks=True).from_string(
    (files("commerce_api.web") / "pages" / "mailbox.html").read_text("utf-8")
)
_PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'"
_MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


async def all_mails(request: Request) -> Response:
    async with request.app.state.app.database.connection() as connection:
        return _page(mails=await mails.latest(connection, _MOST), shown=None)


async def one_mail(request: Request) -> Response:
    return _page(mails=(), shown=await _mail(request))


async def content(request: Request) -> Response:
    """The mail's own HTML: nothing in it may run, load from elsewhere, or be shown in another's page."""
    mail = await _mail(request)
    return HTMLResponse(mail.html, headers={"content-security-policy": _MAIL_POLICY, "x-frame-options": "SAMEORIGIN"})


async def _mail(request: Request) -> Mail:
    id_: UUID = request.path_params["id"]
    async with request.app.state.app.database.connection() as connection:
        if mail := await mails.by_id(connection, id_):
            return mail
    raise HTTPException(404)


def _page(**facts: Any) -> Response:
    headers = {"content-security-policy": _PAGE_POLICY, "cache-control": "no-store"}
    return HTMLResponse(_PAGE.render(facts), headers=headers)


ROUTES = (
    Route("/mailbox", all_mails, methods=["GET"]),
    Route("/mailbox/{id:uuid}", one_mail, methods=["GET"]),
    Route("/mailbox/{id:uuid}/html", content, methods=["GET"]),
)
