"""How WeCom shows text and markdown: which signs act, and where they lead (90236, "支持的markdown语法")."""

from __future__ import annotations

import re

_ANCHOR = re.compile(r"""<a\s+href=(["'])(?P<url>.*?)\1[^>]*>(?P<label>.*?)</a>""", re.IGNORECASE | re.DOTALL)
_BARE = re.compile(r"https?://[^\s，。；！？、）】》”<>]+")
_MD_LINK = re.compile(r"\[(?P<label>[^\[\]\n]+)\]\((?P<url>[^()\s]+)\)")
_FONT = re.compile(r"""<font\s+color=["']?\w+["']?>(.*?)</font>""", re.IGNORECASE | re.DOTALL)
_CALL = re.compile(r"<@([^<>\s]+)>")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_CODE = re.compile(r"`([^`\n]+)`")
_HEAD = re.compile(r"^(?:#{1,6} |> ?)", re.MULTILINE)


def read_text(content: str) -> tuple[str, dict[str, str]]:
    """Return a text message as it is read, and where its links lead: by label, or by the bare address."""
    opens: dict[str, str] = {}

    def link(found: re.Match[str]) -> str:
        opens[found["label"]] = found["url"]
        return found["label"]

    shown = _ANCHOR.sub(link, content)
    return shown, opens | {url: url for url in _BARE.findall(shown)}


def read_markdown(content: str) -> tuple[str, dict[str, str], list[str]]:
    """Return markdown as it is read, where its links lead, and whom it calls."""
    opens: dict[str, str] = {}

    def link(found: re.Match[str]) -> str:
        opens[found["label"]] = found["url"]
        return found["label"]

    calls = _CALL.findall(content)
    shown = _MD_LINK.sub(link, _HEAD.sub("", content))
    for sign in (_FONT, _BOLD, _CODE):
        shown = sign.sub(r"\1", shown)
    return shown, opens | {url: url for url in _BARE.findall(shown)}, calls
