"""One file a dialog, one line here."""

from __future__ import annotations

from conversations.dialog import Dialog
from conversations.dialogs.alert import ALERT_DIALOG
from conversations.dialogs.checklist import CHECKLIST
from conversations.dialogs.choose import CHOOSE
from conversations.dialogs.confirm import CONFIRM
from conversations.dialogs.hr_digest import HR_DIGEST
from conversations.dialogs.notices import NOTICES
from conversations.dialogs.support import SUPPORT
from conversations.dialogs.unbound import UNBOUND

DIALOGS: tuple[Dialog, ...] = (
    # what staff see
    ALERT_DIALOG,
    SUPPORT,
    CHECKLIST,
    UNBOUND,
    HR_DIGEST,
    NOTICES,
    CHOOSE,
    CONFIRM,
)
