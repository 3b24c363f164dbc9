import asyncio
from datetime import timedelta

from commerce_api.domain.session import LIFETIMES, SessionKind
from commerce_api.domain.throttle import SIGN_IN
from tests import given

SESSION = "session { accessToken accessExpiresAt refreshToken expiresAt } errors { code message path }"
SIGN_IN_DOCUMENT = f"""
mutation($email: String!, $password: String!) {{
  signIn(input: {{email: $email, password: $password}}) {{ {SESSION} challenge {{ token expiresAt enrolled }} }}
}}
"""
REFRESH = f"mutation($token: String!) {{ refreshSession(input: {{refreshToken: $token}}) {{ {SESSION} }} }}"
ME = "{ me { email emailVerified firstName lastName phone acceptedTermsVersion addresses { id } consents { kind } } }"
REFUSED = {
    "session": None,
    "challenge": None,
    "errors": [
        {
            "code": "INVALID_CREDENTIALS",
            "message": "Address or password are not right, or the address has not been confirmed yet.",
            "path": None,
        }
    ],
}
INVALID_TOKEN = {
    "session": None,
    "errors": [
        {
            "code": "INVALID_TOKEN",
            "message": "This token is not valid, was used before, or has expired.",
            "path": ["refreshToken"],
        }
    ],
}


async def sign_in(api, email="ada@example.com", password=given.PASSWORD):
    return (await api.shop(SIGN_IN_DOCUMENT, email=email, password=password))["signIn"]


async def refresh(api, token):
    return (await api.shop(REFRESH, token=token))["refreshSession"]


async def test_a_customer_signs_in_and_is_known_by_the_access_token(api, connection, clock):
    await given.customer(connection, channel_id=await given.channel(connection))

    answer = await sign_in(api, email=" ADA@Example.com ")

    assert answer["errors"] == []
    session = answer["session"]
    assert session["accessExpiresAt"] == "2026-03-02T12:15:00Z"
    assert session["expiresAt"] == "2026-04-01T12:00:00Z"
    assert await api.as_(session["accessToken"]).shop(ME) == {
        "me": {
            "email": "ada@example.com",
            "emailVerified": True,
            "firstName": "Ada",
            "lastName": "Byron",
            "phone": "",
            "acceptedTermsVersion": "2026-01",
            "addresses": [],
            "consents": [],
        }
    }


async def test_nobody_is_signed_in_without_a_token(api, connection):
    await given.channel(connection)

    assert await api.shop(ME) == {"me": None}


async def test_a_token_is_kept_as_a_hash_only(api, connection):
    await given.customer(connection, channel_id=await given.channel(connection))

    session = (await sign_in(api))["session"]

    stored = await connection.fetch(
        "SELECT s::text, r::text FROM sessions s JOIN refresh_tokens r ON r.session_id = s.id"
    )
    assert len(stored) == 1
    assert not any(token in str(stored) for token in (session["accessToken"], session["refreshToken"]))


async def test_unknown_and_known_addresses_get_the_same_answer_for_the_same_work(
    api, connection, passwords, statements
):
    await given.customer(connection, channel_id=await given.channel(connection))
    await sign_in(api, "warming@up.example")
    answers, costs = [], []

    for email, password in [
        ("ada@example.com", "wrong password"),
        ("nobody@example.com", "wrong password"),
        ("no address", "wrong password"),
    ]:
        passwords.computed = 0
        statements.clear()
        answers.append(await sign_in(api, email, password))
        costs.append((passwords.computed, [sql for sql in statements if "channels" not in sql]))

    assert answers == [REFUSED] * 3
    assert [computed for computed, _ in costs] == [1, 1, 1]
    assert costs[0][1] == costs[1][1] == costs[2][1]
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 0


async def test_an_unconfirmed_or_disabled_account_looks_like_none(api, connection):
    channel_id = await given.channel(connection)
    await given.customer(connection, "new@example.com", channel_id=channel_id, email_verified_at=None)
    await given.customer(connection, "gone@example.com", channel_id=channel_id, status="DISABLED")

    assert await sign_in(api, "new@example.com") == REFUSED
    assert await sign_in(api, "gone@example.com") == REFUSED
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 0


async def test_after_too_many_attempts_even_the_right_password_waits(api, connection, clock, passwords):
    await given.customer(connection, channel_id=await given.channel(connection))
    for _ in range(SIGN_IN.per_account):
        assert await sign_in(api, password="wrong password") == REFUSED
    passwords.computed = 0
    clock.advance(timedelta(minutes=5))

    answer = await sign_in(api)

    assert answer["errors"] == [
        {
            "code": "TOO_MANY_ATTEMPTS",
            "message": "Too many attempts. Wait 600 seconds, then try again.",
            "path": None,
        }
    ]
    assert passwords.computed == 0
    clock.advance(timedelta(minutes=10))
    assert (await sign_in(api))["errors"] == []


async def test_an_address_without_account_is_locked_out_alike(api, connection):
    await given.channel(connection)
    answers = [await sign_in(api, "nobody@example.com", "wrong password") for _ in range(SIGN_IN.per_account + 1)]

    assert answers[:-1] == [REFUSED] * SIGN_IN.per_account
    assert answers[-1]["errors"][0]["code"] == "TOO_MANY_ATTEMPTS"


async def test_signing_in_starts_the_count_again(api, connection):
    await given.customer(connection, channel_id=await given.channel(connection))
    for _ in range(SIGN_IN.per_account - 1):
        await sign_in(api, password="wrong password")

    assert (await sign_in(api))["errors"] == []
    assert await sign_in(api, password="wrong password") == REFUSED


