from datetime import timedelta

import pytest

from commerce_api.domain.throttle import ACCOUNT_MAIL
from tests import given
from tests.api.mails import deliver
from tests.api.test_sign_in import ME, SESSION, sign_in

REGISTER = """
mutation($input: RegisterCustomerInput!) {
  registerCustomer(input: $input) {
    accepted
    errors { code message path ... on TermsError { currentVersion } }
  }
}
"""
VERIFY = f"""
mutation($token: String!, $password: String!) {{
  verifyEmail(input: {{token: $token, password: $password}}) {{ {SESSION} }}
}}
"""
RESEND = "mutation($email: String!) { resendVerification(input: {email: $email}) { accepted errors { code } } }"
ACCEPTED = {"accepted": True, "errors": []}
ADA = {
    "email": "Ada@Example.com",
    "password": given.PASSWORD,
    "firstName": "Ada",
    "lastName": "Byron",
    "phone": "030 123456",
    "acceptedTermsVersion": "2026-01",
    "marketingConsents": ["EMAIL_MARKETING"],
    "address": {
        "firstName": "Ada",
        "lastName": "Byron",
        "line1": "Unter den Linden 1",
        "city": "Berlin",
        "postalCode": "10117",
        "country": "DE",
    },
}
TABLES = ("customers", "addresses", "consents", "events", "outbox", "one_time_tokens")


async def counts(connection):
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}


async def register(api, **changes):
    return (await api.shop(REGISTER, input={**ADA, **changes}))["registerCustomer"]


async def verify(api, token, password=given.PASSWORD):
    return (await api.shop(VERIFY, token=token, password=password))["verifyEmail"]


async def test_a_new_customer_confirms_the_address_and_is_in(api, connection, database, clock):
    await given.channel(connection)

    assert await register(api) == ACCEPTED
    [mail] = await deliver(database, connection, clock)
    session = (await verify(api, mail.pop("token")))["session"]

    assert mail == {
        "kind": "VERIFY_EMAIL",
        "recipient": "ada@example.com",
        "language": "en",
        "data": {"name": "Ada"},
    }
    me = await api.as_(session["accessToken"]).shop(
        """{ me { email emailVerified firstName lastName phone acceptedTermsVersion language
             addresses { address { line1 city postalCode country } defaultShipping defaultBilling revision }
             consents { kind granted version source at } } }"""
    )
    assert me["me"] == {
        "email": "ada@example.com",
        "emailVerified": True,
        "firstName": "Ada",
        "lastName": "Byron",
        "phone": "+4930123456",
        "acceptedTermsVersion": "2026-01",
        "language": "en",
        "addresses": [
            {
                "address": {
                    "line1": "Unter den Linden 1",
                    "city": "Berlin",
                    "postalCode": "10117",
                    "country": "DE",
                },
                "defaultShipping": True,
                "defaultBilling": True,
                "revision": 2,
            }
        ],
        "consents": [
            {
                "kind": "EMAIL_MARKETING",
                "granted": True,
                "version": "",
                "source": "registration",
                "at": "2026-03-02T12:00:00Z",
            },
            {
                "kind": "TERMS",
                "granted": True,
                "version": "2026-01",
                "source": "registration",
                "at": "2026-03-02T12:00:00Z",
            },
        ],
    }


async def test_nothing_personal_is_in_the_events(api, connection):
    await given.channel(connection)

    await register(api)

    log = str(await connection.fetch("SELECT type, data, actor FROM events"))
    assert "CustomerRegistered" in log
    assert not any(secret in log for secret in ("ada@", "Byron", "Linden", "123456", given.PASSWORD))


