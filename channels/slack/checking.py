"""Whether an app works: its tokens, what it may do, and how things come to us. Each problem with its remedy."""

from __future__ import annotations

from channels.base import NotDelivered
from channels.slack.manifest import SCOPES
from channels.slack.settings import Settings
from channels.slack.wire import Wire
from channels.slack.workspaces import Workspace, Workspaces


async def check(account: str, settings: Settings, workspaces: Workspaces, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, empty when nothing is."""
    found: list[str] = []
    installed = await workspaces.every()
    if not installed:
        address = f"{settings.public_url}/hooks/slack/{account.partition('.')[2]}/install"
        found.append(f"No workspace has installed the app yet. Open {address} as its administrator.")
    for workspace in installed:
        found += await _of_workspace(workspace, settings, wire)
    if settings.pulls:
        found += await _of_socket(settings, wire)
    return tuple(found)


async def _of_workspace(workspace: Workspace, settings: Settings, wire: Wire) -> list[str]:
    where = f"In the workspace {workspace.name or workspace.team}: " if settings.is_shared else ""
    try:
        _, headers = await wire.ask_fully("auth.test", {}, settings.deadline, workspace.token)
    except NotDelivered as failure:
        return [where + _told(failure)]
    given = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    lacking = [scope for scope in SCOPES if scope not in given] if "x-oauth-scopes" in headers else []
    if not lacking:
        return []
    listed = ", ".join(lacking)
    remedy = "Add them under OAuth & Permissions, and install the app again."
    return [f"{where}the app lacks the scopes {listed}. {remedy}"]


async def _of_socket(settings: Settings, wire: Wire) -> list[str]:
    try:
        await wire.ask("apps.connections.open", {"app_token": settings.app_token}, settings.deadline, "")
    except NotDelivered as failure:
        if failure.why in ("stopped", "refused"):
            remedy = "Turn Socket Mode on, and take an app-level token with the scope connections:write."
            return [f"Slack does not take app_token ({failure.detail.partition(':')[0]}). {remedy}"]
        return [_told(failure)]
    return []


def _told(failure: NotDelivered) -> str:
    if failure.why == "stopped":
        return failure.detail
    return f"Slack cannot be reached ({failure.detail}). Check the network, and api_base."
