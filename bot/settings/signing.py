"""Tokens and signing secrets. Nothing of what was written may appear in a reason."""

from __future__ import annotations

import base64
import binascii
import re

from bot.settings.kinds import Kind, inline, under
from bot.settings.problems import Secret, Wrong
from locales.text import t

_PLACEHOLDER = re.compile(
    r"<.*>|\.{2,}|…+|(change|replace)[-_ ]?(me|this).*|your[-_ ].*|x{3,}|todo|secret|token|password", re.I
)


def read_secret(value: object) -> Secret:
    if not isinstance(value, str):
        raise Wrong(t("it is not text"), t("write it in quotes"))
    text = value.strip()
    if not text:
        raise Wrong(t("it is empty"), t("write the secret, or name a file that holds it"))
    if _PLACEHOLDER.fullmatch(text):
        raise Wrong(t("it is only a placeholder"), t("put the real one there"))
    if re.search(r"\s", text) or not text.isprintable():
        raise Wrong(t("it has blanks or control characters inside"), t("copy it again, without line breaks"))
    return Secret(text)


def read_telegram_token(value: object) -> Secret:
    secret = read_secret(value)
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", secret):
        raise Wrong(
            t("it is not a bot's token"),
            t("copy the whole of what @BotFather gave: digits, a colon, letters"),
        )
    return secret


def read_webhook_token(value: object) -> Secret:
    secret = read_secret(value)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise Wrong(
            t("it is too long or has characters Telegram refuses"), t("use 16 to 256 of A-Z a-z 0-9 _ -")
        )
    return secret


SHORTEST_KEY = 24
SAMPLE = "whsec_c2FtcGxlIHNlY3JldCwgcmVwbGFjZSBtZSBiZWZvcmUgdXNl"
"""The one in the README."""
MAKE_ONE = t("make one with: {command}", command='echo "whsec_$(openssl rand -base64 32)"')
_SIGNING_REMEDY = t(
    'write "whsec_" and the base64 of at least {n} random bytes, or {n} or more characters; one is made by: {command}',
    n=SHORTEST_KEY,
    command='echo "whsec_$(openssl rand -base64 32)"',
)


def read_signing_secret(value: object) -> Secret:
    """Return a signing secret as Standard Webhooks has it (standardwebhooks.com: whsec_ and 24 to 64 bytes)."""
    secret = read_secret(value)
    if secret.startswith("whsec_"):
        key = _from_base64(secret.removeprefix("whsec_"))
        if key is None:
            raise Wrong(t("what follows whsec_ is not base64"), _SIGNING_REMEDY)
        if len(key) < SHORTEST_KEY:
            raise Wrong(t("it holds only {n} bytes", n=len(key)), _SIGNING_REMEDY)
    elif len(secret) < SHORTEST_KEY:
        raise Wrong(t("it is too short: {n} characters", n=len(secret)), _SIGNING_REMEDY)
    if len(set(secret.removeprefix("whsec_"))) < 3:
        raise Wrong(t("it repeats so few characters that it can be guessed"), _SIGNING_REMEDY)
    return secret


def read_signing_secrets(value: object) -> tuple[Secret, ...]:
    if isinstance(value, str):
        return (read_signing_secret(value),)
    if not isinstance(value, list) or not value:
        raise Wrong(t("it is neither text nor a list of texts"), _SIGNING_REMEDY)
    found, problems = [], []
    for n, each in enumerate(value):
        try:
            found.append(read_signing_secret(each))
        except Wrong as wrong:
            problems += [under(problem, f"[{n}]") for problem in wrong.problems]
    if problems:
        raise Wrong.at(problems)
    return tuple(found)


def _from_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


SECRET = Kind(read_secret)
TELEGRAM_TOKEN = Kind(read_telegram_token)
WEBHOOK_TOKEN = Kind(read_webhook_token)
SIGNING_SECRETS = Kind(
    read_signing_secrets, lambda text: inline(text) if text.lstrip().startswith("[") else text
)
