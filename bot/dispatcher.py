"""Who answers? The first handler, in the order of the routers, whose filters agree.

The habits are aiogram's (routers, filters, arguments by name), the event is our own, so a message
from Zalo or the web is as good as one from Telegram. Handlers are plain functions: everything
they may do goes through the desk, inside one transaction.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from bot.vietnamese.fold import fold
from bot.words import Incoming

Filter = Callable[..., Any]
Handler = Callable[..., None]


class Router:
    """Handlers of one subject: `@router.on(filter, ...)`.

    A filter takes the Incoming and, by name, what it asks for; it answers False, True, or a dict
    of what it found, which the handler may ask for by name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[tuple[tuple[_Named, ...], _Named]] = []

    def on(self, *filters: Filter) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.routes.append((tuple(map(_Named, filters)), _Named(handler)))
            return handler

        return register


class _Named:
    """A function and the names of what it asks for, looked up once."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.names = tuple(inspect.signature(function).parameters)[1:]

    def __call__(self, incoming: Incoming, known: dict[str, Any]) -> Any:
        return self.function(incoming, **{name: known[name] for name in self.names})


class Dispatcher:
    """The routers in the order of understanding.

    Most routes wait for one command or one button; they are sorted out beforehand, so that an
    ordinary answer is not held against each of them.
    """

    def __init__(self, *routers: Router) -> None:
        routes = [route for router in routers for route in router.routes]
        self._plain = [route for route in routes if not _wants(route, Command, Value)]
        self._typed = [route for route in routes if not _wants(route, Value)]
        self._pressed = [route for route in routes if not _wants(route, Command)]

    def feed(self, incoming: Incoming, **arguments: Any) -> bool:
        """Let the first handler that agrees answer; False when none did."""
        routes = self._plain
        if incoming.value:
            routes = self._pressed
        elif incoming.text.startswith("/"):
            routes = self._typed
        for filters, handler in routes:
            known = arguments
            for wanted in filters:
                answer = wanted(incoming, known)
                if not answer:
                    break
                if answer is not True and isinstance(answer, dict):
                    known = {**known, **answer}
            else:
                handler(incoming, known)
                return True
        return False


class Command:
    """The filter of "/bao", "/bao@somebot" or "/bao something" (found as `rest`)."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, incoming: Incoming) -> bool | dict[str, Any]:
        head, _, rest = incoming.text.partition(" ")
        return {"rest": rest.strip()} if head.split("@")[0].lower() in self.names else False


class Value:
    """The filter of a pressed button whose value begins with this; the rest is `rest`."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __call__(self, incoming: Incoming) -> bool | dict[str, Any]:
        if not incoming.value.startswith(self.prefix):
            return False
        return {"rest": incoming.value.removeprefix(self.prefix)}


def _wants(route: tuple[tuple[_Named, ...], _Named], *kinds: type) -> bool:
    return any(isinstance(wanted.function, kinds) for wanted in route[0])


command, value = Command, Value


def kind(*kinds: str) -> Filter:
    """An event of one of these kinds."""
    return lambda incoming: incoming.kind in kinds


def typed(*texts: str) -> Filter:
    """A whole message that says one of these (already folded) texts."""
    return lambda incoming: bool(incoming.text) and fold(incoming.text) in texts
