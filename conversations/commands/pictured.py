"""Pictures of the figures a command tells, asked for with its answer: they follow when they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.commands.lines import zone_of
from conversations.dialog import Scene
from conversations.effects import Work
from conversations.pictures import Picture, plain
from locales.translate import best_locale


def pictured(scene: Scene, picture: Picture | None) -> tuple[Work, ...]:
    """Return the work that brings a picture to whoever asks; none where there is nothing to see."""
    if picture is None or scene.person is None:
        return ()
    return (Work("chart", {"picture": plain(picture), **reader_of(scene)}),)


def pictured_for(scene: Scene, picture: Picture) -> Mapping[str, Any]:
    """Return the arguments of the work that draws a picture for a team: in its company's language and zone."""
    policy = scene.policy
    place = policy.digest_place
    locale = (place.locale if place else None) or policy.languages[0]
    reader = {"locale": locale, "zone": policy.zone, "is_formal": policy.formal}
    return {"picture": plain(picture), **reader}


def reader_of(scene: Scene) -> Mapping[str, Any]:
    """Return who reads what slow work makes, as its arguments name them."""
    languages = scene.policy.languages
    locale = best_locale(scene.person.locale if scene.person else None, languages, languages[0])
    return {"locale": locale, "zone": zone_of(scene), "is_formal": scene.policy.formal}
