"""Staff write customers down (S1-15), and know callers by an answer."""

import asyncio
import re

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.api.mails import latest_text
from tests.conftest import NOON

CUSTOMER = """
id email emailVerified logon firstName lastName phone language currency status revision
addresses { address { lastName city } defaultShipping defaultBilling } contacts { kind value label }
account { number name } challenge { question triesLeft }
"""
CREATE = f"""
mutation($input: CreateCustomerInput!) {{
  createCustomer(input: $input) {{
    customer {{ {CUSTOMER} }} errors {{ code path }}
    warnings {{ code message ... on DuplicateSuspectedError {{ customers {{ email }} }} }}
  }}
}}
"""
UPDATE = f"""
mutation($input: UpdateCustomerInput!) {{
  updateCustomer(input: $input) {{ customer {{ {CUSTOMER} }} errors {{ code path }} }}
}}
"""
VERIFY = """
mutation($id: ID!, $answer: String!) {
  verifyCustomerChallenge(input: {id: $id, answer: $answer}) { customer { id } errors { code path message } }
}
"""
UNLOCK = "mutation($id: ID!) { unlockCustomerChallenge(input: {id: $id}) { customer { id } errors { code path } } }"
INVITE = "mutation($id: ID!) { sendCustomerInvitation(input: {id: $id}) { customer { id } errors { code path } } }"
SIGN_IN = """
mutation($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) {
    session { accessToken } passwordToChoose { token expiresAt } errors { code }
  }
}
"""
CHOOSE = """
mutation($token: String!, $password: String!) {
  choosePassword(input: {token: $token, newPassword: $password}) { session { accessToken } errors { code path } }
}
"""
RESET = """
mutation($token: String!, $password: String!) {
  resetPassword(input: {token: $token, newPassword: $password}) { errors { code path } }
}
"""
HOME = {"lastName": "Byron", "line1": "Weg 1", "city": "Jena", "postalCode": "07743", "country": "DE"}
ADA = {
    "email": "Ada@Example.com",
    "firstName": "Ada",
    "lastName": "Byron",
    "logon": "Ada.B",
    "phone": "0170 1234567",
    "language": "de",
    "currency": "USD",
    "addresses": [{"address": HOME}, {"address": HOME | {"city": "Weimar"}, "defaultBilling": True}],
    "contacts": [
        {"kind": "FAX", "value": "030 123456", "label": "office"},
        {"kind": "EMAIL", "value": "ADA@work.example"},
    ],
    "account": {"number": "K-1", "name": "Engines Ltd"},
    "challenge": {"question": "First pet?", "answer": "Mister Müller"},
}
TEMPORARY, OWN = "quincunx for a day", "zymurgy for years"


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def desk(api, connection, channel_id):
    held = (
        Permission.MANAGE_CUSTOMERS,
        Permission.READ_CUSTOMERS,
        Permission.FIND_CUSTOMERS,
        Permission.INVITE_CUSTOMERS,
    )
    staff_id = await given.staff(connection, *held)
    return api.as_(await given.staff_token(connection, staff_id))


async def create(desk, **changes):
    return (await desk.staff(CREATE, input={**ADA, **changes}))["createCustomer"]


async def update(desk, **changes):
    return (await desk.staff(UPDATE, input=changes))["updateCustomer"]


async def verify(desk, customer_id, answer):
    return (await desk.staff(VERIFY, id=customer_id, answer=answer))["verifyCustomerChallenge"]


async def counted(connection, table):
    return await connection.fetchval(f"SELECT count(*) FROM {table}")


