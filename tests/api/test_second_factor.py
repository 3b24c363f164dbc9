"""The second factor of customers; what staff do with theirs is in `test_staff_sign_in`."""

import asyncio
from datetime import timedelta

import pyotp
import pytest

from commerce_api.domain.throttle import SECOND_FACTOR, SIGN_IN
from commerce_api.schema.node import global_id
from tests import given
from tests.api import test_staff_sign_in as staff
from tests.api.mails import deliver
from tests.api.test_passwords import reset, reset_token
from tests.api.test_sign_in import ME, sign_in

TOKENS = "session { accessToken expiresAt refreshToken accessExpiresAt }"
START = """
mutation($password: String!) {
  startSecondFactor(input: {currentPassword: $password}) { secret uri errors { code path } }
}
"""
CONFIRM = f"""
mutation($code: String!) {{
  confirmSecondFactor(input: {{code: $code}}) {{ {TOKENS} recoveryCodes errors {{ code path }} }}
}}
"""
ANSWER = f"""
mutation($challenge: String!, $code: String!) {{
  answerSecondFactor(input: {{challenge: $challenge, code: $code}}) {{ {TOKENS} errors {{ code path }} }}
}}
"""
TURN_OFF = """
mutation($password: String!) {
  turnOffSecondFactor(input: {currentPassword: $password}) { endedSessions errors { code path } }
}
"""
RENEW = """
mutation($password: String!) {
  renewRecoveryCodes(input: {currentPassword: $password}) { recoveryCodes errors { code path } }
}
"""
RESET = """
mutation($input: ResetCustomerSecondFactorInput!) {
  resetCustomerSecondFactor(input: $input) { customer { secondFactor { turnedOnAt } } errors { code path } }
}
"""
MINE = "{ me { secondFactor { turnedOnAt recoveryCodesLeft } } }"
WRONG_PASSWORD = [{"code": "WRONG_PASSWORD", "path": ["currentPassword"]}]
NEEDED = [{"code": "SECOND_FACTOR_NEEDED", "path": None}]
INVALID_CODE = {"session": None, "errors": [{"code": "INVALID_CODE", "path": ["code"]}]}


@pytest.fixture
async def ada(connection):
    return await given.customer(connection, channel_id=await given.channel(connection), language="de")


async def signed_in(api):
    return api.as_((await sign_in(api))["session"]["accessToken"])


async def start(client, password=given.PASSWORD):
    return (await client.shop(START, password=password))["startSecondFactor"]


async def confirm(client, code):
    return (await client.shop(CONFIRM, code=code))["confirmSecondFactor"]


async def answer(api, code, challenge=None):
    challenge = challenge or (await sign_in(api))["challenge"]["token"]
    return (await api.shop(ANSWER, challenge=challenge, code=code))["answerSecondFactor"]


class Enrolled:
    """A customer's browser, authenticator app and recovery codes, half a minute after the second factor was turned on."""

    @classmethod
    async def now(cls, api, clock):
        self = cls()
        self.browser, self._clock = await signed_in(api), clock
        self.app = pyotp.TOTP((await start(self.browser))["secret"])
        self.recovery_codes = (await confirm(self.browser, self.code))["recoveryCodes"]
        clock.advance(timedelta(seconds=30))
        return self

    @property
    def code(self):
        return self.app.at(self._clock())


async def events(connection):
    rows = await connection.fetch("SELECT type, data FROM events WHERE entity = 'CUSTOMER' ORDER BY position")
    return [(row["type"], row["data"]) for row in rows]


async def mails(connection):
    rows = await connection.fetch("SELECT payload FROM outbox WHERE topic = 'mail' ORDER BY created_at, id")
    return [tuple(row["payload"][name] for name in ("kind", "recipient", "language")) for row in rows]


async def test_a_customer_turns_it_on_with_the_first_code(api, ada, clock, connection):
    browser = await signed_in(api)

    assert await browser.shop(MINE) == {"me": {"secondFactor": None}}
    enrollment = await start(browser)
    assert (await sign_in(api))["challenge"] is None
    wrong = await confirm(browser, "000000")
    done = await confirm(browser, pyotp.TOTP(enrollment["secret"]).at(clock()))

    assert "ada%40example.com" in enrollment["uri"]
    assert wrong == {"session": None, "recoveryCodes": None, "errors": INVALID_CODE["errors"]}
    assert (done["session"], done["errors"], len(set(done["recoveryCodes"]))) == (None, [], 10)
    assert await browser.shop(MINE) == {
        "me": {"secondFactor": {"turnedOnAt": "2026-03-02T12:00:00Z", "recoveryCodesLeft": 10}}
    }
    assert await events(connection) == [("SecondFactorTurnedOn", {})]
    assert await mails(connection) == [("SECOND_FACTOR_ON", "ada@example.com", "de")]
    row = str(await connection.fetchrow("SELECT second_factors::text AS row FROM second_factors"))
    assert not [secret for secret in (enrollment["secret"], *done["recoveryCodes"]) if secret in row]


