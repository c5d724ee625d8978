"""What is stored about somebody, for what, and how to have it given out or deleted."""

from __future__ import annotations

from uuid import UUID

from conversations.dialog import Dialog, Scene, Session, Tell, Turn
from conversations.dialogs.phrases import company
from conversations.events import Event
from conversations.messages import Link, Message, Note, Para
from locales.text import ct, t

_NO_SESSION = Session(UUID(int=0), "", "")


def _about(scene: Scene, session: Session) -> Message:
    policy = scene.policy
    lead = t("What {company} stores here serves your interview and nothing else.", company=company(policy))
    blocks = (
        Para(t("Stored: your name and contacts, your interview, what was sent to you, and what you write.")),
        Para(t("Who reads it: the hiring team, and support when you ask for help.")),
        Note(t("Write “person” to get your data or have it deleted, “stop” for no more messages.")),
    )
    links = (Link(policy.privacy_url, ct("button", "Privacy")),) if policy.privacy_url else ()
    return Message("privacy", lead, blocks, links)


def _heed(scene: Scene, event: Event) -> Turn:
    """Answered beside whatever is being asked, which stays open."""
    return Turn(say=_about(scene, _NO_SESSION))


PRIVACY = Dialog("privacy", Tell("about", _about), heeds={"privacy": _heed})