async def test_a_customer_is_written_down_with_all_that_is_known_and_seen_by_whoever_did(desk, connection, channel_id):
    made = await create(desk)

    assert (made["errors"], made["warnings"]) == ([], [])
    assert made["customer"] == {
        "id": made["customer"]["id"],
        "email": "ada@example.com",
        "emailVerified": False,
        "logon": "ada.b",
        "firstName": "Ada",
        "lastName": "Byron",
        "phone": "+491701234567",
        "language": "de",
        "currency": "USD",
        "status": "ENABLED",
        "revision": 1,
        "addresses": [
            {"address": {"lastName": "Byron", "city": "Jena"}, "defaultShipping": True, "defaultBilling": False},
            {"address": {"lastName": "Byron", "city": "Weimar"}, "defaultShipping": False, "defaultBilling": True},
        ],
        "contacts": [
            {"kind": "FAX", "value": "+4930123456", "label": "office"},
            {"kind": "EMAIL", "value": "ada@work.example", "label": ""},
        ],
        "account": {"number": "K-1", "name": "Engines Ltd"},
        "challenge": {"question": "First pet?", "triesLeft": 3},
    }
    kinds = await connection.fetch("SELECT type, data FROM events ORDER BY position")
    told = [row["type"] for row in kinds]
    assert told[-2:] == ["CustomerCreated", "CustomerOpened"]
    assert set(told[:-2]) == {"AddressAdded", "DefaultAddressSet"}
    assert not any(said in str(kinds) for said in ("ada@", "Byron", "170", "pet", "Jena"))
    assert "uller" not in str(await connection.fetch("SELECT * FROM customer_challenges"))


async def test_everything_that_is_wrong_with_it_is_told_at_once(desk, connection):
    wrong = {
        "email": "ada",
        "firstName": " ",
        "logon": "a@b",
        "password": "short",
        "invite": True,
        "phone": "12",
        "language": "fr",
        "currency": "JPY",
        "addresses": [{"address": {"country": "DE"}, "id": "cus_1"}],
        "contacts": [{"kind": "PHONE", "value": "?"}, {"kind": "EMAIL", "value": "?"}],
        "challenge": {"question": "", "answer": "-"},
    }

    errors = (await create(desk, **wrong))["errors"]

    assert {error["code"] for error in errors} == {"INVALID_VALUE", "WEAK_PASSWORD", "NOT_FOUND"}
    assert {tuple(error["path"]) for error in errors} >= {
        *[(name,) for name in ("email", "firstName", "logon", "password", "invite", "phone", "language", "currency")],
        ("addresses", "0", "id"),
        ("addresses", "0", "address", "lastName"),
        ("contacts", "0", "value"),
        ("contacts", "1", "value"),
        ("challenge", "question"),
        ("challenge", "answer"),
    }
    assert await counted(connection, "customers") == 0


async def test_logon_and_address_are_one_customers_own_and_an_account_has_one_name(desk, connection):
    await create(desk)
    more = {"phone": None, "contacts": None, "addresses": None, "acknowledge": ["DUPLICATE_SUSPECTED"]}

    again = await create(desk, logon="ADA.B", account={"number": "K-1", "name": "Other"}, **more)
    unnamed = await create(desk, email="b@example.com", logon=None, account={"number": "K-2"}, **more)
    known = await create(desk, email="c@example.com", logon=None, account={"number": "K-1"}, **more)

    assert again["errors"] == [
        {"code": "LOGON_TAKEN", "path": ["logon"]},
        {"code": "EMAIL_TAKEN", "path": ["email"]},
        {"code": "ACCOUNT_NAMED_OTHERWISE", "path": ["account", "name"]},
    ]
    assert unnamed["errors"] == [{"code": "UNKNOWN_ACCOUNT", "path": ["account", "number"]}]
    assert known["customer"]["account"] == {"number": "K-1", "name": "Engines Ltd"}
    assert (await counted(connection, "customers"), await counted(connection, "accounts")) == (2, 1)


@pytest.mark.parametrize(
    "shared",
    [
        {"phone": "+49 170 1234567"},
        {"contacts": [{"kind": "EMAIL", "value": "ada+x@example.com"}]},
        {"firstName": "Byron", "lastName": "ADA", "addresses": [{"address": HOME}]},
    ],
)
async def test_who_may_be_there_already_is_shown_before_somebody_is_made_twice(desk, connection, shared):
    await create(desk)
    other = {"email": "eve@example.com", "logon": None, "firstName": "Eve", "lastName": "Moss", "phone": None}
    other |= {"contacts": None, "addresses": None, **shared}

    warned = await create(desk, **other)
    made = await create(desk, **other, acknowledge=["DUPLICATE_SUSPECTED"])

    assert (warned["customer"], warned["errors"]) == (None, [])
    [warning] = warned["warnings"]
    assert warning == {
        "code": "DUPLICATE_SUSPECTED",
        "message": "There are customers with the same telephone, mail address, or name and postal code: 1.",
        "customers": [{"email": "ada@example.com"}],
    }
    assert made["customer"]["email"] == "eve@example.com"
    overruled = await connection.fetchval("SELECT data FROM events WHERE type = 'CautionsOverruled'")
    assert overruled == {"codes": ["DUPLICATE_SUSPECTED"]}


