"""What has to hold for an SMS account beside its keys: its provider's own settings, and a template for everybody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.links import Links
from bot.settings.problems import as_told
from channels.sms.settings import Settings, read_all
from channels.sms.template_settings import EVERY_KIND, Aliyun
from locales.text import t

if TYPE_CHECKING:
    from bot.settings.tables import Reading

EVERYBODY_GETS = ("greeting", "reminder", "no_show.ask")
"""The kinds of message that go to every candidate, or to everyone who does not come."""
MANY_GET = (
    "reminder.moved",
    "start.stuck",
    "start.called_off",
    "start.on_again",
    "rebook.offer",
    "rebook.done",
    "technical.waiting",
    "technical.closed",
)
"""Those that go out unasked to some."""


def check_sms(reading: Reading, config: dict[str, Any], path: str, public_url: str) -> None:
    """Tell everything that is wrong with an account, each with its remedy."""
    if "provider" not in config:
        return
    settings, wrong = read_all(config)
    for bad in wrong:
        reading.wrong(f"{path}.{bad.field}", as_told(bad.why), as_told(bad.remedy))
    if settings is None:
        return
    if isinstance(settings.provider, Aliyun):
        _check_kinds(reading, settings.provider, path)
        _check_links(reading, settings.provider, path, public_url)
    _check_hooks(reading, settings, path, public_url)


def _check_kinds(reading: Reading, aliyun: Aliyun, path: str) -> None:
    if EVERY_KIND in aliyun.templates:
        return
    for kind in EVERYBODY_GETS:
        if kind not in aliyun.templates:
            remedy = t('register one and name it here, or one for all kinds under "*"')
            reading.wrong(
                f'{path}.templates."{kind}"', t("is missing, and every candidate gets this one"), remedy
            )
    if left := [kind for kind in MANY_GET if kind not in aliyun.templates]:
        remedy = t('name one for all other kinds under "*"')
        reading.warn(
            f"{path}.templates",
            t("have none for {kinds}, which then go another way", kinds=", ".join(left)),
            remedy,
        )


def _check_links(reading: Reading, aliyun: Aliyun, path: str, public_url: str) -> None:
    fields = {
        field.partition("|")[0] for template in aliyun.every_template for field in template.params.values()
    }
    if "url" not in fields:
        return
    if not public_url:
        remedy = t('set it, like "https://turnout.example.com"')
        reading.wrong(
            "server.public_url", t("is missing, and {path}.templates link to our pages", path=path), remedy
        )
        return
    nobody, now = UUID(int=0), datetime(2026, 1, 1, tzinfo=UTC)
    link = Links(b"", public_url).page("my", nobody, now)
    length = len(link.rpartition("/")[2] if aliyun.url_suffix else link)
    if length > aliyun.longest_url:
        reason = t(
            "is {longest_url}, and what stands for url has {length} characters",
            longest_url=aliyun.longest_url,
            length=length,
        )
        remedy = t(
            "have Alibaba Cloud allow that for these templates and write it here, or leave url out of params"
        )
        reading.wrong(f"{path}.longest_url", reason, remedy)


def _check_hooks(reading: Reading, settings: Settings, path: str, public_url: str) -> None:
    if settings.hook_secret and not public_url:
        reason = t(
            "is missing, and reports and answers come to {hook}",
            hook=path.replace("channels.", "hooks/").replace(".", "/"),
        )
        reading.warn("server.public_url", reason, t('set it, like "https://turnout.example.com"'))
    if not settings.hook_secret:
        reason = t("is missing, so that neither answers nor delivery reports reach us")
        reading.warn(
            f"{path}.hook_secret", reason, t("write 16 or more letters and digits that nobody can guess")
        )
