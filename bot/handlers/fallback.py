"""Nothing else understood this. Always the last router."""

from dataclasses import replace

from bot import metrics
from bot.desk import Desk
from bot.desk.faq import pass_on_or_not
from bot.desk.main_menu import main_menu
from bot.desk.telling import CANNOT_READ, hotline, words_only
from bot.desk.unsent import sent_a_moment_ago
from bot.dispatcher import Router, kind
from bot.i18n import later as _
from bot.vietnamese.affirm import command
from bot.words import Incoming, Say

router = Router("fallback")
A_SENTENCE = 4  # words


@router.on(lambda incoming: bool(incoming.attachments) and not incoming.text)
def not_for_us(_in: Incoming, desk: Desk) -> None:
    """A file that no report can hold."""
    metrics.REFUSED_INPUT.labels("file").inc()
    desk.answers_album(desk.reply())
    desk.say(main_menu(desk, desk._(CANNOT_READ)))


@router.on(lambda incoming: len(incoming.text.split()) >= A_SENTENCE)
def offer_to_pass_on(incoming: Incoming, desk: Desk) -> None:
    """A whole sentence may be a question that is not known: it can go to the officer as it is."""
    metrics.QUESTIONS.labels("unknown").inc()
    words_only(desk)
    desk.faq.remember(incoming.text)
    desk.say(Say(desk.faq.found.text[desk.person.language], pass_on_or_not(desk)))


@router.on(lambda incoming: bool(incoming.value))
def unknown_button(_in: Incoming, desk: Desk) -> None:
    metrics.REFUSED_INPUT.labels("button").inc()
    text = desk._("That button no longer works. Here is the menu:")
    desk.say(main_menu(desk, text))


@router.on(kind("unsupported"))
def did_not_come_through(_in: Incoming, desk: Desk) -> None:
    """Platforms hold back what some people send (Zalo: children among them): offer a voice."""
    menu = main_menu(desk, desk._(NOT_THROUGH))
    desk.say(replace(menu, calls=hotline(desk._).calls))


NOT_THROUGH = _(
    "Your message did not come through to me. Write it in words, or talk to the commune's office. "
    "For a child in need call 111, free, day and night."
)


@router.on(lambda incoming, desk: command(incoming.text) == "send" and sent_a_moment_ago(desk))
def sent_already(_in: Incoming, desk: Desk) -> None:
    """Typed twice, on a slow line: the receipt above stands."""
    desk.say(main_menu(desk, desk._("It has been sent already. Once is enough.")))


@router.on()
def did_not_understand(incoming: Incoming, desk: Desk) -> None:
    if not incoming.text:
        text = _("I can take photos, voice notes, locations and text. This I cannot read.")
    elif incoming.text.startswith("/"):
        text = _("I do not know this command. Here is the menu:")
    else:
        text = _("I did not understand that. Choose here, or write a whole sentence.")
    desk.say(main_menu(desk, desk._(text)))
