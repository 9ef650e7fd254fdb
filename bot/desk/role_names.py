"""What the roles are called."""

from bot.i18n import later as _

ROLE_NAMES = {
    "collaborator": _("collaborator"),
    "officer": _("child-protection officer"),
    "leader": _("leader"),
    "on_call": _("officer on call"),
    "admin": _("administrator"),
}