async def test_the_password_that_staff_gave_lets_a_customer_choose_another_and_no_further(api, desk, connection):
    await create(desk, password=TEMPORARY)

    begun = (await api.shop(SIGN_IN, email="ADA.B", password=TEMPORARY))["signIn"]
    token = begun["passwordToChoose"]["token"]
    same = (await api.shop(CHOOSE, token=token, password=TEMPORARY))["choosePassword"]
    weak = (await api.shop(CHOOSE, token=token, password="short"))["choosePassword"]
    chosen = (await api.shop(CHOOSE, token=token, password=OWN))["choosePassword"]
    twice = (await api.shop(CHOOSE, token=token, password=OWN + "!"))["choosePassword"]

    assert (begun["session"], begun["errors"]) == (None, [])
    assert begun["passwordToChoose"]["expiresAt"] == "2026-03-02T12:15:00Z"
    assert same["errors"] == [{"code": "SAME_PASSWORD", "path": ["newPassword"]}]
    assert [error["code"] for error in weak["errors"]] == ["WEAK_PASSWORD"]
    assert twice["errors"] == [{"code": "INVALID_TOKEN", "path": ["token"]}]
    shop = api.as_(chosen["session"]["accessToken"])
    assert (await shop.shop("{ me { email } }"))["me"] == {"email": "ada@example.com"}
    assert (await api.shop(SIGN_IN, email="ada@example.com", password=OWN))["signIn"]["session"]
    assert (await api.shop(SIGN_IN, email="ada.b", password=TEMPORARY))["signIn"]["session"] is None


async def test_nobody_takes_over_a_customer_whom_staff_wrote_down_by_registering(api, desk, services, work, connection):
    await create(desk)
    person = {"firstName": "Eve", "lastName": "Moss", "acceptedTermsVersion": "2026-01"}

    await api.shop(
        "mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { accepted } }",
        input={"email": "ada@example.com", "password": OWN, **person},
    )
    await work()

    assert await connection.fetchval("SELECT first_name FROM customers") == "Ada"
    assert [row["kind"] for row in await connection.fetch("SELECT kind FROM mails")] == ["ALREADY_REGISTERED"]


async def test_whoever_is_invited_chooses_a_password_by_the_link(api, desk, services, work, connection):
    made = await create(desk, invite=True)
    await work()
    text = await latest_text(services, "INVITATION")
    [token] = set(re.findall(r"mail_[\w-]{43}", text))

    done = (await api.shop(RESET, token=token, password=OWN))["resetPassword"]
    session = (await api.shop(SIGN_IN, email="ada@example.com", password=OWN))["signIn"]["session"]
    again = (await desk.staff(INVITE, id=made["customer"]["id"]))["sendCustomerInvitation"]

    assert done["errors"] == []
    assert session is not None
    assert await connection.fetchval("SELECT email_verified_at FROM customers") == NOON
    assert again["errors"] == [{"code": "ALREADY_SIGNS_IN", "path": ["id"]}]
    assert await counted(connection, "mails") == 1


async def test_an_invitation_is_sent_again_until_it_was_used_and_to_nobody_who_is_shut_out(desk, connection, work):
    made = (await create(desk))["customer"]["id"]

    sent = (await desk.staff(INVITE, id=made))["sendCustomerInvitation"]
    await work()
    await connection.execute("UPDATE customers SET status = 'DISABLED'")
    refused = (await desk.staff(INVITE, id=made))["sendCustomerInvitation"]

    assert (sent, await counted(connection, "mails")) == ({"customer": {"id": made}, "errors": []}, 1)
    assert refused["errors"] == [{"code": "CUSTOMER_DISABLED", "path": ["id"]}]


