"""The workspaces an account works in: the one of its token, or those that installed the app, kept in the vault."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from channels.base import NotDelivered, Vault

_PREFIX = "workspace:"


@dataclass(frozen=True, slots=True)
class Workspace:
    """One installation of the app: the token that works there, and who the bot is there."""

    team: str
    token: str = field(repr=False)
    bot_user: str = ""
    bot_id: str = ""
    name: str = ""


class Workspaces:
    """Installations by workspace, each read once and kept until it is taken back."""

    def __init__(self, vault: Vault, only: Workspace | None = None) -> None:
        self._vault = vault
        self._only = only
        self._known: dict[str, Workspace] = {}

    @property
    def are_named(self) -> bool:
        """Whether users and chats carry the name of their workspace."""
        return self._only is None

    async def get(self, team: str) -> Workspace | None:
        """Return the installation in a workspace, None if it has none."""
        if self._only is not None:
            return self._only
        if team not in self._known and (kept := await self._vault.get(_PREFIX + team)):
            self._known[team] = Workspace(**json.loads(kept))
        return self._known.get(team)

    async def require(self, team: str) -> Workspace:
        """Return the installation in a workspace; raises NotDelivered where the app was removed."""
        found = await self.get(team)
        if found is None:
            detail = "the app is not installed in this workspace: install it there again"
            raise NotDelivered("gone", detail, scope="chat")
        return found

    async def every(self) -> tuple[Workspace, ...]:
        """Return all installations."""
        if self._only is not None:
            return (self._only,)
        teams = [name.removeprefix(_PREFIX) for name in await self._vault.names(_PREFIX)]
        return tuple([found for team in teams if (found := await self.get(team)) is not None])

    def distrust(self, team: str) -> None:
        """Read an installation anew before it is used again: its token was refused."""
        self._known.pop(team, None)

    async def keep(self, workspace: Workspace) -> None:
        """Store an installation, in place of an earlier one in the same workspace."""
        if self._only is not None:
            self._only = workspace
            return
        await self._vault.put(_PREFIX + workspace.team, json.dumps(asdict(workspace)))
        self._known[workspace.team] = workspace

    async def forget(self, team: str) -> None:
        """Drop an installation that was taken back; an account's own token is nothing to forget."""
        self._known.pop(team, None)
        if self._only is None:
            await self._vault.take(_PREFIX + team)
