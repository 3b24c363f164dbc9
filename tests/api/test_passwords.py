import asyncio
from datetime import timedelta

from commerce_api.domain.throttle import SIGN_IN
from tests import given
from tests.api.mails import deliver
from tests.api.test_sign_in import ME, sign_in

ASK = "mutation($email: String!) { requestPasswordReset(input: {email: $email}) { accepted errors { code } } }"
RESET = """
mutation($token: String!, $password: String!) {
  resetPassword(input: {token: $token, newPassword: $password}) { endedSessions errors { code path } }
}
"""
CHANGE = """
mutation($current: String!, $new: String!) {
  changePassword(input: {currentPassword: $current, newPassword: $new}) { endedSessions errors { code path } }
}
"""
NEW = "a staple of wet hay"


async def reset_token(api, connection, database, clock, email="ada@example.com"):
    await api.shop(ASK, email=email)
    [mail] = await deliver(database, connection, clock)
    return mail["token"]


async def reset(api, token, password=NEW):
    return (await api.shop(RESET, token=token, password=password))["resetPassword"]


async def test_a_forgotten_password_is_set_anew_and_all_sessions_end(api, connection, database, clock):
    await given.customer(connection, channel_id=await given.channel(connection))
    session = (await sign_in(api))["session"]

    answer = await reset(api, await reset_token(api, connection, database, clock))

    assert answer == {"endedSessions": 1, "errors": []}
    assert await api.as_(session["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    assert (await sign_in(api))["errors"][0]["code"] == "INVALID_CREDENTIALS"
    assert (await sign_in(api, password=NEW))["errors"] == []


async def test_asking_says_nothing_of_accounts(api, connection, database, clock, passwords):
    channel_id = await given.channel(connection)
    await given.customer(connection, channel_id=channel_id)
    await given.customer(connection, "gone@example.com", channel_id=channel_id, status="DISABLED")

    emails = ["ada@example.com", "gone@example.com", "nobody@example.com", "no address"]
    answers = [await api.shop(ASK, email=email) for email in emails]

    assert answers == [{"requestPasswordReset": {"accepted": True, "errors": []}}] * 4
    assert passwords.computed == 0
    mails = await deliver(database, connection, clock)
    assert [(mail["recipient"], mail["kind"]) for mail in mails] == [("ada@example.com", "RESET_PASSWORD")]


async def test_a_reset_proves_the_address(api, connection, database, clock):
    await given.customer(connection, channel_id=await given.channel(connection), email_verified_at=None)

    await reset(api, await reset_token(api, connection, database, clock))

    assert (await sign_in(api, password=NEW))["errors"] == []


async def test_a_reset_ends_a_lock_out(api, connection, database, clock):
    await given.customer(connection, channel_id=await given.channel(connection))
    for _ in range(SIGN_IN.per_account):
        await sign_in(api, password="wrong password")

    await reset(api, await reset_token(api, connection, database, clock))

    assert (await sign_in(api, password=NEW))["errors"] == []


async def test_a_link_opens_once_for_an_hour_and_only_the_latest(api, connection, database, clock):
    await given.customer(connection, channel_id=await given.channel(connection))
    invalid = {"endedSessions": 0, "errors": [{"code": "INVALID_TOKEN", "path": ["token"]}]}
    first = await reset_token(api, connection, database, clock)
    second = await reset_token(api, connection, database, clock)

    assert await reset(api, first) == invalid
    assert (await reset(api, second))["errors"] == []
    assert await reset(api, second, "another good one") == invalid
    third = await reset_token(api, connection, database, clock)
    clock.advance(timedelta(hours=1))
    assert await reset(api, third) == invalid
    assert (await sign_in(api, password=NEW))["errors"] == []


async def test_a_weak_password_leaves_the_link_good(api, connection, database, clock):
    await given.customer(connection, channel_id=await given.channel(connection))
    token = await reset_token(api, connection, database, clock)

    assert (await reset(api, token, "ada@example.com"))["errors"] == [
        {"code": "WEAK_PASSWORD", "path": ["newPassword"]}
    ]
    assert (await reset(api, token))["errors"] == []


async def test_of_parallel_resets_with_one_link_one_counts(committing_api, committing, clock):
    async with committing.connection() as connection:
        raw = connection.raw
        await given.customer(raw, channel_id=await given.channel(raw))
        token = await reset_token(committing_api, raw, committing, clock)

    answers = await asyncio.gather(*(reset(committing_api, token, f"{NEW} {n}") for n in range(6)))

    good = [n for n, answer in enumerate(answers) if not answer["errors"]]
    assert len(good) == 1
    assert (await sign_in(committing_api, password=f"{NEW} {good[0]}"))["errors"] == []


async def test_a_password_is_changed_and_other_sessions_end(api, connection):
    await given.customer(connection, channel_id=await given.channel(connection))
    here, there = (await sign_in(api))["session"], (await sign_in(api))["session"]

    answer = await api.as_(here["accessToken"]).shop(CHANGE, current=given.PASSWORD, new=NEW)

    assert answer == {"changePassword": {"endedSessions": 1, "errors": []}}
    assert (await api.as_(here["accessToken"]).shop(ME))["me"]["email"] == "ada@example.com"
    assert await api.as_(there["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    assert (await sign_in(api, password=NEW))["errors"] == []


async def test_a_change_needs_the_present_password(api, connection):
    await given.customer(connection, channel_id=await given.channel(connection))
    session = (await sign_in(api))["session"]

    answer = await api.as_(session["accessToken"]).shop(CHANGE, current="wrong password", new=NEW)

    assert answer["changePassword"]["errors"] == [{"code": "WRONG_PASSWORD", "path": ["currentPassword"]}]
    assert (await sign_in(api))["errors"] == []


async def test_a_change_takes_no_weak_password(api, connection):
    await given.customer(connection, channel_id=await given.channel(connection))
    session = (await sign_in(api))["session"]

    answer = await api.as_(session["accessToken"]).shop(CHANGE, current=given.PASSWORD, new="password12")

    assert answer["changePassword"]["errors"] == [{"code": "PASSWORD_TOO_COMMON", "path": ["newPassword"]}]
    assert (await sign_in(api))["errors"] == []


async def test_a_stolen_password_takes_no_place_of_another(api, connection, database, clock, passwords, monkeypatch):
    await given.customer(connection, channel_id=await given.channel(connection))
    token = await reset_token(api, connection, database, clock)
    browser = api.as_((await sign_in(api))["session"]["accessToken"])
    monkeypatch.setattr(passwords, "breached", {NEW})
    refused = {"endedSessions": 0, "errors": [{"code": "PASSWORD_BREACHED", "path": ["newPassword"]}]}

    assert await reset(api, token) == refused
    assert (await browser.shop(CHANGE, current=given.PASSWORD, new=NEW))["changePassword"] == refused
    assert (await sign_in(api))["errors"] == []
    assert await reset(api, token, "a bale of dry straw") == {"endedSessions": 2, "errors": []}