async def test_nobody_signs_in_before_the_address_is_confirmed(api, connection):
    await given.channel(connection)
    await register(api)

    assert (await sign_in(api))["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_a_taken_address_gets_the_same_answer_for_the_same_work(api, connection, passwords, database, clock):
    channel_id = await given.channel(connection)
    await given.customer(connection, "taken@example.com", channel_id=channel_id)
    before = await counts(connection)
    passwords.computed = 0

    taken = await register(api, email="taken@example.com", firstName="Mallory")
    after, work = await counts(connection), passwords.computed
    passwords.computed = 0
    new = await register(api, email="new@example.com")

    assert taken == new == ACCEPTED
    assert work == passwords.computed == 1
    assert {table: after[table] - before[table] for table in TABLES if after[table] != before[table]} == {"outbox": 1}
    assert await connection.fetchval("SELECT first_name FROM customers WHERE email = 'taken@example.com'") == "Ada"
    mails = {mail["recipient"]: mail["kind"] for mail in await deliver(database, connection, clock)}
    assert mails == {"taken@example.com": "ALREADY_REGISTERED", "new@example.com": "VERIFY_EMAIL"}


async def test_everything_wrong_is_told_at_once_and_nothing_is_written(api, connection, passwords):
    await given.channel(connection)
    before = await counts(connection)

    answer = await register(
        api,
        email="no address",
        password="short",
        firstName=" ",
        phone="12",
        acceptedTermsVersion=None,
        address={"lastName": "Byron", "country": "DE"},
    )

    assert [(error["code"], error["path"]) for error in answer["errors"]] == [
        ("INVALID_VALUE", ["email"]),
        ("WEAK_PASSWORD", ["password"]),
        ("INVALID_VALUE", ["firstName"]),
        ("INVALID_VALUE", ["phone"]),
        ("INVALID_VALUE", ["address", "line1"]),
        ("INVALID_VALUE", ["address", "city"]),
        ("INVALID_VALUE", ["address", "postalCode"]),
        ("TERMS_NOT_ACCEPTED", ["acceptedTermsVersion"]),
    ]
    assert answer["accepted"] is False
    assert await counts(connection) == before
    assert passwords.computed == 0


async def test_terms_of_yesterday_are_not_those_in_force(api, connection):
    await given.channel(connection)

    answer = await register(api, acceptedTermsVersion="2025-01")

    assert answer["errors"] == [
        {
            "code": "TERMS_VERSION_STALE",
            "message": "The terms have changed since. Show version 2026-01 and ask again.",
            "path": ["acceptedTermsVersion"],
            "currentVersion": "2026-01",
        }
    ]
    assert (await counts(connection))["customers"] == 0


async def test_the_token_of_a_mail_is_of_no_use_without_the_password(api, connection, database, clock):
    await given.channel(connection)
    await register(api)
    [mail] = await deliver(database, connection, clock)
    token = mail["token"]

    assert (await verify(api, token, "somebody else's"))["errors"][0]["code"] == "INVALID_CREDENTIALS"
    assert await connection.fetchval("SELECT email_verified_at FROM customers") is None
    assert (await verify(api, token))["errors"] == []


async def test_a_token_opens_once_and_for_three_days(api, connection, database, clock):
    await given.channel(connection)
    await register(api)
    await register(api, email="late@example.com")
    tokens = {m["recipient"]: m["token"] for m in await deliver(database, connection, clock)}

    assert (await verify(api, tokens["ada@example.com"]))["errors"] == []
    assert (await verify(api, tokens["ada@example.com"]))["errors"][0]["code"] == "INVALID_TOKEN"
    clock.advance(timedelta(days=3))
    assert (await verify(api, tokens["late@example.com"]))["errors"][0]["code"] == "INVALID_TOKEN"


async def test_who_never_confirmed_may_begin_again(api, connection, database, clock):
    await given.channel(connection)
    await register(api, password="first try of mine", firstName="Mallory")
    [old] = await deliver(database, connection, clock)
    await register(api, marketingConsents=[])
    [new] = await deliver(database, connection, clock)

    assert (await verify(api, old["token"], "first try of mine"))["errors"][0]["code"] == "INVALID_TOKEN"
    session = (await verify(api, new["token"]))["session"]

    me = (await api.as_(session["accessToken"]).shop(ME))["me"]
    assert (me["firstName"], len(me["addresses"]), me["consents"]) == ("Ada", 1, [{"kind": "TERMS"}])
    assert await connection.fetchval("SELECT count(*) FROM customers") == 1


async def test_another_mail_can_be_asked_for_and_says_nothing_of_accounts(api, connection, database, clock):
    channel_id = await given.channel(connection)
    await given.customer(connection, "known@example.com", channel_id=channel_id)
    await given.customer(connection, "waiting@example.com", channel_id=channel_id, email_verified_at=None)

    emails = ["known@example.com", "waiting@example.com", "nobody@example.com", "no address"]
    answers = [await api.shop(RESEND, email=email) for email in emails]

    assert answers == [{"resendVerification": ACCEPTED}] * 4
    mails = await deliver(database, connection, clock)
    assert [(mail["recipient"], mail["kind"]) for mail in mails] == [("waiting@example.com", "VERIFY_EMAIL")]


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_nobodys_mailbox_is_flooded(api, connection, email):
    await given.customer(connection, channel_id=await given.channel(connection), email_verified_at=None)

    answers = [(await api.shop(RESEND, email=email))["resendVerification"] for _ in range(ACCOUNT_MAIL.per_account + 1)]

    assert answers[:-1] == [ACCEPTED] * ACCOUNT_MAIL.per_account
    assert answers[-1] == {"accepted": False, "errors": [{"code": "TOO_MANY_ATTEMPTS"}]}
    assert await connection.fetchval("SELECT count(*) FROM outbox") == ACCOUNT_MAIL.per_account


async def test_a_password_from_a_breach_is_refused_before_anything_is_written(api, connection, passwords, monkeypatch):
    await given.channel(connection)
    monkeypatch.setattr(passwords, "breached", {given.PASSWORD})
    before = await counts(connection)

    answer = await register(api)

    assert answer["accepted"] is False
    assert [(error["code"], error["path"]) for error in answer["errors"]] == [("PASSWORD_BREACHED", ["password"])]
    assert await counts(connection) == before


async def test_what_is_wrong_is_said_in_the_language_of_the_request(api, connection):
    await given.channel(connection)
    wrong = {**ADA, "email": "ada", "password": "short", "firstName": " ", "phone": "1", "acceptedTermsVersion": None}
    wrong["address"] = {**ADA["address"], "city": "", "postalCode": "x"}

    english, german = [
        (await api.with_headers(accept_language=language).shop(REGISTER, input=wrong))["registerCustomer"]["errors"]
        for language in ("en", "de")
    ]

    assert [(error["code"], error["path"]) for error in german] == [(e["code"], e["path"]) for e in english]
    assert not {error["message"] for error in german} & {error["message"] for error in english}
    assert "Ort: Das wird hier gebraucht." in [error["message"] for error in german]
