"""The log: one line of JSON per happening, on standard output, without anybody's words.

structlog comes through here, because it would import rich to draw tracebacks in boxes: sixty
modules, 6 MB and half the time of importing it, for a log that a machine reads.
"""

from __future__ import annotations

import logging
from typing import TextIO

from bot.without import without

with without("rich"):
    import structlog

get_logger = structlog.get_logger


def configure(to: TextIO | None = None) -> None:
    """Have the process log from INFO up, as JSON, with ids and never with texts.

    `to` is where to instead of standard output, for a command that prints data there.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("aiohttp.server").addFilter(_no_line_of_a_request)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(to),
        cache_logger_on_first_use=True,
    )


def _no_line_of_a_request(record: logging.LogRecord) -> bool:
    """What is no HTTP is nobody's fault here, and is quoted: a header with a token, perhaps."""
    problem = record.exc_info[1] if record.exc_info else None
    return not any(kind.__name__ in _NO_HTTP for kind in type(problem).__mro__)


_NO_HTTP = ("HttpProcessingError", "RequestPayloadError")  # aiohttp's, by name: not imported here
