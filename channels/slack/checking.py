"""Whether an app works: its tokens, what it may do, and how things come to us. Each problem with its remedy."""

from __future__ import annotations

from channels.base import NotDelivered
from channels.slack.manifest import SCOPES
from channels.slack.settings import Settings
from channels.slack.wire import Wire
from channels.slack.workspaces import Workspace, Workspaces
from locales.text import t
from locales.told import Told, text_of


async def check(account: str, settings: Settings, workspaces: Workspaces, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, empty when nothing is."""
    found: list[str] = []
    installed = await workspaces.every()
    if not installed:
        address = f"{settings.public_url}/hooks/slack/{account.partition('.')[2]}/install"
        why = t(
            "No workspace has installed the app yet. Open {address} as its administrator.", address=address
        )
        found.append(Told(why))
    for workspace in installed:
        found += await _of_workspace(workspace, settings, wire)
    if settings.pulls:
        found += await _of_socket(settings, wire)
    return tuple(found)


async def _of_workspace(workspace: Workspace, settings: Settings, wire: Wire) -> list[str]:
    try:
        _, headers = await wire.ask_fully("auth.test", {}, settings.deadline, workspace.token)
    except NotDelivered as failure:
        return [_placed(_told(failure), workspace, settings)]
    given = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    lacking = [scope for scope in SCOPES if scope not in given] if "x-oauth-scopes" in headers else []
    if not lacking:
        return []
    listed = ", ".join(lacking)
    why = t("the app lacks the scopes {scopes}.", scopes=listed)
    remedy = t("Add them under OAuth & Permissions, and install the app again.")
    return [_placed(Told(t("{why} {remedy}", why=why, remedy=remedy)), workspace, settings)]


def _placed(problem: str, workspace: Workspace, settings: Settings) -> str:
    if not settings.is_shared:
        return problem
    name, told = workspace.name or workspace.team, text_of(problem)
    return Told(t("In the workspace {workspace}: {problem}", workspace=name, problem=told))


async def _of_socket(settings: Settings, wire: Wire) -> list[str]:
    try:
        await wire.ask("apps.connections.open", {"app_token": settings.app_token}, settings.deadline, "")
    except NotDelivered as failure:
        if failure.why in ("stopped", "refused"):
            why = t("Slack does not take app_token ({code}).", code=failure.detail.partition(":")[0])
            remedy = t("Turn Socket Mode on, and take an app-level token with the scope connections:write.")
            return [Told(t("{why} {remedy}", why=why, remedy=remedy))]
        return [_told(failure)]
    return []


def _told(failure: NotDelivered) -> str:
    if failure.why == "stopped":
        return failure.detail
    why = text_of(failure.detail)
    return Told(
        t("{platform} cannot be reached ({why}). Check the network, and api_base.", platform="Slack", why=why)
    )