async def test_signing_in_takes_a_code_then(api, ada, clock):
    it = await Enrolled.now(api, clock)

    first = await sign_in(api)
    done = await answer(api, it.code, first["challenge"]["token"])

    assert (first["session"], first["errors"]) == (None, [])
    assert (first["challenge"]["expiresAt"], first["challenge"]["enrolled"]) == ("2026-03-02T12:05:30Z", True)
    assert done["errors"] == []
    assert (await api.as_(done["session"]["accessToken"]).shop(ME))["me"]["email"] == "ada@example.com"


async def test_a_code_counts_once_and_so_does_a_challenge(api, ada, clock):
    it = await Enrolled.now(api, clock)
    challenge = (await sign_in(api))["challenge"]["token"]
    code = it.code

    assert await answer(api, "", challenge) == INVALID_CODE
    assert (await answer(api, code, challenge))["errors"] == []
    assert await answer(api, code) == INVALID_CODE
    clock.advance(timedelta(seconds=30))
    used = await answer(api, it.code, challenge)
    assert used == {"session": None, "errors": [{"code": "INVALID_TOKEN", "path": ["challenge"]}]}


async def test_a_recovery_code_does_the_same_once_however_it_is_written(api, ada, clock, connection):
    it = await Enrolled.now(api, clock)
    code = it.recovery_codes[3]

    done = await answer(api, f" {code.lower().replace('-', ' ')} ")

    assert done["errors"] == []
    assert await answer(api, code) == INVALID_CODE
    assert (await it.browser.shop(MINE))["me"]["secondFactor"]["recoveryCodesLeft"] == 9
    assert (await events(connection))[-1] == ("RecoveryCodeUsed", {"left": 9})


async def test_new_recovery_codes_take_the_place_of_the_old(api, ada, clock, connection):
    it = await Enrolled.now(api, clock)

    wrong = (await it.browser.shop(RENEW, password="wrong"))["renewRecoveryCodes"]
    new = (await it.browser.shop(RENEW, password=given.PASSWORD))["renewRecoveryCodes"]

    assert wrong == {"recoveryCodes": None, "errors": WRONG_PASSWORD}
    assert (new["errors"], len(set(new["recoveryCodes"]) - set(it.recovery_codes))) == ([], 10)
    assert await answer(api, it.recovery_codes[0]) == INVALID_CODE
    assert (await answer(api, new["recoveryCodes"][0]))["errors"] == []
    assert ("RecoveryCodesRenewed", {}) in await events(connection)


async def test_it_is_turned_off_with_the_password(api, ada, clock, connection):
    it = await Enrolled.now(api, clock)
    elsewhere = (await answer(api, it.code))["session"]["accessToken"]

    wrong = (await it.browser.shop(TURN_OFF, password="wrong"))["turnOffSecondFactor"]
    still = (await sign_in(api))["challenge"]
    done = (await it.browser.shop(TURN_OFF, password=given.PASSWORD))["turnOffSecondFactor"]

    assert wrong == {"endedSessions": 0, "errors": WRONG_PASSWORD}
    assert still is not None
    assert done == {"endedSessions": 1, "errors": []}
    assert await api.as_(elsewhere).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    assert (await sign_in(api))["challenge"] is None
    assert (await events(connection))[-1] == ("SecondFactorTurnedOff", {})
    assert (await mails(connection))[-1] == ("SECOND_FACTOR_OFF", "ada@example.com", "de")


async def test_without_one_there_is_nothing_to_turn_off_or_renew_or_confirm(api, ada):
    browser = await signed_in(api)

    assert (await browser.shop(TURN_OFF, password=given.PASSWORD))["turnOffSecondFactor"]["errors"] == NEEDED
    assert (await browser.shop(RENEW, password=given.PASSWORD))["renewRecoveryCodes"]["errors"] == NEEDED
    assert (await confirm(browser, "000000"))["errors"] == NEEDED


async def test_a_stolen_session_turns_nothing_on_and_guesses_no_password(api, ada, connection):
    browser = await signed_in(api)

    tries = [await start(browser, "wrong") for _ in range(SIGN_IN.per_account)]

    assert [attempt["errors"] for attempt in tries] == [WRONG_PASSWORD] * SIGN_IN.per_account
    assert (await start(browser))["errors"] == [{"code": "TOO_MANY_ATTEMPTS", "path": None}]
    assert await connection.fetchval("SELECT count(*) FROM second_factors") == 0


