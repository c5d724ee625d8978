"""Alibaba Cloud's signature V3, against the example of its documentation and the stand-in's own reading of it."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from bot.sandbox.sms.rules import Refusal, check_signature
from channels.sms.signing import authorization, canonical_query, request
from channels.sms.template_settings import Aliyun

# "V3 request structure and signature", the example with fixed values.
QUERY = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
ALIYUN = Aliyun("LTAI5tSample", "S3cret", "https://dysmsapi.aliyuncs.com", {}, False, 35, 35)


def test_the_documented_example() -> None:
    assert authorization("POST", QUERY, HEADERS, "YourAccessKeyId", "YourAccessKeySecret") == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        f"Signature={SIGNATURE}"
    )


def test_names_and_values_are_encoded_as_rfc_3986_has_it() -> None:
    query = {"b": " +*~/:%\n", "a": "李雷&=", "B": ""}
    assert canonical_query(query) == "B=&a=%E6%9D%8E%E9%9B%B7%26%3D&b=%20%2B%2A~%2F%3A%25%0A"


def test_a_request_is_what_the_stand_in_takes() -> None:
    params = {"PhoneNumbers": "13800138000", "TemplateParam": '{"what": "李雷 +~*"}', "OutId": ""}
    made = request("SendSms", params, ALIYUN, datetime(2026, 11, 24, 5, 0, 1, 999, UTC), "n0nce")
    parts = urlsplit(made.url)
    assert (made.method, parts.scheme, parts.netloc, parts.path) == (
        "POST",
        "https",
        "dysmsapi.aliyuncs.com",
        "/",
    )
    assert "OutId" not in parts.query
    assert made.headers["x-acs-date"] == "2026-11-24T05:00:01Z"
    assert "S3cret" not in repr(made)
    check_signature("POST", "/", parts.query, made.headers, b"", {"LTAI5tSample": "S3cret"})
    for headers, body, secret in (
        ({**made.headers, "x-acs-action": "SendBatchSms"}, b"", "S3cret"),
        (made.headers, b"x", "S3cret"),
        (made.headers, b"", "another"),
    ):
        with pytest.raises(Refusal, match="SignatureDoesNotMatch"):
            check_signature("POST", "/", parts.query, headers, body, {"LTAI5tSample": secret})
    with pytest.raises(Refusal, match="SignatureDoesNotMatch"):
        check_signature("POST", "/", parts.query + "&x=1", made.headers, b"", {"LTAI5tSample": "S3cret"})
