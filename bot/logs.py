"""The log: one line of JSON per happening, on standard output, without anybody's words.

structlog comes through here, because it would import rich to draw tracebacks in boxes: sixty
modules, 6 MB and half the time of importing it, for a log that a machine reads.
"""

from __future__ import annotations

import logging

from bot.without import without

with without("rich"):
    import structlog

get_logger = structlog.get_logger


def configure() -> None:
    """Have the process log from INFO up, as JSON, with ids and never with texts."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