async def test_what_is_given_is_written_anew_and_the_rest_stays(desk, connection):
    made = (await create(desk))["customer"]
    book = await desk.staff("query($id: ID!) { customer(id: $id) { addresses { id } } }", id=made["id"])
    first = book["customer"]["addresses"][0]["id"]

    changed = await update(
        desk,
        id=made["id"],
        expectedRevision=1,
        email="augusta@example.com",
        logon="",
        lastName="Lovelace",
        contacts=[],
        account={"number": ""},
        addresses=[
            {"id": first, "address": HOME | {"city": "Gera"}, "defaultBilling": True},
            {"address": HOME | {"city": "Kiel"}},
        ],
    )

    assert changed["errors"] == []
    assert changed["customer"] == made | {
        "email": "augusta@example.com",
        "logon": None,
        "lastName": "Lovelace",
        "revision": 2,
        "contacts": [],
        "account": None,
        "addresses": [
            {"address": {"lastName": "Byron", "city": "Gera"}, "defaultShipping": True, "defaultBilling": True},
            {"address": {"lastName": "Byron", "city": "Kiel"}, "defaultShipping": False, "defaultBilling": False},
        ],
    }
    event = await connection.fetchval("SELECT data FROM events WHERE type = 'CustomerUpdated'")
    assert event == {"fields": ["email", "logon", "last_name", "addresses", "contacts", "account"]}


@pytest.mark.parametrize(("said", "wanted"), [({}, True), ({"orderMail": False}, False)])
async def test_whether_mail_about_orders_is_wanted_is_written_down_and_anew(desk, connection, said, wanted):
    made = (await create(desk, **said))["customer"]
    before = await connection.fetchval("SELECT order_mail FROM customers")

    await update(desk, id=made["id"], orderMail=not wanted)

    assert (before, await connection.fetchval("SELECT order_mail FROM customers")) == (wanted, not wanted)
    told = await connection.fetchval("SELECT data FROM events WHERE type = 'CustomerUpdated'")
    assert told == {"fields": ["order_mail"]}


async def test_who_has_the_address_already_is_shown_to_those_who_may_see_them(api, desk, connection, channel_id):
    us = await given.channel(connection, "us", is_default=False)
    made = (await create(desk))["customer"]
    held = (Permission.MANAGE_CUSTOMERS, Permission.FIND_CUSTOMERS)
    hop = await given.staff(connection, *held, email="hop@example.com", channel_ids=[us])
    elsewhere = api.as_(await given.staff_token(connection, hop)).with_headers(x_channel="us")
    document = CREATE.replace(
        "errors { code path }", "errors { code ... on CustomerExistsError { customer { id email } } }"
    )
    again = {"email": "ada@example.com", "firstName": "Eve", "lastName": "Moss", "logon": "ADA.B"}

    def told(answer):
        return [(error["code"], error["customer"]) for error in answer["createCustomer"]["errors"]]

    ada = {"id": made["id"], "email": "ada@example.com"}
    assert told(await desk.staff(document, input=again)) == [("LOGON_TAKEN", ada), ("EMAIL_TAKEN", ada)]
    assert told(await elsewhere.staff(document, input=again)) == [("LOGON_TAKEN", None), ("EMAIL_TAKEN", None)]


async def test_nobody_writes_themselves_down_or_puts_their_address_on_anothers_account(desk, connection):
    made = (await create(desk))["customer"]
    before = await connection.fetch("SELECT * FROM customers")
    own = {"email": "Grace@example.com"}

    refused = [await create(desk, **own, logon=None, acknowledge=["DUPLICATE_SUSPECTED"])]
    refused.append(await update(desk, id=made["id"], **own))

    assert [each["errors"] for each in refused] == [[{"code": "SELF_DEALING", "path": ["email"]}]] * 2
    assert await connection.fetch("SELECT * FROM customers") == before


async def test_the_address_book_and_the_contacts_have_an_end(desk, connection):
    contact = {"kind": "PHONE", "value": "+4930123456"}

    made = await create(desk, addresses=[{"address": HOME}] * 101, contacts=[contact] * 21)

    assert made["errors"] == [
        {"code": "INVALID_VALUE", "path": ["contacts"]},
        {"code": "INVALID_VALUE", "path": ["addresses"]},
    ]
    assert await counted(connection, "customers") == 0


