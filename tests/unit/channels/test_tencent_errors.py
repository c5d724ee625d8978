"""Every error code of the platform's table, and what it becomes."""

import pytest

from channels.base import NotDelivered
from channels.tencent.errors import MEANINGS, OF_WECHAT, OF_WECOM, bad_secret, redacted, refusal

TABLE = {
    "busy": "-1 6000 45009 45011 45033 95007 41096",
    "stopped": "40001 40014 42001 40013 40056 40091 40125 41001 41004 48001 48004 48008 50002 50003 50005 301002 "
    "60011 95017 40164 60020 61004",
    "refused": "40007 40008 40033 40035 40037 40058 44002 44004 45002 45008 47001 47003 95008 95009 42003 42022 "
    "94888 94945",
    "closed": "45015 95002 45047 95001 43101 95000 95004 95013 95016 95018 41050 41051",
    "gone": "43004 40003 43019 48002 60111 81013 82001 84061 301021 93000 93008",
}
CASES = [(int(code), why) for why, codes in TABLE.items() for code in codes.split()]
TOLD = "x, hint: [1764000000_1_0], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool?e=1"


@pytest.mark.parametrize(("code", "why"), CASES)
def test_every_code_has_its_class(code: int, why: str) -> None:
    failure = refusal(code, TOLD)
    assert failure.why == why
    assert failure.detail
    assert "hint" not in failure.detail
    assert (failure.scope == "account") == (why == "stopped" or code in (45009, 45011, 45033))
    if why == "gone":
        assert failure.scope == "chat"
    if why == "stopped":
        assert failure.detail.rstrip(")").endswith(".")  # what to do about it


def test_no_code_is_left_out_of_the_test() -> None:
    assert {code for code, _ in CASES} == MEANINGS.keys()
    assert OF_WECHAT.keys() - MEANINGS.keys() == {40200, 43116}


@pytest.mark.parametrize(("code", "why"), [*CASES, (40200, "stopped"), (43116, "refused")])
def test_every_code_has_its_class_on_wechat_too_and_nobody_is_sent_to_wecoms_console(
    code: int, why: str
) -> None:
    failure = refusal(code, TOLD, meanings=OF_WECHAT)
    assert failure.why == why
    told = bad_secret(code, TOLD, OF_WECHAT).detail
    for said in (failure.detail, told):
        if code in (40001, 40014, 42001, 40125, 41004, 40013, 40164, 61004):
            assert "mp.weixin.qq.com" in said
            assert "应用管理" not in said


@pytest.mark.parametrize("code", [42003, 42022, 94888, 94945])
def test_a_used_code_wants_a_new_card(code: int) -> None:
    assert refusal(code, TOLD).detail == "edit_gone"


@pytest.mark.parametrize("code", [60020, 40164, 61004])
@pytest.mark.parametrize(
    "said",
    [
        "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info at https://x",
        "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6-7-8",
    ],
)
def test_the_address_to_be_trusted_is_named(code: int, said: str) -> None:
    assert "203.0.113.7 may not call" in refusal(code, said).detail
    assert "IP" in refusal(code, said).detail


def test_an_address_that_is_not_told_is_no_error() -> None:
    assert "does not name" in refusal(60020, "").detail


def test_waits_are_those_of_the_limits() -> None:
    waits = {code: refusal(code).retry_after for code in (45009, 45011, 45033, -1)}
    assert [wait and wait.total_seconds() for wait in waits.values()] == [60, 60, 5, None]


def test_a_persons_range_is_not_the_accounts_trouble_on_wecom() -> None:
    assert (refusal(50002).why, refusal(50002, meanings=OF_WECOM).why) == ("stopped", "gone")


def test_a_wrong_secret_says_where_the_right_one_is() -> None:
    failure = bad_secret(40001, "invalid credential")
    assert (failure.why, "Secret" in failure.detail) == ("stopped", True)
    assert bad_secret(-1, "").why == "busy"


def test_what_is_unknown_is_refused_with_what_is_said() -> None:
    failure = refusal(99999, f"strange thing{TOLD[1:]}")
    assert (failure.why, failure.detail) == ("refused", "99999: strange thing, from ip: 203.0.113.7")


def test_secrets_are_taken_out() -> None:
    said = "bad request /send?access_token=abc-DEF_1&x=1 corpsecret=s3cr3t, key=qwer and plain hidden words"
    told = redacted(said, ("hidden", ""))
    assert told == "bad request /send?access_token=…&x=1 corpsecret=… key=… and plain … words"
    assert isinstance(refusal(40058, said, ("hidden",)), NotDelivered)
    assert not {"abc-DEF_1", "s3cr3t", "qwer", "hidden"} & set(
        refusal(40058, said, ("hidden",)).detail.split()
    )
