"""What staff can type, one file and one line a command."""

from __future__ import annotations

from conversations.commands import cancel, joined, move, noshow, remind, undo
from conversations.commands.cancel import CANCEL
from conversations.commands.help import help_about
from conversations.commands.joined import JOINED
from conversations.commands.link import LINK
from conversations.commands.list import LIST, NO_SHOWS, TOMORROW
from conversations.commands.move import MOVE
from conversations.commands.noshow import NOSHOW
from conversations.commands.orders import Order
from conversations.commands.plan import PLAN
from conversations.commands.remind import REMIND
from conversations.commands.role import ROLE
from conversations.commands.show import SHOW
from conversations.commands.slots import SLOTS
from conversations.commands.stats import STATS
from conversations.commands.undo import UNDO
from conversations.commands.whoami import WHOAMI
from conversations.commands.why import WHY
from conversations.dialog import Command

_OTHERS: tuple[Command, ...] = (
    LIST,
    SHOW,
    WHY,
    PLAN,
    REMIND,
    JOINED,
    NOSHOW,
    UNDO,
    SLOTS,
    MOVE,
    CANCEL,
    LINK,
    STATS,
    WHOAMI,
    ROLE,
)

_SHORTHANDS: tuple[Command, ...] = (
    TOMORROW,
    NO_SHOWS,
)

COMMANDS: tuple[Command, ...] = (*_OTHERS, *_SHORTHANDS, help_about(_OTHERS, _SHORTHANDS))

ORDERS: tuple[Order, ...] = (
    remind.ORDER,
    joined.ORDER,
    noshow.ORDER,
    undo.ORDER,
    move.ORDER,
    cancel.ORDER,
)
