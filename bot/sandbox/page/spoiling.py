"""What goes wrong on purpose, from the page: a platform that fails, and callbacks that come twice, late or forged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from bot.sandbox.faults import FAULTS, NAMES, cause, faults, recover
from bot.sandbox.page.studio import Mistaken, Studio
from bot.sandbox.page.wire import Exchange
from locales.text import Text, ct

CALLBACKS: Mapping[str, Text] = {
    "twice": ct("sandbox", "Bring the newest callback once more"),
    "disorder": ct("sandbox", "Bring the last two in the wrong order"),
    "forged": ct("sandbox", "Bring it with a bad signature"),
}
"""What can become of what a platform tells us."""
MENDED = ct("sandbox", "Everything works again")
_SIGNED = ("signature", "secret", "token", "authorization", "key")
"""What the names of headers and parameters that vouch for a request have in them."""


def offered(studio: Studio) -> Sequence[tuple[str, Sequence[tuple[str, Text]]]]:
    """Return what can go wrong with each platform of the stage, by its name and in words."""
    if studio.stage is None:
        return ()
    always = [*CALLBACKS.items(), ("mended", MENDED)]
    return [
        (name, [*((fault, NAMES[fault]) for fault in faults(platform)), *always])
        for name, platform in studio.stage.platforms.items()
    ]


async def spoil(studio: Studio, name: str, how: str) -> Text:
    """Have something go wrong with a platform; return what was done. Raises Mistaken for what there is not."""
    platform = studio.set_stage.platforms.get(name)
    if platform is None:
        raise Mistaken(ct("sandbox", "There is no platform {name} on this stage.", name=name[:40]))
    if how in CALLBACKS:
        return await _bring(studio, name, how)
    if how == "mended":
        recover(platform)
        return ct("sandbox", "Everything works again.")
    if how not in FAULTS[name]:
        raise Mistaken(ct("sandbox", "Nothing is called {name} that could go wrong there.", name=how[:40]))
    cause(platform, how)
    return ct(
        "sandbox", "The next message meets this: {what}. See below what becomes of it.", what=NAMES[how]
    )


async def _bring(studio: Studio, name: str, how: str) -> Text:
    found = [each for each in studio.wire or () if _is_callback(each, name)]
    wanted = 2 if how == "disorder" else 1
    if len(found) < wanted:
        raise Mistaken(
            ct("sandbox", "There is no callback of that platform yet: tap or write something first.")
        )
    if how == "forged":
        status = await studio.replay(found[0], *_forged(found[0]))
    else:
        status = [await studio.replay(each) for each in found[:wanted]][-1]
    return brought(status, is_forged=how == "forged")


def brought(status: int, *, is_forged: bool = False) -> Text:
    """Return what became of a callback that was brought once more."""
    if is_forged:
        return ct(
            "sandbox",
            "Brought with a bad signature, and answered with {status}: not believed.",
            status=status,
        )
    if status in (401, 403):
        return ct(
            "sandbox",
            "Brought again, and answered with {status}: its signature is too old by now. Tap or write something, "
            "then bring that again at once.",
            status=status,
        )
    return ct("sandbox", "Brought again, and answered with {status}.", status=status)


def _is_callback(exchange: Exchange, name: str) -> bool:
    return exchange.direction == "in" and exchange.platform == name and exchange.status == 200


def _forged(exchange: Exchange) -> tuple[Mapping[str, str], str]:
    """Return headers and a query in which whatever vouches for the request has another end."""
    headers = {name: _other(value) for name, value in exchange.headers.items() if _vouches(name)}
    pairs = parse_qsl(exchange.query, keep_blank_values=True)
    return headers, urlencode([(name, _other(value) if _vouches(name) else value) for name, value in pairs])


def _vouches(name: str) -> bool:
    return any(word in name.lower() for word in _SIGNED)


def _other(value: str) -> str:
    return value[:-1] + ("0" if value[-1:] != "0" else "1")
