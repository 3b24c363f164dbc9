"""What the documentation and GraphiQL show is done to a demonstration store, as their readers would who follow it."""

import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.demo.load import load_demo
from commerce_api.operations.demo.people import PASSWORD
from commerce_api.operations.shipped import put_shipped
from commerce_api.persistence.sql import Database
from commerce_api.settings import Settings
from commerce_api.web import graphiql
from tests.conftest import NOON, OneConnection
from tests.stories.telling import Story
from tests.stories.walking import Walk

SHOP, STAFF = "/graphql", "/staff/graphql"
DOCS = Path(__file__).parents[2] / "docs"
SIGN_INS = {
    SHOP: "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }",
    STAFF: "mutation($input: SignInStaffInput!) { signInStaff(input: $input) { session { accessToken } } }",
}


@pytest.fixture(scope="module")
async def store(raw_connection, cheap_passwords):
    """Open for all tests here; each takes back what it does itself."""
    transaction, database = raw_connection.transaction(), Database(OneConnection(raw_connection))
    await transaction.start()
    await put_shipped(database)
    yield await load_demo(database, CartOpening(secret="s" * 32), at=NOON, hash_password=cheap_passwords.hash)
    await transaction.rollback()


@pytest.fixture(scope="module")
def settings():
    return Settings(rate_limit=0, staff_second_factor="optional")


@pytest.fixture
def signed_in(store, api):
    """The client of somebody who has an account there."""

    async def signed_in(email, address=STAFF):
        answer = await api.answer(address, SIGN_INS[address], {"input": {"email": email, "password": PASSWORD}})
        [payload] = answer["data"].values()
        return api.as_(payload["session"]["accessToken"])

    return signed_in


def asking(client, address=STAFF):
    return partial(client.answer, address)


async def test_the_call_goes_as_the_page_tells_it(signed_in, work):
    carla, simone = await signed_in("csr@staff.example"), await signed_in("supervisor@staff.example")
    story = Story(
        {
            "Carla": asking(carla),
            "Carla for Lena": lambda *asked: carla.with_headers(x_customer=story.known["<lena>"]).answer(STAFF, *asked),
            "Simone": asking(simone),
        },
        [(r"A moment later the worker has done what was left to do\.", work)],
    )

    assert await story.tell((DOCS / "a-csr-call.md").read_text()) == 29


async def test_the_quote_goes_as_the_page_tells_it(signed_in, clock):
    cast = {
        "Lena": asking(await signed_in("lena@forest.example", SHOP), SHOP),
        "Carla": asking(await signed_in("csr@staff.example")),
        "Simone": asking(await signed_in("supervisor@staff.example")),
        "Mona": asking(await signed_in("catalog-manager@staff.example")),
    }
    soon, later = NOON + timedelta(minutes=1), NOON + timedelta(days=14)

    async def wait():
        clock.at = soon

    story = Story(cast, [(r"The minute is over now, to the microsecond\.", wait)])
    story.known |= {"<in a minute>": f"{soon:%FT%TZ}", "<in two weeks>": f"{later:%FT%TZ}"}

    assert await story.tell((DOCS / "a-quote.md").read_text()) == 34


@pytest.mark.parametrize(
    ("address", "contract", "refused"), [(SHOP, "shop", {}), (STAFF, "staff", {"LiftBlock": ["FORBIDDEN"]})]
)
async def test_the_tabs_of_graphiql_are_a_walk(store, api, http, address, contract, refused):
    walk, found = Walk(api, http, address), {}
    for tab in graphiql.tabs(contract, demo=True):
        if codes := await walk.run(tab):
            found[re.search(r"(?:query|mutation) (\w+)", tab["query"])[1]] = codes

    assert found == refused
