"""`role grant @user recruiter job:前端`: who may do what, given and taken by administrators, and written down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from conversations.commands.people import answer, called, which
from conversations.dialog import Command, Need, Scene, Turn
from conversations.effects import PROMPTLY, Effect, Record, SavePerson, Say, Then, Work
from conversations.engine import NeedMore
from conversations.events import Done, Event, Ordered
from conversations.grammar import BadLine, read_line
from conversations.grants import Grant, recorded
from conversations.identity import STAFF, Person, Role, ToPerson
from conversations.messages import Message, Note, Para, item
from conversations.names import ROLES
from conversations.rights import HANDLES, plain_job
from locales.text import Listing, Text, ct, t

KIND = "command.role"
USAGE = ct("typed", "role grant @user recruiter job:前端")
SHOWN = 12

_VERBS: Mapping[str, str] = {
    word: verb
    for verb, words in {
        "grant": "grant give add 授予 授权 添加",
        "revoke": "revoke take remove 撤销 收回 移除",
        "list": "list 列表 名单",
    }.items()
    for word in words.split()
}
_ROLE_WORDS: Mapping[str, Role] = {
    word: role
    for role, words in {
        Role.ADMIN: "admin administrator 管理员",
        Role.HR: "hr 人事 人力",
        Role.RECRUITER: "recruiter 招聘 招聘官 招聘专员",
        Role.SUPPORT: "support it 技术支持 支持",
        Role.VIEWER: "viewer 只读 查看者",
    }.items()
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: what is to be done, to whom, with which role and jobs."""

    verb: str
    who: str
    role: Role | None
    jobs: tuple[str, ...]
    page: int = 1


def read(rest: str) -> Wanted:
    """Take the arguments apart; raises BadLine."""
    line = read_line(rest, keys=("job",))
    words = list(line.words)
    verb = _VERBS.get(words[0].casefold(), "") if words else "list"
    if not verb:
        raise BadLine(t("Type one of these: role grant, role revoke, role list."))
    named = words[1:]
    role = _ROLE_WORDS.get(named[-1].casefold()) if named else None
    who = " ".join(named[:-1] if role else named)
    jobs = tuple(filter(None, re.split(r"[,，、;；]", line.pairs.get("job", ""))))
    if verb == "grant" and (not who or role is None):
        raise BadLine(t("Whom, and which role? Type for example: {usage}", usage=USAGE))
    if verb == "revoke" and not who:
        raise BadLine(
            t("From whom? Type for example: {usage}", usage=ct("typed", "role revoke @user recruiter"))
        )
    if jobs and role is not Role.RECRUITER:
        raise BadLine(t("Only recruiters are given jobs; everybody else sees all interviews."))
    return Wanted(verb, who, role, jobs, line.page)


def _needs(rest: str) -> tuple[Need, ...]:
    try:
        wanted = read(rest)
    except BadLine:
        return ()
    team = Need("team")
    if wanted.verb == "list":
        return (team,)
    titles = (Need("titles"),) if wanted.jobs else ()
    return (team, Need("somebody", {"text": wanted.who}), *titles)


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        wanted = read(rest)
    except BadLine as bad:
        return answer(KIND, bad.why)
    if wanted.verb == "list":
        return Turn(say=_list(scene, wanted.page))
    found: Sequence[Person] = scene.found["somebody"]
    if len(found) > 1:
        role = wanted.role.value if wanted.role else ""
        jobs = f"job:“{','.join(wanted.jobs)}”" if wanted.jobs else ""
        return which(scene, "role", wanted.verb, found, f"{role} {jobs}".strip())
    person = found[0] if found else None
    return _grant(scene, wanted, person) if wanted.verb == "grant" else _revoke(scene, wanted, person)


# -- giving ----------------------------------------------------------------------------------------------


def _grant(scene: Scene, wanted: Wanted, person: Person | None) -> Turn:
    if wanted.role is None or scene.person is None:
        return Turn()
    jobs = _jobs(wanted.jobs, scene.found.get("titles", ()))
    if isinstance(jobs, Text):
        return answer(KIND, jobs)
    grant = Grant(wanted.role, frozenset(jobs))
    if person is None:
        # Nobody knows who that is on any platform until they come with the code.
        work = Work("role_code", {"role": grant.role.value, "jobs": sorted(jobs), "who": wanted.who})
        return Turn(effects=(work,))
    roles, all_jobs = grant.to(person)
    if (roles, all_jobs) == (person.roles, person.jobs):
        return answer(KIND, t("{name} is {role} already.", name=person.name, role=called(person)), _see())
    given = replace(person, roles=roles, jobs=all_jobs)
    told = Message("role.given", t("You are {role} here now, says {by}.", role=called(given), by=scene.person.name),
                   (Note(t("What you can do: help")),))  # fmt: skip
    effects = (
        SavePerson(given),
        Record("person.role", f"person:{person.id}", f"person:{scene.person.id}", recorded(grant)),
        Say(ToPerson(person.id), told, PROMPTLY),
    )
    lead = t("{name} is {role} now.", name=person.name, role=called(given))
    undo = Note(t("To take it back: {command}", command=f"role revoke {person.name} {grant.role.value}"))
    return replace(answer(KIND, lead, undo), effects=effects)


