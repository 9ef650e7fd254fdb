"""Importing a library without the extras it would take along because they happen to be there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """While this lasts, the package `name` cannot be imported, unless it was before."""
    here = name in sys.modules
    if not here:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if not here:
            del sys.modules[name]