async def test_a_second_one_is_not_taken_beside_the_first(api, ada, clock):
    it = await Enrolled.now(api, clock)

    assert (await start(it.browser))["errors"] == [{"code": "ALREADY_ENROLLED", "path": None}]
    assert (await confirm(it.browser, it.code))["errors"] == [{"code": "ALREADY_ENROLLED", "path": None}]


async def test_guessing_codes_is_locked_out_and_time_unlocks(api, ada, clock):
    it = await Enrolled.now(api, clock)
    challenge = (await sign_in(api))["challenge"]["token"]
    for _ in range(SECOND_FACTOR.per_account):
        assert await answer(api, "000000", challenge) == INVALID_CODE

    assert (await answer(api, it.code, challenge))["errors"] == [{"code": "TOO_MANY_ATTEMPTS", "path": None}]
    clock.advance(SECOND_FACTOR.window)
    assert (await answer(api, it.code))["errors"] == []


async def test_a_mailed_link_does_not_lead_round_it(api, ada, clock, connection, database):
    await Enrolled.now(api, clock)
    await deliver(database, connection, clock)

    token = await reset_token(api, connection, database, clock)
    assert (await reset(api, token, "a staple of wet hay"))["errors"] == []

    assert (await sign_in(api, password="a staple of wet hay"))["session"] is None


async def test_a_challenge_of_staff_opens_nothing_in_the_shop(api, ada, clock, connection):
    await given.staff(connection)
    challenge = (await staff.sign_in(api))["challenge"]["token"]

    crossed = await answer(api, "000000", challenge)

    assert crossed == {"session": None, "errors": [{"code": "INVALID_TOKEN", "path": ["challenge"]}]}


async def test_of_parallel_answers_with_one_recovery_code_one_opens_a_session(committing_api, committing, clock):
    async with committing.connection() as connection:
        await given.customer(connection.raw, channel_id=await given.channel(connection.raw))
    it = await Enrolled.now(committing_api, clock)
    challenge = (await sign_in(committing_api))["challenge"]["token"]

    answers = await asyncio.gather(*(answer(committing_api, it.recovery_codes[0], challenge) for _ in range(6)))

    assert sum(each["session"] is not None for each in answers) == 1


async def test_staff_help_who_lost_device_and_codes(api, ada, connection):
    await given.second_factor(connection, ada)
    clerk = api.as_(
        await given.staff_token(connection, await given.staff(connection, "FIND_CUSTOMERS", "DISABLE_CUSTOMERS"))
    )
    token = await given.customer_token(connection, ada)

    async def ask(**more):
        return (await clerk.staff(RESET, input={"id": global_id("cus", ada), **more}))["resetCustomerSecondFactor"]

    assert (await ask(expectedRevision=9))["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert await connection.fetchval("SELECT count(*) FROM second_factors") == 1
    done = [await ask(expectedRevision=1, idempotencyKey="k") for _ in range(2)]

    assert done == [{"customer": {"secondFactor": None}, "errors": []}] * 2
    assert await events(connection) == [("SecondFactorTurnedOff", {})]
    assert await mails(connection) == [("SECOND_FACTOR_OFF", "ada@example.com", "de")]
    assert await api.as_(token).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    assert (await sign_in(api))["challenge"] is None


async def test_staff_reset_neither_strangers_nor_their_own_nor_without_the_right(api, ada, connection):
    channel_id = await connection.fetchval("SELECT id FROM channels")
    own = await given.customer(connection, "grace@example.com", channel_id=channel_id)
    for owner in (ada, own):
        await given.second_factor(connection, owner)
    grace = await given.staff(connection, "FIND_CUSTOMERS", "DISABLE_CUSTOMERS")
    clerk = api.as_(await given.staff_token(connection, grace))
    other = await given.staff(connection, "MANAGE_CUSTOMERS", email="b@example.com")

    async def errors(id_):
        return (await clerk.staff(RESET, input={"id": id_}))["resetCustomerSecondFactor"]["errors"]

    assert await errors("cus_0") == await errors(global_id("cus", grace)) == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert await errors(global_id("cus", own)) == [{"code": "SELF_DEALING", "path": ["id"]}]
    forbidden = api.as_(await given.staff_token(connection, other))
    assert await forbidden.error_codes("/staff/graphql", RESET, {"input": {"id": global_id("cus", ada)}}) == [
        "FORBIDDEN"
    ]
    assert await connection.fetchval("SELECT count(*) FROM second_factors") == 2
