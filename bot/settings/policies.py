"""Policies by company and role: read in layers, laid over each other, and checked as what they become.

policy < policy.roles.R < companies.C < companies.C.roles.R: each layer says only what differs from the
one before. Lists (rungs, languages) and words are replaced whole; support and blocks key by key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.settings.holidays import holidays_of
from bot.settings.keys import POLICY, PRECHECK, SUPPORT, Key
from bot.settings.layers import Layer, Setting, Surroundings
from bot.settings.problems import joined, shown
from bot.settings.rules import check, check_rung_channels
from bot.settings.rungs import ladder
from bot.settings.tables import BAD, Reading
from bot.settings.words import EVERY_LANGUAGE, WORDS, in_first_language, in_languages
from conversations.policy import DeviceCheck, Policy, Support
from locales.text import t


class Policies:
    """Every policy there is, found by company and role as an import spells them."""

    def __init__(self, found: Mapping[tuple[str, str], Policy], names: Mapping[str, str]) -> None:
        """`found` by company and role as configured, "" for any; `names` tells the company by each plain name."""
        self.default = found["", ""]
        self.companies = tuple(dict.fromkeys(company for company, _ in found if company))
        self._configured = found
        self._names = names
        self._found = {(company, plain(role)): policy for (company, role), policy in found.items()}

    def become(self, other: Policies) -> None:
        """Be what others are from now on, for everybody who holds these."""
        self.default, self.companies = other.default, other.companies
        self._configured, self._names, self._found = other._configured, other._names, other._found

    def copy(self) -> Policies:
        """Return the same policies, which others can become without these."""
        return Policies(self._configured, self._names)

    def for_(self, company: str, role: str) -> Policy:
        """Return the policy of a company and role, whatever their case, width and blanks.

        A role nobody configured has its company's policy. A company nobody configured has the base policy
        under its own name.
        """
        name = self._names.get(plain(company), "")
        policy = self._found.get((name, plain(role))) or self._found[name, ""]
        if name or plain(company) in {"", *map(plain, policy.display_name.values())}:
            return policy
        called = company.strip()
        return replace(policy, company=called, display_name=dict.fromkeys(policy.languages, called))

    def __iter__(self) -> Iterator[tuple[str, str, Policy]]:
        """Yield company, role and policy as configured, "" for any."""
        for (company, role), policy in self._configured.items():
            yield company, role, policy


def plain(name: str) -> str:
    """Return a name without regard to case, width, blanks and invisible characters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


def read_policies(reading: Reading, tree: Mapping[str, Any], around: Surroundings) -> Policies:
    """Return all policies; what is wrong with them stands in `reading`, and then they are of no use."""
    table = reading.table(tree.get("policy"), "policy")
    base = {**_DEFAULTS, **_layer(reading, table, "policy", around, ("roles",))}
    base_roles = _roles(reading, table, "policy", around)
    found: dict[tuple[str, str], Policy] = {}

    def add(company: str, role: str, *layers: Layer) -> None:
        merged: Layer = {key: setting for layer in layers for key, setting in layer.items()}
        found[company, role] = _policy(company, merged, around)
        if isinstance(tree.get("policy", {}), dict):
            check(reading, found[company, role], merged, around)

    add("", "", base)
    for role, layer in base_roles.items():
        add("", role, base, layer)
    companies = _named(reading, tree.get("companies"), "companies")
    same = _same_names(reading, companies, "companies")
    for company, table in companies.items():
        path = joined("companies", company)
        called = {"name": Setting({EVERY_LANGUAGE: company.strip()}, path)}
        own = called | _layer(reading, table, path, around, ("roles",))
        own_roles = _roles(reading, table, path, around)
        if company in same:
            continue
        add(company, "", base, own)
        for role in _distinct((*own_roles, *base_roles)):
            add(company, role, base, _of(base_roles, role), own, _of(own_roles, role))
    return Policies(found, _owners(reading, found))


_DEFAULTS: Layer = {
    prefix + key.name: Setting(key.kind(key.default), f"policy.{prefix}{key.name}")
    for prefix, keys in (("", POLICY), ("support.", SUPPORT), ("precheck.", PRECHECK))
    for key in keys
    if key.default is not None
}


def _layer(
    reading: Reading, table: Mapping[str, Any], path: str, around: Surroundings, others: Iterable[str] = ()
) -> Layer:
    check_rung_channels(reading, table.get("rungs"), f"{path}.rungs", around.channels)
    values = reading.fields(table, path, POLICY, (*others, "support", "precheck", "blocks"))
    layer = {name: Setting(value, f"{path}.{name}") for name, value in values.items()}
    for part, keys in (("support", SUPPORT), ("precheck", PRECHECK)):
        found = reading.fields(table.get(part), f"{path}.{part}", keys)
        layer |= {f"{part}.{name}": Setting(value, f"{path}.{part}.{name}") for name, value in found.items()}
    for name, raw in reading.table(table.get("blocks"), f"{path}.blocks").items():
        key = joined(f"{path}.blocks", name)
        layer[f"blocks.{name.strip()}"] = Setting(reading.value(raw, key, _BLOCK), key)
    return layer


_BLOCK = Key("block", WORDS, None, "A piece of the role's own content, by language.")


