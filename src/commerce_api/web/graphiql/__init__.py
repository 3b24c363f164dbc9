"""GraphiQL, served from files of our own: it works offline, and nothing of another origin may run in it."""

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

HERE: Final = Path(__file__).parent
_OWN: Final = ("page.js", "page.css")
_FETCHED: Final = ("graphiql.min.css", "graphiql.min.js", "react.production.min.js", "react-dom.production.min.js")
_MEDIA: Final = {".js": "text/javascript", ".css": "text/css"}

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Inline styles only, for the editor makes some; no inline scripts, no eval."""

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="/graphiql/graphiql.min.css">
<link rel="stylesheet" href="/graphiql/page.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="graphiql" data-address="{address}" data-tabs="{tabs}"><p>GraphiQL needs JavaScript.{missing}</p></div>
<script src="/graphiql/react.production.min.js"></script>
<script src="/graphiql/react-dom.production.min.js"></script>
<script src="/graphiql/graphiql.min.js"></script>
<script src="/graphiql/page.js"></script>
</body>
</html>
"""


@cache
def tabs(contract: str, *, demo: bool) -> list[dict[str, Any]]:
    """What the page opens with: the documents of a folder, in the order of their names, each with its variables."""
    return [
        {"query": document.read_text(encoding="utf-8"), "variables": _variables(document, demo=demo)}
        for document in sorted((HERE / contract).glob("*.graphql"))
    ]


def _variables(document: Path, *, demo: bool) -> str:
    """Those of `.demo.json` hold the password of a demonstration's accounts, which nobody else has a use for."""
    endings = (".demo.json", ".json") if demo else (".json",)
    found = (path for ending in endings if (path := document.with_suffix(ending)).exists())
    return next((path.read_text(encoding="utf-8") for path in found), "")


def missing() -> list[str]:
    """The files that `make ui` fetches and that are not here."""
    return [name for name in _FETCHED if not (HERE / "vendor" / name).is_file()]


def page(address: str, *, staff: bool, demo: bool) -> Response:
    html = _PAGE.format(
        title="Staff API" if staff else "Shop API",
        address=escape(address),
        tabs=escape(json.dumps(tabs("staff" if staff else "shop", demo=demo))),
        missing="" if not missing() else " Its files are not here: run <code>make ui</code> and load this page again.",
    )
    return HTMLResponse(html, headers={"content-security-policy": _POLICY, "cache-control": "no-cache"})


async def serve_file(request: Request) -> Response:
    """The page's own files and those that `make ui` fetched; no others."""
    name = request.path_params["name"]
    path = HERE / name if name in _OWN else HERE / "vendor" / name
    if name not in (*_OWN, *_FETCHED) or not path.is_file():
        return PlainTextResponse("Not found.", 404)
    return FileResponse(path, media_type=_MEDIA[path.suffix], headers={"cache-control": "public, max-age=3600"})
