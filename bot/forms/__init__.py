"""Every form the bot can run, by name."""

from bot.forms.child_report import CHILD_REPORT
from bot.forms.introduction import INTRODUCTION
from bot.forms.model import Form
from bot.forms.short_texts import ADDITION, ANSWER, CASE_NOTE, MESSAGE, QUESTION

FORMS: dict[str, Form] = {
    form.name: form
    for form in (CHILD_REPORT, INTRODUCTION, QUESTION, ANSWER, CASE_NOTE, MESSAGE, ADDITION)
}
