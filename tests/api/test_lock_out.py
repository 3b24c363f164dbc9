"""Guessing is counted per account, wherever it comes from, and per network, whomever it aims at."""

import pytest

from commerce_api.domain.throttle import ACCOUNT_MAIL, SIGN_IN
from commerce_api.settings import Settings
from tests import given
from tests.api.test_passwords import ASK, reset, reset_token
from tests.api.test_sign_in import REFUSED, sign_in

LOCKED = ["TOO_MANY_ATTEMPTS"]


@pytest.fixture
def settings():
    return Settings(rate_limit=0, trusted_proxies="127.0.0.0/8")


@pytest.fixture
async def ada(connection):
    return await given.customer(connection, channel_id=await given.channel(connection))


def at(api, address):
    """The same client, calling from elsewhere."""
    return api.with_headers(x_forwarded_for=address)


def codes(answer):
    return [error["code"] for error in answer["errors"]]


async def test_many_addresses_guess_no_more_often_than_one(api, ada, passwords):
    for n in range(SIGN_IN.per_account):
        assert await sign_in(at(api, f"203.0.113.{n}"), password="wrong password") == REFUSED
    passwords.computed = 0

    assert codes(await sign_in(at(api, "198.51.100.7"), password="wrong password")) == LOCKED
    assert codes(await sign_in(at(api, "198.51.100.8"))) == LOCKED
    assert passwords.computed == 0


async def test_one_network_guesses_at_many_accounts_so_often_only_and_others_go_on(api, ada, passwords):
    """An IPv6 subscriber has a whole /64."""
    for n in range(SIGN_IN.per_network):
        assert await sign_in(at(api, f"2001:db8::{n + 1:x}"), f"nobody{n}@example.com", "wrong password") == REFUSED

    assert codes(await sign_in(at(api, "2001:db8::ffff"))) == LOCKED
    assert codes(await sign_in(at(api, "2001:db8:0:1::1"))) == []


async def test_the_right_password_from_one_network_costs_the_others_nothing(api, ada):
    for _ in range(SIGN_IN.per_account * 2):
        assert codes(await sign_in(at(api, "203.0.113.1"))) == []


async def test_a_lock_out_ends_with_its_window(api, ada, clock):
    for _ in range(SIGN_IN.per_account + 1):
        await sign_in(api, password="wrong password")

    clock.advance(SIGN_IN.window)

    assert codes(await sign_in(api)) == []


async def test_a_lock_out_ends_with_a_reset_of_the_password_by_mail(api, ada, connection, database, clock):
    for _ in range(SIGN_IN.per_account + 1):
        await sign_in(api, password="wrong password")
    token = await reset_token(api, connection, database, clock)

    assert codes(await reset(api, token, "a staple of wet hay")) == []

    assert codes(await sign_in(at(api, "203.0.113.9"), password="a staple of wet hay")) == []


async def test_nobody_floods_a_mailbox_from_many_addresses(api, ada, connection):
    answers = [
        (await at(api, f"203.0.113.{n}").shop(ASK, email="ada@example.com"))["requestPasswordReset"]
        for n in range(ACCOUNT_MAIL.per_account + 1)
    ]

    assert [codes(answer) for answer in answers] == [[]] * ACCOUNT_MAIL.per_account + [LOCKED]
    assert await connection.fetchval("SELECT count(*) FROM outbox") == ACCOUNT_MAIL.per_account
