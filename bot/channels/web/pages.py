"""The pages as they are sent: templates with the person's texts in them, and what may be cached."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from bot.channels.web.texts import TEXTS
from bot.i18n import speak

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
TEMPLATES = frozenset(
    {
        "index.html",
        "demo.html",
        "once.html",
        "notice.html",
        "check-in.html",
        "sw.js",
        "manifest.webmanifest",
    }
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), microphone=(self), camera=(self)",
}


def wished(accepted: str) -> str:
    """The language that a browser asks for by its Accept-Language, Vietnamese in doubt."""
    names = [wish.split(";")[0].strip().partition("-")[0].lower() for wish in accepted.split(",")]
    return "en" if "en" in names and "vi" not in names else "vi"


@cache
def version() -> str:
    """A short name of the present state of all files: what a browser kept is known by it."""
    digest = sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    digest.update(json.dumps(TEXTS).encode())
    return digest.hexdigest()[:12]


@cache
def page(name: str, language: str) -> bytes | None:
    """A file as it is sent in a language; None when there is no such file."""
    path = STATIC / name
    if "/" in name or path.suffix not in TYPES or not path.is_file():
        return None
    if name not in TEMPLATES:
        return path.read_bytes()
    return _filled(path.read_text(encoding="utf-8"), path.suffix, language).encode()


def _filled(template: str, suffix: str, language: str) -> str:
    speech = speak(language)
    texts = {name: speech(text) for name, text in TEXTS.items()}
    escape = html.escape if suffix == ".html" else _in_json
    holes = {name: escape(text) for name, text in texts.items()}
    holes |= {
        "lang": language,
        "version": version(),
        # a "<" could end the script element that holds the texts
        "texts_json": json.dumps(
            {name: text for name, text in texts.items() if not name.startswith("demo_")},
            ensure_ascii=False,
        ).replace("<", "\\u003c"),
    }
    return re.sub(r"{{(\w+)}}", lambda found: holes.get(found[1], found[0]), template)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
