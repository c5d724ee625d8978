"""What holds for everything candidates are shown: examples, choices that work, kind words, the four elements."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.dialog import Ask
from conversations.messages import MAX_CHOICES, Fact, Link, Message, Note, Para
from locales.text import Reader, Text
from locales.translate import render
from tests.support.scenes import BOOK, START, ZONE, Example, examples, steps_of_candidates

EXAMPLES = examples()
BLAME = re.compile(
    r"\b(failed|fault|absent|absence|must|warning|unfortunately|no-show|ghost)\b", re.IGNORECASE
)


@pytest.fixture(params=EXAMPLES, ids=lambda example: example.name)
def example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


def words(message: Message, locale: str = "en") -> str:
    reader = Reader(locale, ZONE, START - timedelta(hours=1))
    texts: list[Text] = [message.lead, *(action.label for action in message.actions)]
    for block in message.blocks:
        match block:
            case Para(text=text) | Note(text=text):
                texts.append(text)
            case Fact(label=label, value=value):
                texts += [label, value]
    return "\n".join(render(text, reader) for text in texts)


def test_every_step_has_an_example() -> None:
    assert {at for at, _ in steps_of_candidates()} == {example.at for example in EXAMPLES}


def test_every_choice_shown_is_handled(example: Example) -> None:
    _, step = BOOK.step(example.at)
    presses = example.message().presses
    assert len(presses) <= MAX_CHOICES
    assert len({press.action for press in presses}) == len(presses)
    if isinstance(step, Ask):
        assert {press.action.partition(":")[0] for press in presses} <= set(step.pick)
    else:
        assert not presses


def test_words_are_kind_and_complete(example: Example) -> None:
    said = words(example.message())
    assert not BLAME.search(said)
    assert "{" not in said


def test_links_lead_somewhere(example: Example) -> None:
    for action in example.message().actions:
        if isinstance(action, Link):
            assert action.to in ("go", "check") or action.to.startswith(("https://", "tel:"))
            assert " " not in action.to


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.at == "reminder.ask"], ids=lambda e: e.name)
def test_every_reminder_holds_the_four_elements(example: Example) -> None:
    message = example.message()
    facts = {block.name for block in message.blocks if isinstance(block, Fact)}
    assert {"time", "devices", "support"} <= facts
    assert "link" in facts or any(isinstance(a, Link) and a.to == "go" for a in message.actions)
    tapped = {a.to for a in message.actions if isinstance(a, Link)}
    policy = example.scene.policy
    assert {"tel:4008208820", policy.guide_url, policy.faq_url, policy.precheck_url} <= tapped


def test_a_kind_names_one_occasion() -> None:
    by_kind: dict[str, set[str]] = {}
    for example in EXAMPLES:
        by_kind.setdefault(example.message().kind, set()).add(example.at)
    assert {kind: ats for kind, ats in by_kind.items() if len(ats) > 1} == {}


def test_a_policy_that_names_nothing_extra_is_enough() -> None:
    for example in EXAMPLES:
        bare = replace(
            example.scene.policy,
            guide_url="",
            faq_url="",
            precheck_url="",
            privacy_url="",
            what_next={},
            blocks={},
        )
        replace(example, scene=replace(example.scene, policy=bare)).message()
