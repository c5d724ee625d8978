"""What channels and messages are called among people: never by the names they have in code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conversations.identity import Role
from locales.text import Listing, Text, ct, t

_CHANNELS: Mapping[str, Text] = {
    "telegram": ct("channel", "Telegram"),
    "slack": ct("channel", "Slack"),
    "email": ct("channel", "e-mail"),
    "sms": ct("channel", "SMS"),
    "wecom": ct("channel", "WeCom"),
    "wecom_kf": ct("channel", "WeChat customer service"),
    "wecom_contact": ct("channel", "contacts in WeCom"),
    "wechat": ct("channel", "WeChat"),
    "page": ct("channel", "our page"),
    "console": ct("channel", "console"),
}
ROLES: Mapping[Role, Text] = {
    Role.ADMIN: ct("role", "administrator"),
    Role.HR: ct("role", "HR"),
    Role.RECRUITER: ct("role", "recruiter"),
    Role.SUPPORT: ct("role", "support"),
    Role.VIEWER: ct("role", "viewer"),
    Role.CANDIDATE: ct("role", "candidate"),
}
KNOWN_CHANNELS = frozenset(_CHANNELS)
WITHOUT_READERS = frozenset({"page", "console"})
"""What nobody is reached by who does not look there."""
FOR_EMPLOYEES = frozenset({"wecom"})
"""What reaches members of the company alone."""

_MESSAGES: Mapping[str, Text] = {
    # to candidates
    "greeting": ct("message", "invitation"),
    "greeting.staff": ct("message", "welcome"),
    "reminder": ct("message", "reminder"),
    "reminder.sure": ct("message", "question whether they come"),
    "reminder.confirmed": ct("message", "thanks for confirming"),
    "reminder.thanked": ct("message", "thanks"),
    "reminder.moved": ct("message", "new time"),
    "start": ct("message", "word around the start"),
    "start.stuck": ct("message", "question whether they are stuck"),
    "start.sorry": ct("message", "apology"),
    "start.mistaken": ct("message", "apology"),
    "start.thanks": ct("message", "thanks after the interview"),
    "start.called_off": ct("message", "cancellation"),
    "start.on_again": ct("message", "cancellation taken back"),
    "no_show": ct("message", "question about the no-show"),
    "no_show.ask": ct("message", "question why they did not come"),
    "no_show.left": ct("message", "farewell"),
    "cant_come": ct("message", "question why they cannot come"),
    "rebook": ct("message", "other times"),
    "rebook.done": ct("message", "booking"),
    "technical": ct("message", "technical help"),
    "person": ct("message", "word about a colleague"),
    "precheck": ct("message", "device check"),
    "survey": ct("message", "question how it was"),
    "opt_out": ct("message", "answer to stop"),
    "status": ct("message", "where things stand"),
    "privacy": ct("message", "privacy"),
    "menu": ct("message", "menu"),
    "correction": ct("message", "apology"),
    "send_link": ct("message", "link to their page"),
    # to staff
    "home": ct("message", "home screen"),
    "alert": ct("message", "no-show card"),
    "alert.list": ct("message", "list of no-shows"),
    "support": ct("message", "word about a case"),
    "support.card": ct("message", "case card"),
    "checklist": ct("message", "checklist"),
    "unbound": ct("message", "list of who cannot be reached"),
    "digest": ct("message", "digest"),
    "hr": ct("message", "word to HR"),
    "notice": ct("message", "notice"),
    "command": ct("message", "answer to a command"),
    "picture": ct("message", "picture of the figures"),
    "claim": ct("message", "one-time code"),
    "add": ct("message", "interview to be added"),
    "import": ct("message", "list to be taken in"),
    "config": ct("message", "change of the configuration"),
    "test": ct("message", "trial of a reminder"),
    "export": ct("message", "exported list"),
    "choose": ct("message", "question which one"),
    "whom": ct("message", "question who is meant"),
    "role": ct("message", "word about a role"),
    "by_hand": ct("message", "reminder to be sent by hand"),
    "together": ct("message", "list of cards"),
    "toast": ct("message", "answer to a tap"),
    "relay": ct("message", "conversation with a person"),
    "aside": ct("message", "question whom words are for"),
    "phone": ct("message", "phone number"),
    "talk": ct("message", "word about who writes"),
    "confirm": ct("message", "question whether it is meant"),
    "batch": ct("message", "card of a command about many"),
    "take_back": ct("message", "question whether to take it back"),
    "move": ct("message", "question when"),
}
"""By the whole kind, or by what stands before its dot."""


def channel_of(account: str) -> str:
    """Return the channel of an account, `telegram` of `telegram.main`."""
    return account.partition(".")[0]


def channel_name(channel: str) -> Text:
    return _CHANNELS.get(channel) or t("{channel}", channel=channel)


def channel_names(channels: Iterable[str]) -> Listing:
    """Return channels as a list in words, each once, in the order of their names in code."""
    return Listing(tuple(channel_name(channel) for channel in sorted({*channels})))


def message_name(kind: str) -> Text:
    """Return what a message of a kind is; an unknown kind as it is."""
    known = _MESSAGES.get(kind) or _MESSAGES.get(kind.partition(".")[0])
    return known or t("{kind}", kind=kind)
