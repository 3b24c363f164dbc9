from hashlib import sha256

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables.catalog import media
from tests import given

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>'
HASH = sha256(SVG).hexdigest()


@pytest.fixture
async def picture(connection):
    await given.insert(
        connection, media, url=None, sha256=HASH, content_type="image/svg+xml", content=SVG, width=4, height=4
    )
    return f"/media/{HASH}.svg"


async def test_a_picture_is_served_to_be_kept_for_ever(http, picture):
    response = await http.get(picture)

    assert (response.status_code, response.content) == (200, SVG)
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["etag"] == f'"{HASH}"'
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_picture_can_run_nothing(http, picture):
    policy = (await http.get(picture)).headers["content-security-policy"]

    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


async def test_a_picture_that_is_known_is_not_sent_again(http, picture, statements):
    response = await http.get(picture, headers={"If-None-Match": f'"{HASH}"'})

    assert (response.status_code, response.content) == (304, b"")
    assert statements == []


async def test_head_answers_without_the_picture(http, picture):
    response = await http.head(picture)

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(len(SVG))


@pytest.mark.parametrize(
    "address",
    [f"/media/{HASH}.png", f"/media/{'0' * 64}.svg", f"/media/{HASH}", f"/media/{HASH.upper()}.svg", "/media/..%2fetc"],
)
async def test_an_address_that_names_no_picture_is_not_found(http, picture, address):
    response = await http.get(address)

    assert response.status_code == 404


async def test_pictures_are_only_read(http, picture):
    assert (await http.post(picture)).status_code == 405


async def test_a_picture_that_is_sent_in_is_kept_once_and_served(api, http, connection):
    await given.channel(connection)
    desk = api.allowed(Permission.MANAGE_CATALOG)

    first, again = [await http.post("/staff/media", content=SVG, headers=desk._headers) for _ in range(2)]

    assert (first.status_code, again.json()) == (201, first.json())
    assert {**first.json(), "mediaId": None} == {
        "mediaId": None,
        "url": f"/media/{HASH}.svg",
        "contentType": "image/svg+xml",
        "width": 4,
        "height": 4,
    }
    assert (await http.get(first.json()["url"])).content == SVG


@pytest.mark.parametrize(
    ("content", "permission", "status"),
    [
        (b"<svg><script/></svg>", Permission.MANAGE_CATALOG, 422),
        (b"x" * 10_000_001, Permission.MANAGE_CATALOG, 413),
        (SVG, Permission.READ_STOCK, 403),
    ],
)
async def test_what_is_no_picture_is_not_kept(api, http, connection, content, permission, status):
    await given.channel(connection)

    response = await http.post("/staff/media", content=content, headers=api.allowed(permission)._headers)

    assert response.status_code == status
    assert await connection.fetchval("SELECT count(*) FROM media") == 0
