"""One file a dialog, one line here."""

from __future__ import annotations

from conversations.dialog import Dialog
from conversations.dialogs.adding import ADDING
from conversations.dialogs.alert import ALERT_DIALOG
from conversations.dialogs.aside import ASIDE
from conversations.dialogs.batch import BATCH, TAKE_BACK
from conversations.dialogs.by_hand import BY_HAND
from conversations.dialogs.cant_come import CANT_COME
from conversations.dialogs.checklist import CHECKLIST
from conversations.dialogs.choose import CHOOSE
from conversations.dialogs.claim import CLAIM
from conversations.dialogs.configuring import CONFIGURING
from conversations.dialogs.confirm import CONFIRM
from conversations.dialogs.corrections import CORRECTION
from conversations.dialogs.elsewhere import ELSEWHERE_DIALOG
from conversations.dialogs.files import FILES
from conversations.dialogs.granting import GRANTING
from conversations.dialogs.greeting import GREETING
from conversations.dialogs.home import HOME
from conversations.dialogs.hr_digest import HR_DIGEST
from conversations.dialogs.hr_survey import HR_SURVEY
from conversations.dialogs.importing import IMPORTING
from conversations.dialogs.menu import MENU
from conversations.dialogs.moving import MOVING
from conversations.dialogs.no_show import NO_SHOW
from conversations.dialogs.notices import NOTICES
from conversations.dialogs.opt_out import OPT_OUT
from conversations.dialogs.orphans import ORPHANS
from conversations.dialogs.person import PERSON
from conversations.dialogs.precheck import PRECHECK
from conversations.dialogs.previewing import PREVIEWING
from conversations.dialogs.privacy import PRIVACY
from conversations.dialogs.rebook import REBOOK
from conversations.dialogs.relay import RELAY
from conversations.dialogs.reminder import REMINDER
from conversations.dialogs.send_link import SEND_LINK
from conversations.dialogs.start import START
from conversations.dialogs.status import STATUS
from conversations.dialogs.support import SUPPORT
from conversations.dialogs.survey import SURVEY
from conversations.dialogs.talk import TALK
from conversations.dialogs.technical import TECHNICAL
from conversations.dialogs.together import TOGETHER_DIALOG
from conversations.dialogs.unbound import UNBOUND
from conversations.dialogs.whom import WHOM

DIALOGS: tuple[Dialog, ...] = (
    # what candidates see
    GREETING,
    CLAIM,
    REMINDER,
    START,
    NO_SHOW,
    REBOOK,
    CANT_COME,
    CORRECTION,
    TECHNICAL,
    PRECHECK,
    PERSON,
    TALK,
    ELSEWHERE_DIALOG,
    SURVEY,
    OPT_OUT,
    STATUS,
    PRIVACY,
    MENU,
    HOME,
    SEND_LINK,
    # what staff see
    ALERT_DIALOG,
    SUPPORT,
    CHECKLIST,
    UNBOUND,
    BY_HAND,
    TOGETHER_DIALOG,
    HR_DIGEST,
    HR_SURVEY,
    FILES,
    NOTICES,
    ORPHANS,
    GRANTING,
    CONFIGURING,
    IMPORTING,
    ADDING,
    PREVIEWING,
    CHOOSE,
    WHOM,
    RELAY,
    ASIDE,
    CONFIRM,
    MOVING,
    BATCH,
    TAKE_BACK,
)
