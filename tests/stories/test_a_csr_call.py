"""`docs/a-csr-call.md` is told against a demonstration store, as its readers would who follow it."""

from functools import partial
from pathlib import Path

import pytest

from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.demo.load import load_demo
from commerce_api.operations.shipped import put_shipped
from commerce_api.settings import Settings
from tests.conftest import NOON
from tests.stories.telling import Story

STAFF = "/staff/graphql"
PAGE = Path(__file__).parents[2] / "docs" / "a-csr-call.md"
SIGN_IN = "mutation($input: SignInStaffInput!) { signInStaff(input: $input) { session { accessToken } } }"


@pytest.fixture
def settings():
    return Settings(rate_limit=0, staff_second_factor="optional")


@pytest.fixture
async def store(database, passwords):
    await put_shipped(database)
    return await load_demo(database, CartOpening(secret="s" * 32), at=NOON, hash_password=passwords.hash)


@pytest.fixture
def hire(store, api):
    """The client of whoever has a demonstration account of this role."""

    async def hire(role):
        [account] = [a for a in store.staff if a.email == f"{role}@staff.example"]
        given = {"email": account.email, "password": account.password}
        session = (await api.staff(SIGN_IN, input=given))["signInStaff"]["session"]
        return api.as_(session["accessToken"])

    return hire


async def test_the_call_goes_as_the_page_tells_it(hire, work):
    carla, simone = await hire("csr"), await hire("supervisor")
    story = Story(
        {
            "Carla": partial(carla.answer, STAFF),
            "Carla for Lena": lambda *asked: carla.with_headers(x_customer=story.known["<lena>"]).answer(STAFF, *asked),
            "Simone": partial(simone.answer, STAFF),
        },
        [(r"A moment later the worker has done what was left to do\.", work)],
    )

    assert await story.tell(PAGE.read_text()) == 29