def _roles(reading: Reading, table: Mapping[str, Any], path: str, around: Surroundings) -> dict[str, Layer]:
    named = _named(reading, table.get("roles"), f"{path}.roles")
    _same_names(reading, named, f"{path}.roles")
    return {role: _layer(reading, own, joined(f"{path}.roles", role), around) for role, own in named.items()}


def _named(reading: Reading, value: object, path: str) -> dict[str, dict[str, Any]]:
    """Return tables by name; those without one are refused."""
    tables = {}
    for name, table in reading.table(value, path, f'{path}."…"').items():
        if plain(name):
            tables[name] = reading.table(table, joined(path, name))
        else:
            reading.wrong(joined(path, name), t("has no name"), t('write [{path}."…"]', path=path))
    return tables


def _same_names(reading: Reading, names: Iterable[str], path: str) -> set[str]:
    """Refuse and return the names that differ from an earlier one only in case, width or blanks."""
    first: dict[str, str] = {}
    same = {name for name in names if first.setdefault(plain(name), name) != name}
    for name in sorted(same):
        earlier = joined(path, first[plain(name)])
        reading.wrong(
            joined(path, name),
            t("is the same name as {earlier}", earlier=earlier),
            t("put both tables together"),
        )
    return same


def _distinct(names: Iterable[str]) -> Iterable[str]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(plain(name), name)
    return seen.values()


def _of(layers: Mapping[str, Layer], name: str) -> Layer:
    return next((layer for each, layer in layers.items() if plain(each) == plain(name)), {})


def _owners(reading: Reading, found: Mapping[tuple[str, str], Policy]) -> dict[str, str]:
    """Return the configured company by each of its plain names."""
    owners: dict[str, str] = {}
    for (company, role), policy in found.items():
        for name in (company, *policy.display_name.values()) if company and not role else ():
            owner = owners.setdefault(plain(name), company)
            if owner != company:
                reason = t(
                    "is called {value}, and so is {other}",
                    value=shown(name),
                    other=joined("companies", owner),
                )
                reading.wrong(joined("companies", company), reason, t("give each a name of its own"))
    return owners


def _policy(company: str, merged: Layer, around: Surroundings) -> Policy:
    """Return what the layers come to; a default stands in for a wrong value, as the loader refuses anyway."""
    of = {key: setting.value for key, setting in _DEFAULTS.items()}
    of |= {key: setting.value for key, setting in merged.items() if setting.value is not BAD}
    if merged.get("rescue_after", _DEFAULTS["rescue_after"]) is _DEFAULTS["rescue_after"]:
        # Who shortens the grace only, need not know that there is a question before it ends.
        of["rescue_after"] = min(of["rescue_after"], of["grace"] / 3)
    languages = of["languages"]
    name = in_languages(of.get("name", {}), languages)
    opens, closes = of["support.hours"]
    begins, ends = of["quiet_hours"]
    signal = of["signal_account"]
    if of["join_signal"] == "platform" and not signal and len(around.signals) == 1:
        (signal,) = around.signals
    return Policy(
        company=company or next((name[each] for each in languages if name.get(each)), ""),
        display_name=name,
        languages=languages,
        rungs=ladder(of["rungs"], of.get("delivery")),
        support=Support(
            name=in_languages(of["support.name"], languages),
            phone=of["support.phone"],
            opens=opens,
            closes=closes,
            zone=of.get("support.zone", of["zone"]),
            days=of["support.days"],
            email=of["support.email"],
        ),
        precheck=_device_check(of, around),
        devices=in_first_language(of.get("devices", {}), languages),
        what_next=in_first_language(of["what_next"], languages),
        blocks=_blocks(of, languages),
        formal=of["address"] == "formal",
        quiet_from=begins,
        quiet_until=ends,
        digest_place=of["digest_place"] or around.teams.get("hr"),
        alerts_place=of["alerts_place"] or around.teams.get("hr"),
        support_place=of["support_place"] or around.teams.get("support"),
        signal_account=signal,
        holidays=holidays_of(
            of["digest_holidays"], of["zone"], of["digest_days_off"], of["digest_days_worked"]
        ),
        **{each: of[each] for each in _AS_WRITTEN},
    )


def _device_check(of: Mapping[str, Any], around: Surroundings) -> DeviceCheck:
    wanted = DeviceCheck(**{key.name: of.get(f"precheck.{key.name}", "") for key in PRECHECK})
    return wanted if around.has_page else replace(wanted, offered=False)


def _blocks(of: Mapping[str, Any], languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the role's own content; what a nearer layer leaves empty is taken out."""
    written = {key.removeprefix("blocks."): words for key, words in of.items() if key.startswith("blocks.")}
    told = {name: in_first_language(words, languages) for name, words in written.items()}
    return {name: words for name, words in told.items() if any(words.values())}


_AS_WRITTEN = (
    "zone", "guide_url", "faq_url", "precheck_url", "privacy_url", "rescue_after", "grace", "patience", "ask_within",
    "acknowledge_within", "lead", "on_duty", "unbound_after", "move_cutoff", "moves_allowed", "horizon", "digest_at",
    "digest_days", "digest_weekly", "digest_monthly", "digest_quarterly",
    "join_signal", "heartbeat_within", "mode", "go_live",
)  # fmt: skip
