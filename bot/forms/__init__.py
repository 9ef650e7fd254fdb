"""Every form the bot can run, by name."""

from bot.forms.child_report import CHILD_REPORT
from bot.forms.duty_forms import DUTY_FORMS
from bot.forms.introduction import INTRODUCTION
from bot.forms.model import Form
from bot.forms.outreach_event import OUTREACH_EVENT
from bot.forms.short_texts import (
    ADDITION,
    ANSWER,
    BROADCAST,
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
    )
}
