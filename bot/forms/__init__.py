"""Every form the bot can run, by name."""

from bot.forms.addition import ADDITION
from bot.forms.attendance import (
    CHECK_IN,
    GROUP_COUNT,
    MEETING_MOVED,
    SETTLEMENT,
    SIGN_IN_SHEET,
)
from bot.forms.broadcast import BROADCAST, BROADCAST_TO_LIST, URGENT
from bot.forms.child_report import CHILD_REPORT
from bot.forms.contact import CONTACT
from bot.forms.duty_forms import DUTY_FORMS
from bot.forms.faq_entry import FAQ_APPROVAL, FAQ_ENTRY
from bot.forms.introduction import INTRODUCTION
from bot.forms.model import Form
from bot.forms.outreach_event import OUTREACH_EVENT
from bot.forms.oversight import COMMITMENT, GROUP_SIZE, INSPECTION, TARGET_VALUE
from bot.forms.recording import RECORDING
from bot.forms.short_texts import (
    ANSWER,
    CASE_CLOSING,
    CASE_LEVEL,
    CASE_NOTE,
    MESSAGE,
    QUESTION,
)

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        CHILD_REPORT,
        INTRODUCTION,
        OUTREACH_EVENT,
        QUESTION,
        ANSWER,
        CASE_CLOSING,
        CASE_LEVEL,
        CASE_NOTE,
        MESSAGE,
        ADDITION,
        BROADCAST,
        *DUTY_FORMS,
        FAQ_ENTRY,
        FAQ_APPROVAL,
        CONTACT,
        RECORDING,
        GROUP_COUNT,
        SIGN_IN_SHEET,
        CHECK_IN,
        SETTLEMENT,
        MEETING_MOVED,
        COMMITMENT,
        INSPECTION,
        GROUP_SIZE,
        TARGET_VALUE,
        BROADCAST_TO_LIST,
        URGENT,
    )
}
