"""Reasons are data: those for canceling and for blocks; those for changing money are in `test_adjusting` (S2-17, C.2)."""

import pytest

from tests import given
from tests.buying import rows

SAVE = """mutation($input: SaveCancelReasonInput!) { saveCancelReason(input: $input) {
  cancelReason { id code names { language text } forStaff forShoppers position revision } errors { code path message } } }"""
DELETE = """mutation($id: ID!) { deleteCancelReason(input: {id: $id}) { deletedId errors { code path message } } }"""
SETTINGS = "{ cancelReasonSettings { id code } }"
BLOCK = """mutation($input: SaveBlockReasonInput!) { saveBlockReason(input: $input) {
  blockReason { id code revision } errors { code path } } }"""
NAMES = [{"language": "de", "text": "Unwetter"}, {"language": "en", "text": "Storm"}]
WRITTEN = """SELECT (SELECT array_agg(r::text ORDER BY r.code) FROM cancel_reasons r),
  (SELECT array_agg(r::text ORDER BY r.code) FROM block_reasons r), (SELECT count(*) FROM events)"""


@pytest.fixture
async def admin(api, connection):
    await given.channel(connection)
    held = ("MANAGE_CHANNELS", "MANAGE_BLOCK_REASONS", "CANCEL_ORDERS", "READ_ORDERS")
    return api.as_(await given.staff_token(connection, await given.staff(connection, *held)))


async def save(admin, **input_):
    return (await admin.staff(SAVE, input=input_))["saveCancelReason"]


async def delete(admin, id_):
    return (await admin.staff(DELETE, id=id_))["deleteCancelReason"]


async def test_reasons_for_canceling_are_made_changed_chosen_and_deleted(admin, api, database):
    storm = {"code": "STORM", "names": NAMES, "forStaff": True, "forShoppers": True, "position": 3}

    made = (await save(admin, **storm))["cancelReason"]
    chosen = (await admin.staff("{ cancelReasons { code name forShoppers } }"))["cancelReasons"]
    changed = await save(admin, id=made["id"], expectedRevision=1, **{**storm, "forStaff": False, "code": "GALE"})
    stale = await save(admin, id=made["id"], expectedRevision=1, **storm)
    left = (await admin.staff("{ cancelReasons { code } }"))["cancelReasons"]
    listed = (await admin.staff(SETTINGS))["cancelReasonSettings"]
    gone = await delete(admin, made["id"])

    assert made == {"id": made["id"], "revision": 1, **storm}
    assert chosen == [{"code": "STORM", "name": "Storm", "forShoppers": True}]
    assert changed["cancelReason"] == {**made, "forStaff": False, "code": "GALE", "revision": 2}
    assert [error["code"] for error in stale["errors"]] == ["STALE_REVISION"]
    assert (left, listed) == ([], [{"id": made["id"], "code": "GALE"}])
    assert gone == {"deletedId": made["id"], "errors": []}
    told = "SELECT type FROM events WHERE entity = 'CANCEL_REASON' ORDER BY position"
    assert [type_ for (type_,) in await rows(database, told)] == ["SettingSaved", "SettingSaved", "SettingDeleted"]


async def test_what_orders_were_canceled_for_keeps_its_name(admin, connection, database):
    await given.cancel_reasons(connection)
    (channel_id,) = (await rows(database, "SELECT id FROM channels"))[0]
    await given.bare_order(connection, channel_id, None, state="CANCELED", cancel_reason="FRAUD", number="E-1")
    ids = {each["code"]: each["id"] for each in (await admin.staff(SETTINGS))["cancelReasonSettings"]}
    before = await rows(database, WRITTEN)

    used = await delete(admin, ids["FRAUD"])
    renamed = await save(admin, id=ids["FRAUD"], code="TRICK", names=NAMES)
    fixed = await delete(admin, ids["PAYMENT_TIMEOUT"])

    assert [used["errors"], renamed["errors"], fixed["errors"]] == [
        [{"code": "SETTING_IN_USE", "path": [path], "message": f"Still used by {by}; change that first."}]
        for path, by in (("id", "order E-1"), ("code", "order E-1"), ("id", "orders that are not paid in time"))
    ]
    assert await rows(database, WRITTEN) == before
    kept = await save(admin, id=ids["FRAUD"], code="FRAUD", names=NAMES)
    assert kept["cancelReason"]["names"] == NAMES


async def test_all_that_is_wrong_with_a_reason_for_canceling_is_told_at_once(admin, connection, database):
    await given.cancel_reason(connection, "STORM")
    before = await rows(database, WRITTEN)

    wrong = await save(admin, id="x", code=" ", names=[])
    taken = await save(admin, code="STORM", names=NAMES)
    twice = await save(admin, code="GALE", names=[NAMES[0], NAMES[0], {"language": "fr", "text": "x" * 101}])

    assert [(error["code"], error["path"]) for error in wrong["errors"]] == [
        ("NOT_FOUND", ["id"]),
        ("INVALID_VALUE", ["code"]),
        ("INVALID_VALUE", ["names"]),
    ]
    assert [(error["code"], error["path"]) for error in taken["errors"]] == [("CODE_TAKEN", ["code"])]
    assert [(error["code"], error["path"]) for error in twice["errors"]] == [
        ("INVALID_VALUE", ["names"]),
        ("INVALID_VALUE", ["names", "2", "text"]),
    ]
    assert await rows(database, WRITTEN) == before


async def test_all_that_is_wrong_with_a_reason_for_blocks_is_told_at_once(admin, connection, database):
    await given.block_reason(connection, "STORM")
    before = await rows(database, WRITTEN)
    texts = {"names": NAMES, "shopperTexts": NAMES}

    async def refused(**input_):
        payload = (await admin.staff(BLOCK, input=input_))["saveBlockReason"]
        assert payload["blockReason"] is None
        return [(error["code"], error["path"]) for error in payload["errors"]]

    assert await refused(
        id="x", code="", category="", slaHours=0, names=[], shopperTexts=NAMES * 2, resolverRoles=[""], channelIds=["y"]
    ) == [
        ("NOT_FOUND", ["id"]),
        ("INVALID_VALUE", ["slaHours"]),
        ("INVALID_VALUE", ["code"]),
        ("INVALID_VALUE", ["category"]),
        ("INVALID_VALUE", ["resolverRoles", "0"]),
        ("INVALID_VALUE", ["names"]),
        ("INVALID_VALUE", ["shopperTexts"]),
        ("NOT_FOUND", ["channelIds", "0"]),
    ]
    assert await refused(code="STORM", category="REVIEW", **texts) == [("CODE_TAKEN", ["code"])]
    unknown = "chn_00000000000000000000000001"
    assert await refused(code="GALE", category="REVIEW", channelIds=[unknown], **texts) == [
        ("NOT_FOUND", ["channelIds", "0"])
    ]
    missing = "brn_00000000000000000000000001"
    assert await refused(id=missing, code="GALE", category="REVIEW", **texts) == [("NOT_FOUND", ["id"])]
    assert await rows(database, WRITTEN) == before


@pytest.mark.parametrize("document", [SAVE, DELETE, BLOCK])
async def test_who_may_not_set_up_reasons_changes_none(api, connection, document):
    await given.channel(connection)
    clerk = api.as_(await given.staff_token(connection, await given.staff(connection, "CANCEL_ORDERS", "BLOCK_ORDERS")))

    assert await clerk.error_codes("/staff/graphql", document) == ["FORBIDDEN"]
