"""The command line: what the engineer and the operator type. It says what to do next, and never a traceback."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bot import observe
from bot.problems import Problem

if TYPE_CHECKING:
    from bot.settings import BadConfig

EX_CONFIG = 78
"""What sysexits.h calls a configuration error; systemd is told not to try again."""
CONFIG = "turnout.toml"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Turnout makes interview candidates turn up: reminders, no-shows and rebooking in their own chat apps.",
)
admin = typer.Typer(no_args_is_help=True, help="Look after a running installation.")
outbox = typer.Typer(no_args_is_help=True, help="What was sent, what waits, and why.")
inbox = typer.Typer(no_args_is_help=True, help="What came in and could not be handled.")
audit = typer.Typer(no_args_is_help=True, help="The journal of what was done.")
config_ = typer.Typer(
    no_args_is_help=True, help="What the company decided: the file and the database's versions."
)
app.add_typer(admin, name="admin")
app.add_typer(config_, name="config")
admin.add_typer(outbox, name="outbox")
admin.add_typer(inbox, name="inbox")
admin.add_typer(audit, name="audit")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help=f"The TOML file; {CONFIG} if it is here.")
]
LangOption = Annotated[
    str | None, typer.Option(help="The language of what is to mend: en or zh_Hans; else the environment's.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line; every problem ends in a sentence and an exit code."""
    try:
        app()
    except Problem as problem:
        _fail(problem)
        sys.exit(1)


def _fail(problem: Problem) -> None:
    err.print(f"turnout: {problem.what}", markup=False)
    err.print(f"  → {problem.remedy}", markup=False)


# -- running -------------------------------------------------------------------------------------------------


@app.command()
def run(config: ConfigOption = None) -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    settings = _settings(config)
    from bot.serving import serve

    asyncio.run(serve(settings))


