import asyncio
from datetime import timedelta

import pyotp
import pytest

from commerce_api.domain.throttle import SECOND_FACTOR, SIGN_IN
from commerce_api.settings import Settings
from tests import given
from tests.api.test_sign_in import sign_in as shop_sign_in

TOKENS = "session { accessToken expiresAt refreshToken accessExpiresAt }"
OUTCOME = f"{TOKENS} challenge {{ token expiresAt enrolled }} errors {{ code path }}"
SIGN_IN_STAFF = f"""
mutation($email: String!, $password: String!) {{
  signInStaff(input: {{email: $email, password: $password}}) {{ {OUTCOME} }}
}}
"""
ANSWER = f"mutation($input: AnswerSecondFactorInput!) {{ answerStaffSecondFactor(input: $input) {{ {OUTCOME} }} }}"
START = """
mutation($input: StartStaffSecondFactorInput!) {
  startStaffSecondFactor(input: $input) { secret uri errors { code path } }
}
"""
CONFIRM = f"""
mutation($input: ConfirmStaffSecondFactorInput!) {{
  confirmStaffSecondFactor(input: $input) {{ {TOKENS} recoveryCodes errors {{ code path }} }}
}}
"""
REFRESH = f"""
mutation($token: String!) {{ refreshStaffSession(input: {{refreshToken: $token}}) {{ {TOKENS} errors {{ code }} }} }}
"""
VIEWER = "{ viewer { kind staff { name secondFactor } apiKey { name } permissions { permission channelIds } } }"
CHANGE = """
mutation($current: String!, $new: String!) {
  changeStaffPassword(input: {currentPassword: $current, newPassword: $new}) { endedSessions errors { code path } }
}
"""
REFUSED = {"session": None, "challenge": None, "errors": [{"code": "INVALID_CREDENTIALS", "path": None}]}
INVALID_CODE = {"session": None, "challenge": None, "errors": [{"code": "INVALID_CODE", "path": ["code"]}]}
NOT_CONFIRMED = {"session": None, "recoveryCodes": None, "errors": INVALID_CODE["errors"]}
INVALID_CHALLENGE = {"session": None, "challenge": None, "errors": [{"code": "INVALID_TOKEN", "path": ["challenge"]}]}


@pytest.fixture(params=["required"])
def settings(request):
    return Settings(staff_second_factor=request.param, rate_limit=0)


optional = pytest.mark.parametrize("settings", ["optional"], indirect=True)


@pytest.fixture
async def grace(connection):
    await given.channel(connection)
    return await given.staff(connection, "READ_STOCK")


async def sign_in(api, email="grace@example.com", password=given.PASSWORD):
    return (await api.staff(SIGN_IN_STAFF, email=email, password=password))["signInStaff"]


async def start(api, challenge=None, password=None):
    return (await api.staff(START, input={"challenge": challenge, "currentPassword": password}))[
        "startStaffSecondFactor"
    ]


async def confirm(api, code, challenge=None):
    return (await api.staff(CONFIRM, input={"code": code, "challenge": challenge}))["confirmStaffSecondFactor"]


async def answer(api, challenge, code):
    return (await api.staff(ANSWER, input={"challenge": challenge, "code": code}))["answerStaffSecondFactor"]


async def enrolled(api, clock):
    """The authenticator app of somebody who has just enrolled, half a minute later."""
    challenge = (await sign_in(api))["challenge"]["token"]
    app = pyotp.TOTP((await start(api, challenge))["secret"])
    await confirm(api, app.at(clock()), challenge)
    clock.advance(timedelta(seconds=30))
    return app


@optional
async def test_a_password_is_enough_where_a_second_factor_is_optional(api, grace):
    signed_in = await sign_in(api, " GRACE@example.com")

    assert (signed_in["challenge"], signed_in["errors"]) == (None, [])
    session = signed_in["session"]
    assert session["accessToken"].startswith("staff_access_")
    assert (session["accessExpiresAt"], session["expiresAt"]) == ("2026-03-02T12:15:00Z", "2026-03-03T00:00:00Z")
    viewer = (await api.as_(session["accessToken"]).staff(VIEWER))["viewer"]
    assert viewer == {
        "kind": "STAFF",
        "staff": {"name": "Grace", "secondFactor": False},
        "apiKey": None,
        "permissions": [
            {"permission": name, "channelIds": None}
            for name in ("BROWSE_CATALOG", "READ_STOCK", "SIGN_IN_AS_STAFF", "STAFF_DESK")
        ],
    }


