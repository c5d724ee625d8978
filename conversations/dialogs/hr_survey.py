"""How is it to work with this? One tap, once a year, for each member of HR; `report` tells what they said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from conversations.dialog import END, Ask, Dialog, Need, Pick, Scene, Session, Turn
from conversations.dialogs.survey import SCORES
from conversations.digest import opinion_due
from conversations.effects import Answer, Effect, Manner, Priority, SaveOpinion, SetTimer, Show
from conversations.engine import NeedMore
from conversations.events import Due, Event
from conversations.identity import Person, Role
from conversations.messages import Message, Note, Press
from conversations.policy import Policy
from locales.text import ct, t
from locales.zones import local

KIND = "hr.opinion"
OPEN = timedelta(days=14)
SUBJECT = "hr_survey"


def _due(scene: Scene, event: Event) -> Turn:
    if not isinstance(event.body, Due):
        return Turn()
    year = local(event.body.due_at, scene.policy.zone).year
    if "opinions" not in scene.found:
        raise NeedMore((Need("team"), Need("opinions", {"year": str(year)})))
    asked: Collection[UUID] = scene.found["opinions"]
    members: Sequence[Person] = scene.found["team"]
    own = [person for person in members if Role.HR in person.roles and person.id not in asked]
    effects = [effect for person in own for effect in _ask(person, year)]
    following = SetTimer("hr_survey", event.body.subject, opinion_due(scene.policy, scene.now))
    return Turn(effects=(*effects, following))


def _ask(person: Person, year: int) -> Iterator[Effect]:
    manner = Manner(where="ladder", priority=Priority.DIGEST, once=f"opinion:{year}:{person.id}")
    yield SaveOpinion(person.id, year)
    yield Show(f"person:{person.id}", f"{SUBJECT}:{year}", "hr_survey.ask", {"year": year}, manner)


def _prompt(scene: Scene, session: Session) -> Message:
    lead = t("Once a year: how content are you with the interview assistant? One tap is enough.")
    note = Note(t("The average of HR stands in: report. Nobody sees who said what."))
    presses = (Press(f"score:{score}", label) for score, label in SCORES.items())
    return Message(KIND, lead, (note,), (*presses, Press("skip", ct("button", "Skip"))))


def _score(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if scene.person is None:
        return Turn()
    kept = SaveOpinion(scene.person.id, int(session.data["year"]), int(arg))
    thanks = Answer(toast=t("Thank you, that helps us to do better."))
    return Turn(effects=(kept,), to=END, chosen=SCORES[int(arg)], answer=thanks)


def _skip(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to=END, chosen=ct("button", "Skip"))


def _lapse(scene: Scene, session: Session, event: Event) -> Turn:
    return Turn(to=END)


def _patience(policy: Policy) -> timedelta:
    return OPEN


_PICKS: Mapping[str, Pick] = {"score": _score, "skip": _skip}

HR_SURVEY = Dialog(
    "hr_survey",
    Ask("ask", _prompt, _PICKS, lapse=_lapse, patience=_patience, exits=(END,)),
    on={"due.hr_survey": _due},
    roles=(Role.HR,),
)