@app.command()
def check(
    config: ConfigOption = None,
    live: Annotated[bool, typer.Option(help="Ask the platforms too.")] = False,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Check the configuration, the database and, with --live, every account."""
    settings = _settings(config, lang)
    found = _do(settings, "check", {"live": live, "lang": _language(lang)})
    if as_json:
        _print_json(found)
    else:
        from bot.checked import report

        for line in report(found, _language(lang)):
            out.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(0 if found["ok"] else 1)


@app.command()
def manifest(
    platform: Annotated[str, typer.Argument(help="slack")],
    public_url: Annotated[
        str, typer.Option(help="Where the internet finds us, https://…; without it, Socket Mode.")
    ] = "",
    account: Annotated[str, typer.Option(help="What the account is called in the configuration.")] = "main",
) -> None:
    """Print what makes our app on a platform: paste it where a new app is made from a manifest."""
    from channels import UnknownChannel, load

    try:
        describe = getattr(load(platform), "manifest", None)
    except UnknownChannel:
        describe = None
    if describe is None:
        _fail(Problem(f"{platform} makes no apps from manifests", "Use: turnout manifest slack"))
        raise typer.Exit(1)
    _print_json(describe(account, public_url))


@app.command()
def init(
    preset: Annotated[str, typer.Option(help="retail, campus, tech or manufacturing")] = "general",
    path: Annotated[Path, typer.Option("--config", "-c", help="Where to write it.")] = Path(CONFIG),
    company: Annotated[str | None, typer.Option(help="Answers the first question.")] = None,
    zone: Annotated[str | None, typer.Option(help="Asia/Shanghai …")] = None,
    languages: Annotated[str | None, typer.Option(help="zh_Hans, en")] = None,
    phone: Annotated[str | None, typer.Option(help="The support's.")] = None,
    hours: Annotated[str | None, typer.Option(help="09:00-18:00")] = None,
    devices: Annotated[str | None, typer.Option(help="One text for each language, parted by |")] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with @BotFather's token, or Slack's two.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take the defaults.")] = False,
    force: Annotated[bool, typer.Option(help="Overwrite a file that is there.")] = False,
    lang: Annotated[str | None, typer.Option(help="The language of the questions.")] = None,
) -> None:
    """Ask at most seven questions, write the configuration, and print a code that makes the first admin."""
    from bot import init as questions
    from bot.settings import BadConfig

    flags = {
        "company": company,
        "zone": zone,
        "languages": languages,
        "phone": phone,
        "hours": hours,
        "devices": devices,
        "token": token_file.read_text("utf-8").strip() if token_file else None,
    }
    given = {name: value for name, value in flags.items() if value is not None}

    def prompt(text: str, default: str | None) -> str:
        return str(typer.prompt(text, default=default or "", show_default=bool(default)))

    try:
        answers = questions.ask(
            given,
            preset,
            questions.language(lang, os.environ),
            os.environ,
            None if yes or not sys.stdin.isatty() else prompt,
            lambda hint: err.print(hint, markup=False),
        )
        questions.write(path, questions.plan_init(answers), force)
    except BadConfig as bad:
        _refuse(bad, _language(lang))
    out.print(f"Wrote {path}. Start the bot with: turnout run --config {path}", markup=False)
    code = _do(_settings(path), "admin.code", {})["code"]
    out.print(f"Then send this code to the bot from your own account; it makes you its first admin: {code}")


# -- lists ---------------------------------------------------------------------------------------------------


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, as HR exports it.")],
    apply: Annotated[bool, typer.Option(help="Do it; without this nothing is changed.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    links: Annotated[
        Path | None, typer.Option(help="Write each candidate's personal link to this CSV.")
    ] = None,
    qr: Annotated[
        Path | None, typer.Option(help="Write each personal link as a QR code into this folder.")
    ] = None,
    lang: Annotated[str, typer.Option(help="The language of the reasons: en or zh_Hans.")] = "en",
) -> None:
    """Import interviews: a verdict for each row first, then with --apply for real."""
    args = {**_file(file), "apply": apply, "lang": lang, "codes": qr is not None}
    found = _do(_settings(config), "import", args)
    _print_verdicts(found, as_json, apply)
    if links is not None:
        _write_links(links, found["links"])
    if qr is not None:
        _write_codes(qr, found["links"])


@app.command()
def slots(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with starts_at, zone, capacity.")],
    apply: Annotated[bool, typer.Option(help="Do it; without this nothing is changed.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    lang: Annotated[str, typer.Option(help="The language of the reasons: en or zh_Hans.")] = "en",
) -> None:
    """Import times that candidates may rebook to."""
    found = _do(_settings(config), "slots", {**_file(file), "apply": apply, "lang": lang})
    _print_verdicts(found, as_json, apply)


@app.command()
def add(
    name: Annotated[str, typer.Option()],
    starts_at: Annotated[str, typer.Option(help="2026-11-25T14:00, in the company's zone or --zone.")],
    link: Annotated[str, typer.Option(help="Where the interview takes place.")],
    role: Annotated[str, typer.Option()] = "",
    phone: Annotated[str, typer.Option()] = "",
    email: Annotated[str, typer.Option()] = "",
    zone: Annotated[str, typer.Option()] = "",
    language: Annotated[str, typer.Option()] = "",
    external_id: Annotated[str, typer.Option()] = "",
    company: Annotated[str, typer.Option()] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add one interview."""
    cells = {
        "name": name,
        "starts_at": starts_at,
        "link": link,
        "role": role,
        "phone": phone,
        "email": email,
        "zone": zone,
        "language": language,
        "external id": external_id,
        "company": company,
    }
    found = _do(_settings(config), "add", {"cells": {k: v for k, v in cells.items() if v}})
    _print_verdicts(found, as_json, applied=True)


@app.command()
def move(
    interview: str,
    starts_at: Annotated[str, typer.Argument(help="2026-11-25T14:00, in the interview's zone.")],
    zone: Annotated[str, typer.Option()] = "",
    link: Annotated[str, typer.Option(help="A new link, if it changes.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move an interview; its candidate is told, and its reminders are planned anew."""
    args = {"interview": interview, "starts_at": starts_at, "zone": zone, "join": link}
    _print_why(_do(_settings(config), "move", args), as_json)


@app.command()
def cancel(interview: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Cancel an interview; its candidate is told, and nothing more is sent."""
    _print_why(_do(_settings(config), "cancel", {"interview": interview}), as_json)


@app.command("list")
def list_(
    text: Annotated[str, typer.Argument(help="A number, name, role or external id.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Past ones too.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List interviews."""
    found = _do(_settings(config), "list", {"text": text, "all": everything})
    if as_json:
        _print_json(found)
        return
    _print_table(found, ("interview", "name", "role", "starts_at", "zone", "state", "confirmed", "channels"))
    if not found:
        out.print("Nothing matches. Try --all, or import a list: turnout import FILE")


@app.command()
def why(interview: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Tell of every reminder whether it was sent, and if not, why not."""
    _print_why(_do(_settings(config), "why", {"interview": interview}), as_json)


@app.command()
def plan(
    days: Annotated[int, typer.Option(min=1, max=365)] = 7,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List everything that will be sent, in order."""
    found = _do(_settings(config), "plan", {"days": days})
    if as_json:
        _print_json(found)
        return
    _print_table(found, ("due_at", "rung", "interview", "name", "starts_at", "channels", "why"))
    if not found:
        out.print(f"Nothing is planned for the next {days} days.")


@app.command()
def link(interview: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print the personal link by which a candidate comes to the bot."""
    found = _do(_settings(config), "link", {"interview": interview})
    if as_json:
        _print_json(found)
    else:
        out.print(found["link"], markup=False)


# -- looking after -------------------------------------------------------------------------------------------


@outbox.command("list")
def outbox_list(
    state: Annotated[str, typer.Option(help="waiting, accepted, undeliverable, superseded, dead …")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List messages, the newest first."""
    found = _do(_settings(config), "outbox.list", {"state": state or None, "limit": limit})
    if as_json:
        _print_json(found)
    else:
        _print_table(found, ("id", "kind", "account", "rung", "state", "tries", "why", "platform_id"))


@outbox.command("show")
def outbox_show(id: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what became of one message, and why."""
    found = _do(_settings(config), "outbox.show", {"id": id})
    if as_json:
        _print_json(found)
        return
    for name, value in found.items():
        out.print(f"{name:18} {_cell(value)}", markup=False)
    if found["state"] in ("dead", "undeliverable"):
        out.print(f"To try it again: turnout admin outbox retry {id}", markup=False)


@outbox.command("retry")
def outbox_retry(id: str, config: ConfigOption = None) -> None:
    """Try a message again that was put aside or could not be delivered."""
    _do(_settings(config), "outbox.retry", {"id": id})
    out.print("It will be tried again now.")


@inbox.command("dead")
def inbox_dead(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List what came in and failed five times."""
    found = _do(_settings(config), "inbox.dead", {})
    if as_json:
        _print_json(found)
    else:
        _print_table(found, ("id", "source", "kind"))


@inbox.command("requeue")
def inbox_requeue(id: str, config: ConfigOption = None) -> None:
    """Handle something again that was put aside."""
    _do(_settings(config), "inbox.requeue", {"id": id})
    out.print("It will be handled again now.")


@audit.command("verify")
def audit_verify(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check that nobody has changed the journal."""
    found = _do(_settings(config), "audit.verify", {})
    if as_json:
        _print_json(found)
    else:
        for problem in found["problems"]:
            out.print(problem, markup=False)
        out.print("The journal is whole." if found["ok"] else "The journal was changed.")
    raise typer.Exit(0 if found["ok"] else 1)


@config_.command("take-file")
def config_take_file(
    config: ConfigOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Put what the file decides in force: what that changes is shown first."""
    settings = _settings(config)
    args = {"decided": dict(settings.written), "lang": _language(None)}
    found = _do(settings, "config.take_file", {**args, "dry": True})
    for key, old, new in found["changes"]:
        out.print(f"{key}: {old or '(not set)'} → {new or '(not set)'}", markup=False)
    added, moved, dropped = found["plan"]
    if not found["changes"]:
        out.print("The file says what is in force already.")
    else:
        out.print(f"Reminders of interviews to come: +{added} −{dropped}, {moved} would move.")
        if not yes and not typer.confirm("Take the file?"):
            out.print("Nothing was changed.")
            raise typer.Exit(1)
    made = _do(settings, "config.take_file", args)
    out.print(f"Version {made['version']} is in force.")


@config_.command("print")
def config_print(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    r"""Print what is in force as TOML, to put it into the file in the place of \[policy] and \[companies]."""
    found = _do(_settings(config), "config.print", {})
    if as_json:
        _print_json(found)
    else:
        sys.stdout.write(found["toml"])


@admin.command("code")
def admin_code(
    role: Annotated[str, typer.Option(help="admin, hr, recruiter, support or viewer")] = "admin",
    config: ConfigOption = None,
) -> None:
    """Print a one-time code; whoever sends it to the bot gets the role."""
    found = _do(_settings(config), "admin.code", {"role": role})
    out.print(f"{found['code']}   ({found['role']}, until {found['expires_at']})", markup=False)


# -- seeing --------------------------------------------------------------------------------------------------


@app.command()
def demo(
    scenario: Annotated[
        str, typer.Option("--scenario", "--story", help="One story; without it, the loop on every platform.")
    ] = "",
    lang: Annotated[str, typer.Option(help="zh_Hans or en.")] = "",
    names: Annotated[bool, typer.Option("--list", help="List the stories.")] = False,
    page: Annotated[
        bool | None,
        typer.Option(
            "--page/--headless",
            help="Serve the page, or play once and end; by default the page, at a terminal and without a story.",
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0 is any that is free.")] = 8765,
    pictures: Annotated[
        Path | None, typer.Option(help="Take pictures of the page into this folder, with Chromium, and end.")
    ] = None,
) -> None:
    """Show Turnout on every platform, without credentials: on a page of its own, or as a transcript."""
    from bot.sandbox.stories import play, print_stories

    observe.set_up("critical", "text")  # what goes wrong on purpose is told by the stories themselves
    if names:
        print_stories(out)
        return
    if pictures is not None:
        from bot.sandbox.page.pictures import take

        raise typer.Exit(asyncio.run(take(pictures, out)))
    if page or (page is None and not scenario and sys.stdout.isatty()):
        from bot.sandbox.page.serving import serve

        raise typer.Exit(asyncio.run(serve(scenario, lang, port, out)))
    raise typer.Exit(asyncio.run(play(scenario, lang, out)))


@app.command()
def preview(
    path: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("preview.html"),
) -> None:
    """Write one page with every message on every route in every language."""
    from bot.preview import write_preview

    observe.set_up("critical", "text")
    count = write_preview(path)
    out.print(f"Wrote {count} messages to {path}. Open it in a browser.", markup=False)


@app.command()
def graph(
    path: Annotated[Path | None, typer.Option("--out", help="A file; standard output without.")] = None,
) -> None:
    """Draw the dialogs as Mermaid diagrams."""
    from bot.graph import draw

    text = draw()
    if path is None:
        sys.stdout.write(text)
    else:
        path.write_text(text, "utf-8")
        out.print(f"Wrote {path}.", markup=False)


# -- how -----------------------------------------------------------------------------------------------------


def _language(flag: str | None) -> str:
    """Return the language that somebody at this terminal reads: the flag's, else the environment's, else English."""
    from bot.init import language

    return language(flag, os.environ)


def _settings(path: Path | None, lang: str | None = None) -> Any:
    """Load the configuration, or say everything that is wrong with it and exit with 78."""
    from bot.settings import BadConfig, load

    if path is None and Path(CONFIG).exists():
        path = Path(CONFIG)
    try:
        return load(path, os.environ)
    except BadConfig as bad:
        _refuse(bad, _language(lang))


def _refuse(bad: BadConfig, locale: str) -> NoReturn:
    """Say everything that is wrong with a configuration, and exit with 78."""
    from bot.checked import refusal
    from bot.settings.problems import in_words

    for problem in bad.problems:
        reason, remedy = in_words(problem.reason, locale), in_words(problem.remedy, locale)
        err.print(f"turnout: {problem.key}: {reason} → {remedy}", markup=False)
    err.print(refusal(len(bad.problems), locale), markup=False)
    raise typer.Exit(EX_CONFIG) from None


def _do(settings: Any, operation: str, args: Mapping[str, Any]) -> Any:
    """Carry out an operation here, or have the running process do it."""
    from bot.serving import carry_out

    try:
        return asyncio.run(carry_out(settings, operation, args))
    except Problem as problem:
        _fail(problem)
        raise typer.Exit(1) from None


def _file(path: Path) -> dict[str, str]:
    try:
        return {"file": path.name, "data": base64.b64encode(path.read_bytes()).decode()}
    except OSError as error:
        _fail(Problem(f"{path}: {error.strerror}", "Check the path and that the file may be read."))
        raise typer.Exit(1) from None


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def _print_table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    if rows:
        out.print(table, markup=False)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = "" if value is None else str(value)
    return text.replace("T", " ", 1) if _is_instant(text) else text


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text


def _print_verdicts(found: dict[str, Any], as_json: bool, applied: bool) -> None:
    if as_json:
        _print_json({key: value for key, value in found.items() if key != "links"})
    else:
        rows = [{**row, "reason": " ".join([row["reason"], *row["notes"]]).strip()} for row in found["rows"]]
        _print_table(rows, ("row", "verdict", "label", "column", "reason"))
        counts = ", ".join(f"{n} {kind}" for kind, n in found["counts"].items())
        out.print(f"{counts}. {found['planned']}".strip(), markup=False)
        if not applied:
            out.print("Nothing was changed. To do it, call it again with --apply.")
    if applied and found["counts"].get("bad") and not as_json:
        out.print("The bad rows were left out; mend them and import the list again.")


def _print_why(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(found)
        return
    out.print(f"{found['interview']}  {found['name']}  {found['role']}  {found['state']}", markup=False)
    _print_table(
        found["attempts"], ("n", "starts_at", "zone", "outcome", "reason", "confirmed_at", "joined_at")
    )
    _print_table(found["rungs"], ("attempt", "rung", "due_at", "verdict", "why", "evidence"))
    _print_table(found["messages"], ("kind", "account", "rung", "state", "why", "platform_id", "settled_at"))


def _write_links(path: Path, links: list[dict[str, str]]) -> None:
    import csv

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["interview", "name", "link"])
        writer.writerows([_safe(link[key]) for key in ("interview", "name", "link")] for link in links)
    out.print(
        f"Wrote {len(links)} personal links to {path}: paste them where the candidates are.", markup=False
    )


def _safe(cell: str) -> str:
    """Keep a spreadsheet from taking somebody's name for a formula."""
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r＝＋－＠") else cell


def _write_codes(folder: Path, links: list[dict[str, str]]) -> None:
    import segno

    folder.mkdir(parents=True, exist_ok=True)
    for link in links:
        segno.make(link["code"], error="m").save(str(folder / f"{link['interview']}.png"), scale=8)
    out.print(f"Wrote {len(links)} QR codes to {folder}.", markup=False)
