"""Pictures under `/media/<sha256>.<ending>`: the address names the content, so that it can be kept for ever by anyone."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from commerce_api.domain.picture import address_of
from commerce_api.persistence.readers.media import picture_of

_NAME: Final = re.compile(r"([0-9a-f]{64})\.[a-z]{3,4}")
_SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""An SVG can hold programs: opened by itself, it may run nothing and belongs to no site."""


async def serve_picture(request: Request) -> Response:
    name = _NAME.fullmatch(request.path_params["name"])
    if name is None:
        return Response(status_code=404, headers=_SAFE)
    headers = {**_SAFE, "ETag": f'"{name[1]}"', "Cache-Control": "public, max-age=31536000, immutable"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    picture = await picture_of(request.app.state.app.database, name[1])
    if picture is None or address_of(name[1], picture.content_type) != request.url.path:
        return Response(status_code=404, headers=_SAFE)
    return Response(picture.content, media_type=picture.content_type, headers=headers)
