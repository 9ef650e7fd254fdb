"""What the pages of the web chat say themselves: labels, notices, errors. The bot says the rest.

Holes such as {count} are filled by the page, not by the server.
"""

from __future__ import annotations

from bot.i18n import later

TEXTS: dict[str, str] = {
    # A one-time link
    "once_about": later("This link opens once, for you alone. Do not pass it on."),
    "once_open": later("Open"),
    # A page that says one thing
    "open_chat": later("Go to the conversation"),
    # The frame
    "title": later("Vong Tay"),
    "description": later("Report, ask and get help for children in your commune"),
    "skip": later("Go to the writing box"),
    "needs_script": later("This page needs JavaScript. You can always call 111, it is free."),
    "call_111": later("Call 111, the children's helpline, free of charge"),
    "log": later("Messages"),
    "newest": later("See what is below"),
    "close": later("Close"),
    # The menu
    "menu": later("More"),
    "language": later("Language"),
    "devices": later("My devices"),
    "hide": later("Quick hide"),
    "hide_help": later("To come back: tap the word Notes three times, or open the link again."),
    # How the connection is
    "connecting": later("Connecting…"),
    "offline": later("No network: messages will be sent by themselves when it is back"),
    "slow": later("The network is slow: your messages are kept and will be sent by themselves"),
    "server_busy": later("The server is busy: messages will be sent by themselves soon"),
    "online_again": later("The network is back"),
    "volatile": later(
        "This browser keeps nothing. Do not close the page before your messages show ✓."
    ),
    "signed_out": later("This page is no longer signed in. Close it and open the link again."),
    "no_cookies": later(
        "This browser keeps no cookies, so nothing can be sent from here. "
        "Allow cookies, or open the link in another browser. If it cannot wait, call:"
    ),
    # Writing
    "write": later("Your message"),
    "placeholder": later("Write here"),
    "send": later("Send"),
    "count": later("{count} of {most} characters"),
    "too_long": later(
        "This is too long: {count} characters, at most {most}. Please send it in two messages."
    ),
    "suggestions": later("Questions that have an answer"),
    "suggested": later("{count} questions to choose from, with the arrow keys"),
    # Messages
    "bot_says": later("Vong Tay says:"),
    "you_say": later("You say:"),
    "urgent": later("Urgent"),
    "waiting": later("waiting to be sent"),
    "sent": later("sent"),
    "refused": later("not sent"),
    "refused_why": later("This message could not be accepted."),
    "refused_file": later("This file could not be accepted: too big, or of an unknown kind."),
    "edit": later("Edit"),
    "remove": later("Remove"),
    "call_number": later("Call {number}"),
    "choices": later("Choices"),
    "photo_alt": later("Photo"),
    "voice_note": later("Voice message"),
    "open_file": later("Open the file"),
    "my_place": later("The place where I am"),
    "needs_network": later("This needs network the first time. Please try again, or write."),
    # Photos
    "photo": later("Photo"),
    "photo_ready": later("Send this photo?"),
    "photo_busy": later("Making the photo smaller…"),
    "photo_unreadable": later(
        "This photo cannot be opened, so it was not sent. "
        "Please take it again, or choose another one."
    ),
    "tray_full": later("First send or discard what is waiting here, then add the next photo."),
    # Voice
    "voice": later("Voice"),
    "recording": later("Recording"),
    "stop": later("Stop"),
    "voice_ready": later("Listen, then send"),
    "voice_denied": later(
        "The phone does not let this page use the microphone. "
        "Allow it in the browser's settings, or write instead."
    ),
    "voice_failed": later("Nothing was recorded. Please try again, or write instead."),
    "discard": later("Discard"),
    # Place
    "place": later("Place"),
    "place_ask": later(
        "Send the place where you are now? Only the people who handle your report will see it."
    ),
    "place_yes": later("Send my place"),
    "no": later("No"),
    "place_busy": later("Finding the place…"),
    "place_denied": later(
        "The phone does not let this page see where you are. Please write the name of the place."
    ),
    "place_failed": later("The place could not be found. Please write its name."),
    # Devices
    "devices_about": later("Phones and computers on which your conversation is open."),
    "this_device": later("this one"),
    "last_seen": later("last used {when}"),
    "end_device": later("Sign out"),
    "end_this": later(
        "Sign out here? The conversation will disappear from this phone. "
        "Messages not yet sent are kept and will still be sent."
    ),
    "devices_failed": later("The list could not be fetched. Please try again with network."),
    # What is seen after a quick hide
    "note_title": later("Notes"),
    "note_placeholder": later("New note"),
    # The check-in page of a meeting
    "checkin_title": later("Check in at the meeting"),
    "checkin_group": later("You are here as"),
    "checkin_village": later("Your village"),
    "checkin_elsewhere": later("Elsewhere, or not known"),
    "checkin_unit": later("Household number or class, if you know it"),
    "checkin_no_names": later("No names are asked. One person checks in once."),
    "checkin_send": later("I am here"),
    "checkin_kept": later("Kept on this phone. It is being sent…"),
    "checkin_offline": later(
        "Kept on this phone. It will be sent by itself when there is network: leave the page open, "
        "or open it again later."
    ),
    "checkin_busy": later("The server is busy. It will be sent by itself soon."),
    # The page with three phones
    "demo_title": later("Vong Tay: one commune, three phones"),
    "demo_intro": later(
        "One small commune, three people. What one of them does reaches the others at once."
    ),
    "demo_tabs": later("Choose a phone"),
    "demo_collaborator": later("Village collaborator"),
    "demo_collaborator_hint": later(
        "Press “Report a child” and answer four questions. Try “Edit”, or type without tone marks."
    ),
    "demo_resident": later("Resident"),
    "demo_resident_hint": later(
        "Write: “The child next door is being beaten”, and see 111 come first."
    ),
    "demo_officer": later("Commune officer"),
    "demo_officer_hint": later(
        "When it rings press “Received”: the reporter hears of it at once. Then open “Cases”."
    ),
    "demo_footer": later("All people and places on this page are made up."),
}
