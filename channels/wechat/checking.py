"""Whether an account works: its secret, its address, its templates. Each problem with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from channels.base import NotDelivered
from channels.tencent.company import unanswered
from channels.wechat.settings import Settings
from channels.wechat.wire import Wire
from locales.text import Text, t
from locales.told import Told

GO_TO_EVERYBODY = ("greeting", "reminder", "no_show.ask")
_FIELD = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")


async def check(account: str, settings: Settings, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, empty when nothing is."""
    try:
        answer = await wire.ask("GET", "template/get_all_private_template")
    except NotDelivered as failure:
        return (unanswered("WeChat", failure),)
    found = [*_templates(settings, answer), *_missing(settings)]
    if not settings.public_url:
        name = account.partition(".")[2]
        why = t("WeChat has no address to bring answers to.")
        remedy = t(
            "Set server.public_url, and enter its {address} under 基本配置, 服务器配置.",
            address=f"/hooks/wechat/{name}",
        )
        found.append(t("{why} {remedy}", why=why, remedy=remedy))
    return tuple(map(Told, found))


def _templates(settings: Settings, answer: Mapping[str, object]) -> Iterator[Text]:
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
            why = t("{key} is none of the account's templates.", key=f"{where}.id")
            remedy = t(
                "Copy its 模板ID anew from 我的模板; changing the categories (服务类目) deletes templates."
            )
            yield t("{why} {remedy}", why=why, remedy=remedy)
            continue
        there = _FIELD.findall(content)
        if strange := sorted({*template.fields} - {*there}):
            yield t(
                "{key} has {strange}, and the template has {known}. Correct it.",
                key=f"{where}.fields",
                strange=", ".join(strange),
                known=", ".join(there),
            )
        if left := [field for field in there if field not in template.fields]:
            key, missing = f"{where}.fields", ", ".join(left)
            yield t(
                "{key} lacks {missing}: WeChat refuses the message (47003). Add it.", key=key, missing=missing
            )


def _missing(settings: Settings) -> Iterator[Text]:
    """Yield the kinds that go to everybody, and only while a window is open."""
    left = [kind for kind in GO_TO_EVERYBODY if settings.template(kind) is None]
    if left:
        yield t(
            "There is no template for {kinds}: outside a window they go another way. Name one that has these kinds, "
            "or {all}.",
            kinds=", ".join(left),
            all='kinds = ["*"]',
        )