@optional
async def test_a_session_of_staff_ends_after_its_hours_however_often_it_is_refreshed(api, grace, clock):
    session = (await sign_in(api))["session"]
    clock.advance(timedelta(hours=11, minutes=55))

    session = (await api.staff(REFRESH, token=session["refreshToken"]))["refreshStaffSession"]["session"]

    assert (session["accessExpiresAt"], session["expiresAt"]) == ("2026-03-03T00:00:00Z", "2026-03-03T00:00:00Z")
    clock.advance(timedelta(minutes=5))
    assert await api.as_(session["accessToken"]).error_codes("/staff/graphql", VIEWER) == ["UNAUTHENTICATED"]
    late = await api.staff(REFRESH, token=session["refreshToken"])
    assert late["refreshStaffSession"] == {"session": None, "errors": [{"code": "INVALID_TOKEN"}]}


@optional
async def test_a_refresh_token_of_a_customer_opens_no_session_of_staff(api, grace, connection):
    channel_id = await connection.fetchval("SELECT id FROM channels")
    await given.customer(connection, channel_id=channel_id)
    customer = await shop_sign_in(api)

    token = customer["session"]["refreshToken"]
    crossed = await api.staff(REFRESH, token=token)

    assert crossed["refreshStaffSession"] == {"session": None, "errors": [{"code": "INVALID_TOKEN"}]}


async def test_unknown_known_and_closed_accounts_get_the_same_answer_for_the_same_work(
    api, grace, connection, passwords
):
    await given.staff(connection, email="gone@example.com", status="DISABLED")
    tries = [("grace@example.com", "wrong"), ("nobody@example.com", "wrong"), ("gone@example.com", given.PASSWORD)]
    answers, costs = [], []
    for email, password in tries:
        passwords.computed = 0
        answers.append(await sign_in(api, email, password))
        costs.append(passwords.computed)

    assert answers == [REFUSED] * 3
    assert costs == [1, 1, 1]


@optional
async def test_guessing_a_password_of_staff_is_locked_out(api, grace):
    for _ in range(SIGN_IN.per_account):
        assert await sign_in(api, password="wrong") == REFUSED

    assert (await sign_in(api))["errors"] == [{"code": "TOO_MANY_ATTEMPTS", "path": None}]


async def test_a_required_second_factor_is_enrolled_on_the_way_in(api, grace, clock, connection):
    challenge = (await sign_in(api))["challenge"]
    assert (challenge["enrolled"], challenge["expiresAt"]) == (False, "2026-03-02T12:05:00Z")

    enrollment = await start(api, challenge["token"])
    code = pyotp.TOTP(enrollment["secret"]).at(clock())
    done = await confirm(api, code, challenge["token"])

    assert "grace%40example.com" in enrollment["uri"]
    assert done["errors"] == []
    viewer = await api.as_(done["session"]["accessToken"]).staff("{ viewer { staff { secondFactor } } }")
    assert viewer["viewer"]["staff"]["secondFactor"] is True
    kept = await connection.fetchval("SELECT secret FROM second_factors")
    assert enrollment["secret"].encode() not in kept


async def test_the_second_sign_in_takes_a_code(api, grace, clock):
    app = await enrolled(api, clock)

    challenge = (await sign_in(api))["challenge"]
    done = await answer(api, challenge["token"], app.at(clock()))

    assert challenge["enrolled"] is True
    assert done["errors"] == []
    assert done["session"]["accessToken"].startswith("staff_access_")


async def test_a_wrong_code_opens_nothing_and_the_challenge_stays(api, grace, clock, connection):
    app = await enrolled(api, clock)
    challenge = (await sign_in(api))["challenge"]["token"]
    right = app.at(clock())
    sessions = await connection.fetchval("SELECT count(*) FROM sessions")

    assert await answer(api, challenge, f"{(int(right) + 1) % 1_000_000:06}") == INVALID_CODE
    assert await answer(api, challenge, "") == INVALID_CODE
    assert await connection.fetchval("SELECT count(*) FROM sessions") == sessions
    assert (await answer(api, challenge, right))["errors"] == []


async def test_a_code_counts_once(api, grace, clock):
    app = await enrolled(api, clock)
    code = app.at(clock())
    first, second = (await sign_in(api))["challenge"]["token"], None
    assert (await answer(api, first, code))["errors"] == []

    second = (await sign_in(api))["challenge"]["token"]

    assert await answer(api, second, code) == INVALID_CODE
    clock.advance(timedelta(seconds=30))
    assert (await answer(api, second, app.at(clock())))["errors"] == []


