from hashlib import sha256

import pytest

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