async def test_parallel_guesses_are_counted_exactly(committing_api, committing, passwords):
    async with committing.connection() as connection:
        await given.customer(connection.raw, channel_id=await given.channel(connection.raw))

    answers = await asyncio.gather(*(sign_in(committing_api, password="wrong password") for _ in range(30)))

    codes = [answer["errors"][0]["code"] for answer in answers]
    assert codes.count("INVALID_CREDENTIALS") == SIGN_IN.per_account
    assert codes.count("TOO_MANY_ATTEMPTS") == 30 - SIGN_IN.per_account
    assert passwords.computed == SIGN_IN.per_account


async def test_a_failed_attempt_is_recorded_without_the_address(api, connection):
    customer_id = await given.customer(connection, channel_id=await given.channel(connection))

    await sign_in(api, password="wrong password")
    await sign_in(api, email="nobody@example.com")

    rows = await connection.fetch("SELECT entity, type, data FROM events ORDER BY position")
    assert [(row["entity"], row["type"], row["data"]) for row in rows] == [
        ("SIGN_IN", "SignInFailed", {"subject": "CUSTOMER", "subject_id": str(customer_id)}),
        ("SIGN_IN", "SignInFailed", {"subject": "CUSTOMER", "subject_id": None}),
    ]


async def test_an_access_token_expires_and_a_refresh_brings_the_next(api, connection, clock):
    await given.customer(connection, channel_id=await given.channel(connection))
    first = (await sign_in(api))["session"]
    clock.advance(LIFETIMES[SessionKind.CUSTOMER].access)

    assert await api.as_(first["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    second = (await refresh(api, first["refreshToken"]))["session"]

    assert second["expiresAt"] == "2026-04-01T12:15:00Z"
    assert (await api.as_(second["accessToken"]).shop(ME))["me"]["email"] == "ada@example.com"
    assert await api.as_(first["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]


async def test_a_refresh_token_used_twice_ends_the_session(api, connection):
    customer_id = await given.customer(connection, channel_id=await given.channel(connection))
    first = (await sign_in(api))["session"]
    second = (await refresh(api, first["refreshToken"]))["session"]

    assert await refresh(api, first["refreshToken"]) == INVALID_TOKEN

    assert await api.as_(second["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    assert await refresh(api, second["refreshToken"]) == INVALID_TOKEN
    last = await connection.fetchrow("SELECT type, data FROM events ORDER BY position DESC LIMIT 1")
    assert (last["type"], last["data"]) == (
        "SessionEnded",
        {"subject_id": str(customer_id), "reason": "REFRESH_TOKEN_REUSED"},
    )


async def test_of_parallel_refreshes_one_is_answered_and_the_session_ends(committing_api, committing):
    async with committing.connection() as connection:
        await given.customer(connection.raw, channel_id=await given.channel(connection.raw))
    first = (await sign_in(committing_api))["session"]

    answers = await asyncio.gather(*(refresh(committing_api, first["refreshToken"]) for _ in range(8)))

    won = [answer["session"] for answer in answers if answer["session"]]
    assert len(won) == 1
    assert [answer for answer in answers if not answer["session"]] == [INVALID_TOKEN] * 7
    assert await committing_api.as_(won[0]["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    async with committing.connection() as connection:
        ended = await connection.raw.fetch("SELECT type FROM events ORDER BY position")
    assert [row["type"] for row in ended] == ["SessionOpened", "SessionEnded"]


async def test_a_made_up_refresh_token_changes_nothing(api, connection):
    await given.channel(connection)

    assert await refresh(api, "shop_refresh_madeup") == INVALID_TOKEN
    assert await connection.fetchval("SELECT count(*) FROM events") == 0


async def test_signing_out_ends_this_session_only(api, connection):
    await given.customer(connection, channel_id=await given.channel(connection))
    here, there = (await sign_in(api))["session"], (await sign_in(api))["session"]

    answer = await api.as_(here["accessToken"]).shop("mutation { signOut { endedSessions errors { code } } }")

    assert answer == {"signOut": {"endedSessions": 1, "errors": []}}
    assert await api.as_(here["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    assert await refresh(api, here["refreshToken"]) == INVALID_TOKEN
    assert (await api.as_(there["accessToken"]).shop(ME))["me"]["email"] == "ada@example.com"


async def test_signing_out_everywhere_ends_all_sessions_of_the_account_and_no_other(api, connection):
    channel_id = await given.channel(connection)
    await given.customer(connection, channel_id=channel_id)
    other = await given.customer_token(
        connection, await given.customer(connection, "b@example.com", channel_id=channel_id)
    )
    here, there = (await sign_in(api))["session"], (await sign_in(api))["session"]

    answer = await api.as_(here["accessToken"]).shop("mutation { signOutEverywhere { endedSessions errors { code } } }")

    assert answer == {"signOutEverywhere": {"endedSessions": 2, "errors": []}}
    assert await api.as_(there["accessToken"]).error_codes("/graphql", ME) == ["UNAUTHENTICATED"]
    assert (await api.as_(other).shop(ME))["me"]["email"] == "b@example.com"


async def test_one_operation_is_one_guess(api, connection, passwords):
    await given.channel(connection)
    one = '{}: signIn(input: {{email: "ada@example.com", password: "{}"}}) {{ errors {{ code }} }}'
    document = f"mutation {{ {one.format('a', 'first')} {one.format('b', 'second')} }}"

    answer = await api.answer("/graphql", document)

    assert "data" not in answer
    assert passwords.computed == 0
