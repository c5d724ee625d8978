"""What staff can type, one file and one line a command."""

from __future__ import annotations

from conversations.commands import (
    cancel,
    confirm,
    invite,
    joined,
    move,
    noshow,
    pause,
    rebook,
    remind,
    resume,
    undo,
)
from conversations.commands.add import ADD
from conversations.commands.assign import ASSIGN, HANDOFF
from conversations.commands.audit import AUDIT
from conversations.commands.cancel import CANCEL
from conversations.commands.close import CLOSE
from conversations.commands.config import CONFIG
from conversations.commands.confirm import CONFIRM
from conversations.commands.digest import DIGEST, MONTHLY, QUARTERLY, WEEKLY
from conversations.commands.export import EXPORT
from conversations.commands.health import HEALTH
from conversations.commands.help import help_about
from conversations.commands.import_ import IMPORT
from conversations.commands.invite import INVITE
from conversations.commands.joined import JOINED
from conversations.commands.link import LINK
from conversations.commands.list import LIST, NO_SHOWS, TOMORROW
from conversations.commands.move import MOVE
from conversations.commands.noshow import NOSHOW
from conversations.commands.orders import Order
from conversations.commands.page import PAGE
from conversations.commands.pause import PAUSE
from conversations.commands.plan import PLAN
from conversations.commands.preview import PREVIEW, TEST_SEND
from conversations.commands.reasons import REASONS_COMMAND
from conversations.commands.rebook import REBOOK
from conversations.commands.remind import REMIND
from conversations.commands.report import REPORT
from conversations.commands.resume import RESUME
from conversations.commands.reveal import REVEAL
from conversations.commands.risk import RISK
from conversations.commands.role import ROLE
from conversations.commands.show import SHOW
from conversations.commands.slots import SLOTS
from conversations.commands.standard import STANDARD
from conversations.commands.stats import STATS
from conversations.commands.take import TAKE
from conversations.commands.trend import TREND
from conversations.commands.undo import UNDO
from conversations.commands.whoami import WHOAMI
from conversations.commands.why import WHY
from conversations.commands.write import HANDBACK, WRITE
from conversations.dialog import Command

_OTHERS: tuple[Command, ...] = (
    LIST,
    SHOW,
    WHY,
    PLAN,
    REMIND,
    CONFIRM,
    JOINED,
    NOSHOW,
    UNDO,
    SLOTS,
    MOVE,
    REBOOK,
    CANCEL,
    PAUSE,
    RESUME,
    LINK,
    STATS,
    REASONS_COMMAND,
    TREND,
    REPORT,
    STANDARD,
    RISK,
    PAGE,
    DIGEST,
    EXPORT,
    WHOAMI,
    TAKE,
    ASSIGN,
    HANDOFF,
    CLOSE,
    WRITE,
    HANDBACK,
    ROLE,
    ADD,
    INVITE,
    PREVIEW,
    TEST_SEND,
    IMPORT,
    CONFIG,
    REVEAL,
    AUDIT,
    HEALTH,
)

_SHORTHANDS: tuple[Command, ...] = (
    TOMORROW,
    NO_SHOWS,
    WEEKLY,
    MONTHLY,
    QUARTERLY,
)

COMMANDS: tuple[Command, ...] = (*_OTHERS, *_SHORTHANDS, help_about(_OTHERS, _SHORTHANDS))

ORDERS: tuple[Order, ...] = (
    remind.ORDER,
    invite.ORDER,
    joined.ORDER,
    noshow.ORDER,
    undo.ORDER,
    confirm.ORDER,
    move.ORDER,
    rebook.ORDER,
    cancel.ORDER,
    pause.ORDER,
    resume.ORDER,
)
