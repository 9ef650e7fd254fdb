"""The log: one line of JSON per happening, on standard output, without anybody's words.

structlog comes through here, because it would import rich to draw tracebacks in boxes: sixty
modules, 6 MB and half the time of importing it, for a log that a machine reads.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from bot.without import without

with without("rich"):
    import structlog

get_logger = structlog.get_logger


def configure(to: TextIO | None = None) -> None:
    """Have the process log from INFO up, as JSON, with ids and never with texts.

    `to` is where to instead of standard output, for a command that prints data there.
    """
    handler = logging.StreamHandler(to or sys.stdout)
    handler.setFormatter(_Json())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(True)
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


class _Json(logging.Formatter):
    """What libraries log, in a line like ours."""

    def format(self, record: logging.LogRecord) -> str:
        quoting = record.name == "aiohttp.server"  # its arguments are addresses of people
        line = {
            "event": str(record.msg) if quoting else record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _no_line_of_a_request(record: logging.LogRecord) -> bool:
    """What is no HTTP is nobody's fault here, and is quoted: a header with a token, perhaps."""
    problem = record.exc_info[1] if record.exc_info else None
    return not any(kind.__name__ in _NO_HTTP for kind in type(problem).__mro__)


_NO_HTTP = ("HttpProcessingError", "RequestPayloadError")  # aiohttp's, by name: not imported here
