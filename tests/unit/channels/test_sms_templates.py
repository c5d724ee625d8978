"""Messages as registered templates: fields by name, lengths held, and what is missing told with its remedy."""

import json
from dataclasses import replace
from typing import Any

import pytest

from channels import load
from channels.base import Unrenderable
from conversations.messages import Fact, Message
from locales.text import Countdown, Moment, Words, t
from tests.support.samples import MESSAGES, NOW, START, data, envelope, words

CONFIG: dict[str, Any] = {
    "provider": "aliyun",
    "access_key_id": "LTAI5tSample",
    "access_key_secret": "S3cret",
    "sign_name": "星云科技",
    "url_suffix": True,
    "templates": {
        "*": {"code": "SMS_1", "params": {"token": "url"}},
        "reminder": {
            "zh_Hans": {"code": "SMS_2", "params": {"role": "role", "time": "when", "left": "countdown"}},
            "en": {"code": "SMS_3", "params": {"time": "time", "who": "company|us", "token": "url"}},
        },
    },
}
LEAD = t(
    "{company}: {interview} is {when}, {countdown}.",
    company=Words({"zh_Hans": "星云科技", "en": "Nebula"}),
    interview=t("your {role} interview", role="前端工程师"),
    when=Moment(START, "Asia/Shanghai"),
    countdown=Countdown(START),
)
REMINDER = Message("reminder", LEAD)


def sent(
    message: Message, locale: str = "zh_Hans", chat: str = "+8613800138000", **changes: Any
) -> dict[str, Any]:
    made = replace(envelope(message, chat, locale), request_id="0a1b")
    return dict(
        load("sms")("sms.main", {**CONFIG, **changes}, lambda: NOW).render(message, made).calls[0].params
    )


def test_a_message_as_a_template() -> None:
    params = sent(REMINDER)
    assert json.loads(params.pop("TemplateParam")) == {
        "role": "前端工程师",
        "time": "今天 11月24日（周二）14:05",
        "left": "还有1小时5分钟",
    }
    assert params == {
        "PhoneNumbers": "13800138000",
        "SignName": "星云科技",
        "OutId": "0a1b",
        "TemplateCode": "SMS_2",
    }


def test_each_language_has_its_own() -> None:
    params = sent(REMINDER, "en")
    assert params["TemplateCode"] == "SMS_3"
    assert json.loads(params["TemplateParam"]) == {
        "time": "today, Tue 24 Nov, 14:05",
        "who": "Nebula",
        "token": "3f9d",
    }


def test_facts_win_over_the_lead() -> None:
    fact = Fact("role", words("岗位", "Role"), data("Java 开发工程师"))
    assert json.loads(sent(replace(REMINDER, blocks=(fact,)))["TemplateParam"])["role"] == "Java 开发工程师"


def test_all_other_kinds_go_by_the_star() -> None:
    params = sent(MESSAGES["no_show"])
    assert (params["TemplateCode"], json.loads(params["TemplateParam"])) == ("SMS_1", {"token": "3f9d"})


def test_the_whole_link_where_no_suffix_is_asked_for() -> None:
    params = sent(MESSAGES["bare"], url_suffix=False)
    assert json.loads(params["TemplateParam"]) == {"token": "http://localhost:8080/my/3f9d"}


def test_values_are_cut_and_hold_no_address() -> None:
    templates = {"*": {"code": "SMS_1", "params": {"what": "lead"}}}

    def what(text: str) -> str:
        value: str = json.loads(sent(Message("m", data(text)), templates=templates)["TemplateParam"])["what"]
        return value

    assert what("字" * 50) == "字" * 34 + "…"
    assert what("见 https://evil.example/x 和 www.evil.example 完") == "见 … 和 … 完"
    assert what("一行\n二行\x07") == "一行 二行"


@pytest.mark.parametrize(
    ("message", "changes", "told"),
    [
        (MESSAGES["no_show"], {"templates": {"reminder": CONFIG["templates"]["reminder"]}},
         r"there is no SMS template for no_show\. Register one and name it under templates\.\"no_show\""),
        (Message("reminder", data("hi")), {},
         r"SMS_2 takes role for role, and reminder has none\. Choose one of lead, time, url, when"),
        (MESSAGES["bare"], {"longest_url": 3}, r"SMS_1 takes 3 characters for url, and it has 4\. Have Alibaba Cloud"),
    ],
)  # fmt: skip
def test_what_cannot_be_rendered_names_the_remedy(
    message: Message, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(Unrenderable, match=told):
        sent(message, **changes)


def test_a_message_without_a_page_takes_no_link() -> None:
    channel = load("sms")("sms.main", CONFIG, lambda: NOW)
    made = replace(envelope(MESSAGES["bare"], "+8613800138000"), urls={})
    with pytest.raises(Unrenderable, match=r"SMS_1 takes url, and bare has no page\. .*public_url"):
        channel.render(MESSAGES["bare"], made)


def test_templates_go_to_the_mainland_only() -> None:
    with pytest.raises(Unrenderable, match="mainland China"):
        sent(REMINDER, chat="+4930901820")
