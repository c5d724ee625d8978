"""What makes a policy unusable although each of its values can be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bot.settings.elements import is_blank, missing_elements, words_remedy
from bot.settings.layers import Layer, Surroundings, is_good, origin
from bot.settings.problems import listed, shown
from bot.settings.rungs import written_channels
from bot.settings.tables import Reading
from bot.settings.times import span_text
from channels.base import ONE_WAY
from conversations.identity import Place
from conversations.policy import Policy
from locales.text import Text, t

MANY_RUNGS = 5


def check(reading: Reading, policy: Policy, merged: Layer, around: Surroundings) -> None:
    """Add to `reading` what is wrong with a policy. Nothing is said twice, nor about what could not be read."""
    _elements(reading, policy, merged, around)
    _words(reading, policy, merged)
    _rungs(reading, policy, merged)
    _spans(reading, policy, merged)
    _signal(reading, policy, merged, around)
    for key in ("digest_place", "alerts_place", "support_place"):
        if key in merged and isinstance(merged[key].value, Place):
            check_place(reading, merged[key].value, merged[key].key, around.accounts)


def check_place(reading: Reading, place: Place, key: str, accounts: Collection[str]) -> None:
    if place.account not in accounts:
        remedy = t(
            "configure [channels.{account}], or use one of: {known}",
            account=place.account,
            known=listed(accounts),
        )
        reading.wrong(key, t("there is no account {value}", value=shown(place.account)), remedy)
    elif (
        place.account.startswith("wecom.")
        and place.chat.startswith(ONE_WAY)
        and key.rpartition(".")[2] != "digest_place"
    ):
        remedy = t(
            "leave it if that is what you want, write it as digest_place alone, or make it a group with the bot in it"
        )
        told = t(
            "is a robot: the digest and news go there; what asks something goes to each member in person"
        )
        reading.warn(key, told, remedy)


def check_rung_channels(reading: Reading, written: object, key: str, channels: Collection[str]) -> None:
    """Refuse rungs on channels without an account; also where something else is wrong with the ladder."""
    for n, channel in written_channels(written):
        if channel not in channels:
            remedy = t(
                "add [channels.{channel}.main], or use one of: {known}",
                channel=channel,
                known=listed(channels),
            )
            reading.wrong(f"{key}[{n}].channels", t("{value} has no account", value=shown(channel)), remedy)


def _elements(reading: Reading, policy: Policy, merged: Layer, around: Surroundings) -> None:
    used = {channel for rung in policy.rungs for channel in rung.channels or around.channels}
    for missing in missing_elements(policy, used, page=around.has_page):
        if missing.field == "public_url":
            reading.wrong("server.public_url", missing.reason, missing.remedy)
        elif is_good(merged, missing.field, *(["languages"] if missing.language else ["support.email"])):
            reason = _offered_by(merged, missing.reason) if missing.language else missing.reason
            reading.wrong(origin(merged, missing.field), reason, missing.remedy)


def _offered_by(merged: Layer, reason: Text) -> Text:
    """Say which key offers the language that something is missing in, where it is not the company's own."""
    key = origin(merged, "languages")
    return reason if key == "policy.languages" else t("{reason}, which {key} offers", reason=reason, key=key)


def _words(reading: Reading, policy: Policy, merged: Layer) -> None:
    """Refuse words that are there in one of the languages offered and not in another."""
    if "name" not in merged:
        reading.wrong(
            "policy.name", t("is missing: candidates are told who writes"), words_remedy("name", policy)
        )
    if not is_good(merged, "languages"):
        return
    for key, words in _spoken(policy):
        if key not in merged or not is_good(merged, key):
            continue
        for language in policy.languages:
            if is_blank(words, language):
                remedy = words_remedy(key.rpartition(".")[2], policy)
                reading.wrong(
                    merged[key].key,
                    _offered_by(merged, t("is missing in {language}", language=language)),
                    remedy,
                )


def _spoken(policy: Policy) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield what candidates read beside the four elements; what is optional only where there is any."""
    yield "name", policy.display_name
    if any(policy.what_next.values()):
        yield "what_next", policy.what_next
    for name, words in policy.blocks.items():
        yield f"blocks.{name}", words


def _rungs(reading: Reading, policy: Policy, merged: Layer) -> None:
    if is_good(merged, "rungs") and len(policy.rungs) > MANY_RUNGS:
        reason = t("{n} reminders for one interview", n=len(policy.rungs))
        reading.warn(origin(merged, "rungs"), reason, t("more than four are felt as spam; leave some out"))


def _spans(reading: Reading, policy: Policy, merged: Layer) -> None:
    if is_good(merged, "grace", "rescue_after") and policy.grace < policy.rescue_after:
        reason = t(
            "{length} is over before rescue_after ({other})",
            length=span_text(policy.grace),
            other=span_text(policy.rescue_after),
        )
        remedy = t(
            "make it at least as long: somebody is asked whether they are stuck before they are flagged"
        )
        reading.wrong(origin(merged, "grace"), reason, remedy)
    if is_good(merged, "move_cutoff", "horizon") and policy.horizon <= policy.move_cutoff:
        reason = t(
            "{length} is within move_cutoff ({other})",
            length=span_text(policy.horizon),
            other=span_text(policy.move_cutoff),
        )
        reading.wrong(origin(merged, "horizon"), reason, t("make it longer, or no slot can ever be offered"))


def _signal(reading: Reading, policy: Policy, merged: Layer, around: Surroundings) -> None:
    if not is_good(merged, "join_signal", "signal_account"):
        return
    key, account = origin(merged, "join_signal"), policy.signal_account
    if policy.join_signal == "poll":
        reading.wrong(key, t('"poll" is not supported yet'), t('write "platform" or "manual"'))
    if account and account not in around.signals:
        remedy = t(
            "configure [interviews.{account}], or use one of: {known}",
            account=account,
            known=listed(around.signals),
        )
        reading.wrong(
            origin(merged, "signal_account"), t("there is no account {value}", value=shown(account)), remedy
        )
    if policy.join_signal == "platform" and not account:
        if not around.signals:
            remedy = t('add [interviews.main] with its secret, or write join_signal = "manual"')
            reading.wrong(key, t('"platform" needs an account under [interviews], and there is none'), remedy)
        elif len(around.signals) > 1:
            reason = t("is missing: there are several accounts ({known})", known=listed(around.signals))
            reading.wrong(origin(merged, "signal_account"), reason, t("say which of them tells who joined"))
