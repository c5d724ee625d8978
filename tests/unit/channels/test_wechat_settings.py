"""What a service account's configuration may say."""

from typing import Any

import pytest

from channels.base import BadSetting
from channels.wechat import sentences
from channels.wechat.settings import read_settings
from locales.text import Text
from tests.support.accounts import ACCOUNTS

GOOD = ACCOUNTS["wechat"]
ID = "template-under-test"


def test_what_is_given_is_used() -> None:
    settings = read_settings({**GOOD, "previous_aes_key": "a" * 43, "public_url": "https://t.example/"})
    assert (settings.appid, settings.public_url) == ("wx0123456789abcdef", "https://t.example")
    assert settings.aes_keys == (GOOD["aes_key"], "a" * 43)
    assert settings.api_base == "https://api.weixin.qq.com"
    assert [settings.template(kind).name for kind in ("reminder", "greeting")] == ["reminder", "others"]  # type: ignore[union-attr]
    for secret in settings.secrets:
        assert secret not in repr(settings)


def test_without_templates_there_is_none() -> None:
    assert read_settings({**GOOD, "templates": None}).template("reminder") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, "") for field in ("appid", "secret", "token", "aes_key")),
        ("appid", "ww0123456789abcdef"),
        ("secret", "with blank"),
        ("token", "with-dash"),
        ("aes_key", "too-short-secret"),
        ("previous_aes_key", "too-short-secret"),
        ("api_base", "ftp://x"),
        ("authorize_url", "http://[x"),
        ("deadline_seconds", 0),
        ("deadline_seconds", "soon"),
        ("templates", "reminder"),
        ("agentid", 1),
    ],
)
def test_what_cannot_work_is_refused_without_its_value(field: str, value: object) -> None:
    with pytest.raises(BadSetting) as raised:
        read_settings({**GOOD, field: value})
    assert raised.value.field == field
    assert raised.value.remedy
    assert "too-short-secret" not in str(raised.value)


def template(**changes: Any) -> dict[str, Any]:
    return {"id": ID, "kinds": ["reminder"], "fields": {"thing1": "what"}, **changes}


def refused(**templates: Any) -> BadSetting:
    with pytest.raises(BadSetting) as raised:
        read_settings({**GOOD, "templates": templates})
    assert raised.value.remedy.endswith((".", '".'))
    return raised.value


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "too short"}, "id"),
        ({"kinds": []}, "kinds"),
        ({"kinds": "reminder"}, "kinds"),
        ({"kinds": ["Erinnerung!"]}, "kinds"),
        ({"fields": {}}, "fields"),
        ({"fields": ["thing1"]}, "fields"),
        ({"url": "https://x"}, "url"),
        ({"fields": {"first": "what"}}, "fields.first"),
        ({"fields": {"keyword1": "what"}}, "fields.keyword1"),
        ({"fields": {"thing1": "time"}}, "fields.thing1"),
        ({"fields": {"thing1": 7}}, "fields.thing1"),
        ({"fields": {"time2": "what"}}, "fields.time2"),
        ({"fields": {"phrase3": "what"}}, "fields.phrase3"),
        ({"fields": {"phrase3": "=待面试官确认"}}, "fields.phrase3"),
        ({"fields": {"thing1": "=" + "面" * 21}}, "fields.thing1"),
        ({"fields": {"thing1": "="}}, "fields.thing1"),
        ({"fields": {"character_string4": "=编号"}}, "fields.character_string4"),
        ({"fields": {"character_string4": "role"}}, "fields.character_string4"),
    ],
)
def test_a_template_that_wechat_would_refuse_is_refused_at_load(changes: dict[str, Any], field: str) -> None:
    assert refused(one=template(**changes)).field == f"templates.one.{field}"


def test_a_kind_has_one_template() -> None:
    bad = refused(one=template(), two=template(kinds=["greeting", "reminder"]))
    assert (bad.field, "one" in bad.why) == ("templates.two.kinds", True)


def test_a_sentence_that_does_not_fit_its_field_is_refused_at_load(monkeypatch: pytest.MonkeyPatch) -> None:
    what = {**sentences.WHAT, "reminder": Text("A sentence of more than twenty characters")}
    monkeypatch.setattr(sentences, "WHAT", what)
    bad = refused(one=template())
    assert bad.field == "templates.one.fields.thing1"
    assert "20 characters" in bad.remedy