def _jobs(typed: Sequence[str], titles: Sequence[str]) -> tuple[str, ...] | Text:
    """Return the titles that typed jobs stand for; one that fits several is asked for again, never guessed."""
    found: list[str] = []
    for job in typed:
        same = [title for title in titles if plain_job(title) == plain_job(job)]
        near = [title for title in titles if plain_job(job) in plain_job(title)]
        if not same and len(near) > 1:
            return t("Several jobs are called like “{job}”: {titles}. Please type the whole title: job:“…”", job=job,
                     titles=Listing(tuple(near[:9])))  # fmt: skip
        if not same and not near and titles:
            return t(
                "No interview is for “{job}”. There are: {titles}", job=job, titles=Listing(tuple(titles[:9]))
            )
        found += same or near or [job]
    return tuple(found)


# -- taking ----------------------------------------------------------------------------------------------


def _revoke(scene: Scene, wanted: Wanted, person: Person | None) -> Turn:
    if scene.person is None:
        return Turn()
    if person is None or not person.is_staff:
        return answer(KIND, t("Nobody of staff is called “{who}”.", who=wanted.who), _see())
    gone = frozenset({wanted.role}) if wanted.role else person.roles & STAFF
    if not gone & person.roles:
        return answer(
            KIND, t("{name} does not have that role: {role}.", name=person.name, role=called(person))
        )
    if Role.ADMIN in gone and _is_last_admin(scene.found["team"], person):
        return answer(KIND, t("{name} is the last administrator. Make somebody else one first.", name=person.name),
                      Note(t("Type for example: {usage}", usage=ct("typed", "role grant @user admin"))))  # fmt: skip
    kept = _without(person, gone, wanted.jobs)
    if isinstance(kept, Text):
        return answer(KIND, kept)
    if "owned" not in scene.found:
        raise NeedMore((Need("owned", {"person": str(person.id)}),))
    return replace(_done(kept), effects=tuple(_taking(scene, person, kept)))


def _is_last_admin(staff: Sequence[Person], person: Person) -> bool:
    return {each.id for each in staff if Role.ADMIN in each.roles} <= {person.id}


def _without(person: Person, gone: frozenset[Role], jobs: Sequence[str]) -> Person | Text:
    """Return somebody without roles, or a recruiter without some of their jobs."""
    if not jobs:
        is_recruiter = Role.RECRUITER in person.roles - gone
        return replace(person, roles=person.roles - gone, jobs=person.jobs if is_recruiter else frozenset())
    dropped = {plain_job(job) for job in jobs}
    left = frozenset(job for job in person.jobs if plain_job(job) not in dropped)
    if left == person.jobs:
        return t("{name} does not have that job: {role}.", name=person.name, role=called(person))
    return replace(person, jobs=left)


def _taking(scene: Scene, before: Person, after: Person) -> Iterator[Effect]:
    by = scene.person.id if scene.person else before.id
    lost = sorted(role.value for role in before.roles - after.roles) or ["jobs"]
    yield SavePerson(after)
    yield Record("person.role_revoked", f"person:{before.id}", f"person:{by}", {"role": ", ".join(lost)})
    # What they looked after waits for somebody again; nobody is left as its owner who may not act.
    for case in scene.found["owned"]:
        if not after.may(*HANDLES[case.kind]):
            yield Then(Ordered("release", case.interview, by, {"case": str(case.id)}))
            left = {"about": str(case.interview), "case": str(case.id), "left": before.name}
            yield Then(Done("orphan", left))
    lead = t("{by} has changed what you may do here: {role}.", by=scene.person.name if scene.person else "?",
             role=called(after))  # fmt: skip
    yield Say(ToPerson(before.id), Message("role.taken", lead), PROMPTLY)


def _done(kept: Person) -> Turn:
    return answer(KIND, t("Done. {name} is now: {role}.", name=kept.name, role=called(kept)), _see())


# -- telling ---------------------------------------------------------------------------------------------


def _see() -> Note:
    return Note(t("Who may do what: {command}", command="role list"))


def _list(scene: Scene, page: int) -> Message:
    staff = sorted(scene.found["team"], key=lambda person: ([*ROLES].index(_first(person)), person.name))
    shown = staff[(page - 1) * SHOWN : page * SHOWN]
    lines: tuple[Para, ...] = tuple(
        item(t("{name}: {role}", name=person.name, role=called(person))) for person in shown
    )
    next_page = ct("typed", "role list +{n}", n=page + 1)
    more = (Note(t("More: {command}", command=next_page)),) if len(staff) > page * SHOWN else ()
    how = Note(
        t(
            "To give or take one: {grant} · {revoke}",
            grant=ct("typed", "role grant @user {role}", role="hr"),
            revoke=ct("typed", "role revoke @user {role}", role="hr"),
        )
    )
    return Message(KIND, t("Who may do what here:"), (*lines, *more, how))


def _first(person: Person) -> Role:
    return next((role for role in ROLES if role in person.roles), Role.CANDIDATE)


ROLE = Command(
    "role",
    ("角色", "权限"),
    frozenset({Role.ADMIN}),
    USAGE,
    t("Give or take a role, and see who has which."),
    run,
    _needs,
)
