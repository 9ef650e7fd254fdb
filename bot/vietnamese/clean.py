"""What people send, made safe to keep and to show, with nothing they meant taken away."""

from __future__ import annotations

import re
import unicodedata

from bot.vietnamese.memory import short_remembered

_EMOJI = (
    r"\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f"
    r"\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_JOINER, _LOOKS, _TAGS = r"\u200d", r"\ufe0e\ufe0f", r"\U000e0030-\U000e007f"
_NEVER = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff"
    r"\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U000e0000-\U000e002f\U000e0080-\U000e0fff\U000f0000-\U0010ffff"
)
_SUSPECT = re.compile(f"[{_NEVER}{_JOINER}{_LOOKS}{_TAGS}]")

# The shape of an emoji hangs on characters that can hide text anywhere else, so they are kept
# only where an emoji wears them: a flag's tags, the joiner between two, the colour after one.
_UNWANTED = re.compile(
    rf"(?P<flag>\U0001f3f4[{_TAGS}]{{1,7}}(?<=\U000e007f))"
    rf"|(?<![{_EMOJI}\ufe0f]){_JOINER}|{_JOINER}(?![{_EMOJI}])"
    rf"|(?<![{_EMOJI}0-9#*])[{_LOOKS}]"
    rf"|[{_NEVER}{_TAGS}]"
)

# Normalising takes time quadratic in a run of combining marks. Vietnamese stacks two.
_MARK = r"[^\w\s\x00-\u02ff\u2000-\u2bff\u3000-\u303f\U0001f000-\U0010ffff]"
_PILE_OF_MARKS = re.compile(f"({_MARK}{{4}}){_MARK}+")

_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_EDGE = re.compile(r" ?\n ?")


@short_remembered
def clean(text: str) -> str:
    """The text in NFC without control, invisible and private-use characters, spaces squeezed.

    Lines and emoji survive. Cleaning twice changes nothing.
    """
    if _SUSPECT.search(text):
        text = _UNWANTED.sub(_flag_only, text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _PILE_OF_MARKS.sub(r"\1", text))
    if not text.isprintable():
        text = _LINE_EDGE.sub("\n", _SPACES.sub(" ", _LINE_END.sub("\n", text)))
    return _SPACES.sub(" ", text).strip() if "  " in text else text.strip()


def _flag_only(found: re.Match[str]) -> str:
    return found["flag"] or ""