async def test_what_cannot_be_changed_is_told_and_nothing_is(desk, connection, channel_id):
    await create(desk)
    ada = global_id("cus", await given.customer(connection, "confirmed@example.com", channel_id=channel_id))
    other = await connection.fetchval("SELECT id FROM customers WHERE logon = 'ada.b'")
    strange = global_id("adr", await given.address(connection, other))

    refused = await update(desk, id=ada, email="ada@example.com", logon="ada.b", firstName="Eve")
    foreign = await update(desk, id=ada, addresses=[{"id": strange, "address": HOME}])
    stale = await update(desk, id=ada, firstName="Eve", expectedRevision=7)
    nobody = await update(desk, id=global_id("cus", channel_id), firstName="Eve")
    same = await update(desk, id=ada, firstName="Ada")

    assert [error["code"] for error in refused["errors"]] == ["LOGON_TAKEN", "EMAIL_TAKEN", "EMAIL_CONFIRMED"]
    assert foreign["errors"] == [{"code": "NOT_FOUND", "path": ["addresses", "0", "id"]}]
    assert stale["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert nobody["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert (same["errors"], same["customer"]["revision"]) == ([], 1)
    assert await connection.fetchval("SELECT first_name FROM customers WHERE email LIKE 'confirmed%'") == "Ada"


async def test_a_caller_is_known_by_the_answer_however_it_is_said(desk, connection):
    made = (await create(desk))["customer"]["id"]

    wrong = await verify(desk, made, "Mister Meier")
    right = await verify(desk, made, " mister MULLER ")

    assert wrong["errors"] == [
        {"code": "WRONG_ANSWER", "path": ["answer"], "message": "This is not the answer. Tries left: 2."}
    ]
    assert right == {"customer": {"id": made}, "errors": []}
    assert await connection.fetchval("SELECT tries FROM customer_challenges") == 0
    told = await connection.fetch("SELECT type, data FROM events WHERE type LIKE 'Challenge%' ORDER BY position")
    assert [tuple(row) for row in told] == [("ChallengeFailed", {"tries_left": 2}), ("ChallengePassed", {})]


async def test_three_wrong_answers_lock_the_question_until_a_supervisor_unlocks_it(api, desk, connection):
    made = (await create(desk))["customer"]["id"]
    question = {"question": "Second pet?", "answer": "Rex"}
    boss = api.allowed(Permission.DISABLE_CUSTOMERS, Permission.FIND_CUSTOMERS)

    answers = [await verify(desk, made, "Rex") for _ in range(3)]
    right = await verify(desk, made, "Mister Müller")
    another = await update(desk, id=made, challenge=question)
    unlocked = (await boss.staff(UNLOCK, id=made))["unlockCustomerChallenge"]

    assert [answer["errors"][0]["code"] for answer in answers] == ["WRONG_ANSWER", "WRONG_ANSWER", "CHALLENGE_LOCKED"]
    assert right["errors"][0]["code"] == "CHALLENGE_LOCKED"
    assert another["errors"] == [{"code": "CHALLENGE_LOCKED", "path": ["challenge"]}]
    assert unlocked == {"customer": {"id": made}, "errors": []}
    assert (await verify(desk, made, "Mister Müller"))["errors"] == []
    assert (await update(desk, id=made, challenge=question))["errors"] == []
    assert (await verify(desk, made, "rex"))["errors"] == []


async def test_who_has_no_question_is_not_known_by_one(api, desk):
    made = (await create(desk, challenge=None))["customer"]["id"]
    boss = api.allowed(Permission.DISABLE_CUSTOMERS, Permission.FIND_CUSTOMERS)

    assert (await verify(desk, made, "Rex"))["errors"][0]["code"] == "NO_CHALLENGE"
    assert (await boss.staff(UNLOCK, id=made))["unlockCustomerChallenge"]["errors"][0]["code"] == "NO_CHALLENGE"
    assert [e["path"] for e in (await verify(desk, "cus_1", "-"))["errors"]] == [["answer"], ["id"]]


async def test_of_many_answers_at_once_three_are_compared(committing_api, committing, cheap_passwords):
    async with committing.connection() as connection:
        channel_id = await given.channel(connection.raw)
        ada = await given.customer(connection.raw, channel_id=channel_id)
        answer = await cheap_passwords.hash("rex")
        row = "INSERT INTO customer_challenges (customer_id, question, answer_hash) VALUES ($1, 'Pet?', $2)"
        await connection.raw.execute(row, ada, answer)
    desk = committing_api.allowed(Permission.MANAGE_CUSTOMERS, Permission.FIND_CUSTOMERS)

    answers = await asyncio.gather(*(verify(desk, global_id("cus", ada), f"wrong {n}") for n in range(8)))

    codes = [answer["errors"][0]["code"] for answer in answers]
    assert (codes.count("WRONG_ANSWER"), codes.count("CHALLENGE_LOCKED")) == (2, 6)
    async with committing.connection() as connection:
        failed = await connection.raw.fetchval("SELECT count(*) FROM events WHERE type = 'ChallengeFailed'")
        assert (failed, await connection.raw.fetchval("SELECT tries FROM customer_challenges")) == (3, 3)


async def test_who_may_only_find_customers_sees_contacts_masked(desk, api):
    made = (await create(desk))["customer"]["id"]
    document = "query($id: ID!) { customer(id: $id) { contacts { value } account { name } } }"

    seen = (await api.allowed(Permission.FIND_CUSTOMERS).staff(document, id=made))["customer"]

    masked = [{"value": "***456"}, {"value": "a***@work.example"}]
    assert seen == {"contacts": masked, "account": {"name": "Engines Ltd"}}


async def test_what_belongs_to_found_customers_is_read_for_all_at_once(desk, api, statements):
    document = "{ customers { nodes { contacts { value } account { name } challenge { question } addresses { id } } } }"
    reader = api.allowed(Permission.FIND_CUSTOMERS, Permission.MANAGE_CUSTOMERS)
    await create(desk)
    await statements.of(reader.staff(document))
    of_one = len(statements)
    await create(desk, email="b@example.com", logon=None, acknowledge=["DUPLICATE_SUSPECTED"])
    statements.clear()

    found = (await statements.of(reader.staff(document)))["customers"]["nodes"]

    assert len(found) == 2
    assert (of_one, len(statements)) == (5, 5)


async def test_staff_write_down_and_change_customers_of_their_channels_only(api, connection, channel_id):
    elsewhere = await given.channel(connection, "us", is_default=False)
    held = [f"{what}_CUSTOMERS" for what in ("MANAGE", "FIND", "INVITE", "DISABLE")]
    staff_id = await given.staff(connection, *held, channel_ids=[elsewhere])
    desk = api.as_(await given.staff_token(connection, staff_id))
    ada = global_id("cus", await given.customer(connection, channel_id=channel_id))

    assert [error["code"] for error in (await create(desk))["errors"]] == ["FORBIDDEN"]
    assert (await update(desk, id=ada, firstName="Eve"))["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert (await verify(desk, ada, "Rex"))["errors"][0]["code"] == "NOT_FOUND"
    assert (await desk.staff(UNLOCK, id=ada))["unlockCustomerChallenge"]["errors"][0]["code"] == "NOT_FOUND"
    assert (await desk.staff(INVITE, id=ada))["sendCustomerInvitation"]["errors"][0]["code"] == "NOT_FOUND"
    made = await create(desk.with_headers(x_channel="us"), email="here@example.com")
    assert made["errors"] == []
    assert await connection.fetchval("SELECT channel_id FROM customers WHERE logon = 'ada.b'") == elsewhere


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (CREATE, {"input": ADA}),
        (UPDATE, {"input": {"id": "cus_1"}}),
        (VERIFY, {"id": "cus_1", "answer": "x"}),
        (UNLOCK, {"id": "cus_1"}),
        (INVITE, {"id": "cus_1"}),
    ],
)
async def test_without_the_permission_it_is_forbidden(api, channel_id, connection, document, variables):
    answer = await api.allowed(Permission.READ_CUSTOMERS).answer("/staff/graphql", document, variables)

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    assert await counted(connection, "customers") == 0
