"""A message as a mail: subject, text, HTML, files. Pure and deterministic; it becomes bytes when it is sent."""

from __future__ import annotations

from typing import Any, Literal

from channels.base import Call, Caps, Envelope, Payload, Unrenderable, storable
from channels.email.markup import Choice, Page, Reference, write_page
from channels.shape import answer_page, blob_reference, cut, measure, pieces, plain, shape
from conversations.messages import Fact, File, Link, Message, Note, Para
from locales.text import Text, ct, t
from locales.translate import render

LONGEST_SUBJECT = 78
"""In columns; a Chinese character takes two. Longer ones are cut by most mail programs anyway."""
MOST_FILES = 10
_SENTENCE_ENDS = tuple(".!?。！？…")

STOP = ct("e-mail", "Stop these e-mails")
REPLY = t("You can also simply reply to this e-mail.")
ON_THE_PAGE = t("Your answer opens on a page, where you confirm it.")

Part = tuple[Literal["para", "fact", "note", "choice"], str, str]


def write(message: Message, envelope: Envelope, caps: Caps, *, takes_replies: bool) -> Payload:
    """Return the one call that carries a message; raises Unrenderable."""
    shaped = shape(message, envelope, caps)
    if len(shaped.files) > MOST_FILES:
        raise Unrenderable(f"{message.kind}: it has more than {MOST_FILES} files")
    return Payload((Call("send", _Mail(message, envelope, caps, takes_replies).params(shaped.text)),))


def subject_of(lead: str) -> str:
    """Return a lead as a subject: on one line, cut at a sentence or a word."""
    line = " ".join(lead.split())
    limit = LONGEST_SUBJECT
    while limit > 1 and _columns(line[:limit]) > LONGEST_SUBJECT:
        limit -= 1
    if len(line) <= limit:
        return line
    ((_, end), *_) = pieces(line, limit - 1, "characters")
    begin = line[:end].rstrip()
    return begin if begin.endswith(_SENTENCE_ENDS) else f"{begin}…"


def _columns(text: str) -> int:
    return sum(2 if letter > "\u2e7f" else 1 for letter in text)


class _Mail:
    """One mail in the making."""

    def __init__(self, message: Message, envelope: Envelope, caps: Caps, takes_replies: bool) -> None:
        self._message = message
        self._envelope = envelope
        self._caps = caps
        self._my = answer_page(message, envelope, caps)
        self._stop = envelope.urls.get("stop", "")
        self._footer = [self._words(REPLY)] if takes_replies and message.presses else []

    def params(self, text: str) -> dict[str, Any]:
        files = [block for block in self._message.blocks if isinstance(block, File)]
        lead = self._words(self._message.lead)
        text = self._text(text, files)
        if measure(text, "bytes") > self._caps.text_limit:
            raise Unrenderable(f"{self._message.kind}: it is too long for a mail")
        html = write_page(self._page(lead, files))
        return {
            "to": self._envelope.chat,
            "request": self._envelope.request_id,
            "date": self._envelope.reader.now.isoformat(),
            "language": self._language,
            "subject": subject_of(lead),
            "text": text,
            # What is clipped by mail programs is not read; the text says the same in fewer bytes.
            "html": html if measure(html, "bytes") <= self._caps.text_limit else "",
            "files": [{"file": blob_reference(file), "media_type": file.media_type} for file in files],
            **({"stop": self._stop} if self._stop else {}),
        }

    def _text(self, told: str, files: list[File]) -> str:
        """Return the text part: everything the message says, and below it what concerns the mail itself."""
        named = [self._file(file) for file in files]
        small = [*self._footer, *([f"{self._words(STOP)}: {self._stop}"] if self._stop else [])]
        parts = [told, "\n".join(named), "\n".join(["-- ", *small]) if small else ""]
        return storable("\n\n".join(part for part in parts if part)) + "\n"

    def _page(self, lead: str, files: list[File]) -> Page:
        choices = self._choices()
        return Page(
            language=self._language,
            title=subject_of(lead),
            lead=lead,
            parts=[*self._parts(), *(("note", "", self._file(file)) for file in files)],
            choices=choices,
            hint=self._words(ON_THE_PAGE) if self._my else "",
            enter=self._enter(),
            references=self._references(),
            footer=self._footer,
            stop=Reference(self._words(STOP), self._stop) if self._stop else None,
        )

    def _parts(self) -> list[Part]:
        found: list[Part] = []
        for block in self._message.blocks:
            match block:
                case Para(text):
                    found.append(("para", "", self._words(text)))
                case Fact(is_said=True):
                    pass
                case Fact(_, label, value):
                    found.append(("fact", self._words(label), self._words(value)))
                case Note(text):
                    found.append(("note", "", self._words(text)))
                case File():
                    pass
        if self._my is None:
            found += [("choice", "", line) for line in self._numbered()]
        return found

    def _numbered(self) -> list[str]:
        """Return the choices as they are answered where there is no page: by a number."""
        labels = [self._label(press.label) for press in self._message.presses]
        numbered = [f"{number}. {label}" for number, label in enumerate(labels, 1)]
        return [*numbered, self._words(t("Reply with a number."))] if numbered else []

    def _choices(self) -> list[Choice]:
        if self._my is None:
            return []
        joint = "&" if "?" in self._my else "?"
        return [
            Choice(self._label(press.label), f"{self._my}{joint}choice={number}", press.style)
            for number, press in enumerate(self._message.presses, 1)
        ]

    def _enter(self) -> Choice | None:
        """Return the way into the interview, which stands out."""
        for action in self._message.actions:
            if isinstance(action, Link) and action.to == "go" and (url := self._envelope.urls.get("go")):
                return Choice(self._label(action.label), url, "enter")
        return None

    def _references(self) -> list[Reference]:
        links = [action for action in self._message.actions if isinstance(action, Link) and action.to != "go"]
        urls = self._envelope.urls
        return [self._reference(link, urls[link.to]) for link in links if urls.get(link.to)]

    def _reference(self, link: Link, url: str) -> Reference:
        if not url.startswith("tel:"):
            return Reference(self._label(link.label), url)
        number = url.removeprefix("tel:")
        return Reference(self._words(ct("fact", "{label}: {value}", label=link.label, value=number)), url)

    def _file(self, file: File) -> str:
        name = blob_reference(file).partition("/")[2]
        return self._words(ct("fact", "{label}: {value}", label=file.alt, value=name))

    def _label(self, label: Text) -> str:
        return cut(" ".join(self._words(label).split()), 200, "characters")

    def _words(self, text: Text) -> str:
        return storable(plain(render(text, self._envelope.reader)))

    @property
    def _language(self) -> str:
        return self._envelope.reader.locale.replace("_", "-")