async def test_a_challenge_opens_once_and_for_five_minutes(api, grace, clock):
    app = await enrolled(api, clock)
    used = (await sign_in(api))["challenge"]["token"]
    await answer(api, used, app.at(clock()))
    clock.advance(timedelta(seconds=30))
    assert await answer(api, used, app.at(clock())) == INVALID_CHALLENGE
    late = (await sign_in(api))["challenge"]["token"]

    clock.advance(timedelta(minutes=5))

    assert await answer(api, late, app.at(clock())) == INVALID_CHALLENGE
    assert await answer(api, "challenge_madeup", app.at(clock())) == INVALID_CHALLENGE


async def test_guessing_codes_is_locked_out(api, grace, clock):
    app = await enrolled(api, clock)
    challenge = (await sign_in(api))["challenge"]["token"]
    for _ in range(SECOND_FACTOR.per_account):
        await answer(api, challenge, "000000")

    locked = await answer(api, challenge, app.at(clock()))

    assert locked["errors"] == [{"code": "TOO_MANY_ATTEMPTS", "path": None}]


@optional
async def test_somebody_signed_in_enrolls_and_cannot_replace_it(api, grace, clock):
    client = api.as_((await sign_in(api))["session"]["accessToken"])
    assert (await start(client))["errors"] == [{"code": "WRONG_PASSWORD", "path": ["currentPassword"]}]
    enrollment = await start(client, password=given.PASSWORD)

    assert await confirm(client, "000000") == NOT_CONFIRMED
    done = await confirm(client, pyotp.TOTP(enrollment["secret"]).at(clock()))

    assert (done["session"], len(set(done["recoveryCodes"])), done["errors"]) == (None, 10, [])
    assert (await start(client, password=given.PASSWORD))["errors"] == [{"code": "ALREADY_ENROLLED", "path": None}]
    assert (await sign_in(api))["challenge"]["enrolled"] is True


async def test_a_stranger_enrolls_nothing(api, grace):
    made_up = {"session": None, "recoveryCodes": None, "errors": INVALID_CHALLENGE["errors"]}
    assert (await start(api, "challenge_madeup"))["errors"] == INVALID_CHALLENGE["errors"]
    assert (await start(api))["errors"] == [{"code": "WRONG_PASSWORD", "path": ["currentPassword"]}]
    assert await confirm(api, "000000") == await confirm(api, "000000", "challenge_madeup") == made_up


async def test_a_code_before_enrolling_is_none(api, grace):
    challenge = (await sign_in(api))["challenge"]["token"]

    assert (await answer(api, challenge, "000000"))["errors"] == [{"code": "SECOND_FACTOR_NEEDED", "path": None}]
    assert (await confirm(api, "000000", challenge))["errors"] == [{"code": "SECOND_FACTOR_NEEDED", "path": None}]


async def test_of_parallel_answers_with_one_code_one_opens_a_session(committing_api, committing, clock):
    async with committing.connection() as connection:
        await given.channel(connection.raw)
        await given.staff(connection.raw)
    app = await enrolled(committing_api, clock)
    challenge = (await sign_in(committing_api))["challenge"]["token"]

    answers = await asyncio.gather(*(answer(committing_api, challenge, app.at(clock())) for _ in range(6)))

    assert sum(given_["session"] is not None for given_ in answers) == 1


@optional
async def test_staff_change_their_password_and_other_sessions_end(api, grace):
    here, there = (await sign_in(api))["session"], (await sign_in(api))["session"]
    client = api.as_(here["accessToken"])

    wrong = await client.staff(CHANGE, current="wrong", new="a staple of wet hay")
    weak = await client.staff(CHANGE, current=given.PASSWORD, new="short")
    done = await client.staff(CHANGE, current=given.PASSWORD, new="a staple of wet hay")

    assert wrong["changeStaffPassword"]["errors"] == [{"code": "WRONG_PASSWORD", "path": ["currentPassword"]}]
    assert weak["changeStaffPassword"]["errors"] == [{"code": "WEAK_PASSWORD", "path": ["newPassword"]}]
    assert done["changeStaffPassword"] == {"endedSessions": 1, "errors": []}
    assert await api.as_(there["accessToken"]).error_codes("/staff/graphql", VIEWER) == ["UNAUTHENTICATED"]
    assert (await sign_in(api, password="a staple of wet hay"))["errors"] == []


@optional
async def test_signing_out_ends_one_session_or_all(api, grace):
    one, two, three = [(await sign_in(api))["session"]["accessToken"] for _ in range(3)]

    here = await api.as_(one).staff("mutation { signOutStaff { endedSessions } }")
    everywhere = await api.as_(two).staff("mutation { signOutStaffEverywhere { endedSessions } }")

    assert (here["signOutStaff"], everywhere["signOutStaffEverywhere"]) == ({"endedSessions": 1}, {"endedSessions": 2})
    assert await api.as_(three).error_codes("/staff/graphql", VIEWER) == ["UNAUTHENTICATED"]
