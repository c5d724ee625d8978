"""Whether an account works: its secret, its address, its templates. Each problem with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from channels.base import NotDelivered
from channels.wechat.settings import Settings
from channels.wechat.wire import Wire

GO_TO_EVERYBODY = ("greeting", "reminder", "no_show.ask")
_FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")


async def check(account: str, settings: Settings, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, empty when nothing is."""
    try:
        answer = await wire.ask("GET", "template/get_all_private_template")
    except NotDelivered as failure:
        if failure.why == "stopped":
            return (failure.detail,)
        return (f"WeChat cannot be reached ({failure.detail}). Check the network, and api_base.",)
    found = [*_templates(settings, answer), *_missing(settings)]
    if not settings.public_url:
        name = account.partition(".")[2]
        remedy = f"Set server.public_url, and enter its /hooks/wechat/{name} under 基本配置, 服务器配置."
        found.append(f"WeChat has no address to bring answers to. {remedy}")
    return tuple(found)


def _templates(settings: Settings, answer: Mapping[str, object]) -> Iterator[str]:
    """Yield what does not agree with the account's own list of templates."""
    listed = answer.get("template_list")
    if not isinstance(listed, list):
        return
    known = {
        str(each.get("template_id")): str(each.get("content")) for each in listed if isinstance(each, dict)
    }
    for template in settings.templates:
        content = known.get(template.id)
        where = f"templates.{template.name}"
        if content is None:
            remedy = (
                "Copy its 模板ID anew from 我的模板; changing the categories (服务类目) deletes templates."
            )
            yield f"{where}.id is none of the account's templates. {remedy}"
            continue
        there = _FIELD.findall(content)
        if strange := sorted({*template.fields} - {*there}):
            yield f"{where}.fields has {', '.join(strange)}, and the template has {', '.join(there)}. Correct it."
        if left := [field for field in there if field not in template.fields]:
            yield f"{where}.fields lacks {', '.join(left)}: WeChat refuses the message (47003). Add it."


def _missing(settings: Settings) -> Iterator[str]:
    """Yield the kinds that go to everybody, and only while a window is open."""
    left = [kind for kind in GO_TO_EVERYBODY if settings.template(kind) is None]
    if left:
        remedy = 'Name one that has these kinds, or kinds = ["*"].'
        yield f"There is no template for {', '.join(left)}: outside a window they go another way. {remedy}"
