"""Who answers? The first handler, in the order of the routers, whose filters agree.

The habits are aiogram's (routers, filters, arguments by name), the event is our own, so a message
from Zalo or the web is as good as one from Telegram. Handlers are plain functions: everything
they may do goes through the desk, inside one transaction.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from bot.vietnamese.fold import fold
from bot.words import Incoming

Filter = Callable[..., Any]
Handler = Callable[..., None]


class Router:
    """Handlers of one subject: `@router.on(filter, ...)`.

    A filter takes the Incoming and, by name, what it asks for; it answers False, True, or a dict
    of what it found, which the handler may ask for by name. `only_if` is one filter before all.
    """

    def __init__(self, name: str, only_if: Filter | None = None) -> None:
        self.name = name
        self.only_if = _Named(only_if) if only_if else None
        self.routes: list[Route] = []

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
        return self.function(incoming, *map(known.__getitem__, self.names))


Route = tuple[tuple[_Named, ...], _Named]
Routes = list[tuple[_Named | None, list[Route]]]


class Dispatcher:
    """The routers in the order of understanding.

    Most routes wait for one command, for buttons that begin alike, or for somebody who is in no
    form; they are sorted out beforehand, so that an answer is not held against each of them.
    """

    def __init__(self, *routers: Router) -> None:
        self._idle = _without(routers, Command, Value)
        self._in_form = _without(routers, Command, Value, _Idle)
        self._typed = _without(routers, Value)
        self._pressed = lru_cache(256)(partial(_of_buttons, _without(routers, Command)))

    def feed(self, incoming: Incoming, in_form: bool, **arguments: Any) -> bool:
        """Let the first handler that agrees answer; False when none did."""
        routes = self._in_form if in_form else self._idle
        if incoming.value:
            routes = self._pressed(incoming.value.partition(".")[0])
        elif incoming.text.startswith("/"):
            routes = self._typed
        for only_if, subject in routes:
            if only_if is None or only_if(incoming, arguments):
                for route in subject:
                    if _answers(route, incoming, arguments):
                        return True
        return False


def _answers(route: Route, incoming: Incoming, known: dict[str, Any]) -> bool:
    filters, handler = route
    for wanted in filters:
        answer = wanted(incoming, known)
        if not answer:
            return False
        if answer is not True and isinstance(answer, dict):
            known = {**known, **answer}
    handler(incoming, known)
    return True


def _without(routers: tuple[Router, ...], *kinds: type) -> Routes:
    found = [
        (
            router.only_if,
            [r for r in router.routes if not any(isinstance(f.function, kinds) for f in r[0])],
        )
        for router in routers
    ]
    return [(only_if, routes) for only_if, routes in found if routes]


def _of_buttons(routes: Routes, begin: str) -> Routes:
    """Without the routes that wait for a button whose value begins otherwise."""
    found = [
        (only_if, [r for r in subject if all(_may(wanted, begin) for wanted in r[0])])
        for only_if, subject in routes
    ]
    return [(only_if, subject) for only_if, subject in found if subject]


def _may(wanted: _Named, begin: str) -> bool:
    if not isinstance(wanted.function, Value):
        return True
    prefix = wanted.function.prefix
    return prefix.startswith(begin) or begin.startswith(prefix)


class _Idle:
    """The filter of what is only meant outside a form."""

    def __call__(self, incoming: Incoming, desk: Any) -> bool:
        return desk.open_form() is None


idle = _Idle()


class Command:
    """The filter of "/bao", "/bao@somebot" or "/bao something" (found as `rest`)."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, incoming: Incoming) -> bool | dict[str, Any]:
        head, *rest = incoming.text.split(maxsplit=1) or ("",)
        if head.split("@")[0].lower() not in self.names:
            return False
        return {"rest": rest[0].strip() if rest else ""}


class Value:
    """The filter of a pressed button whose value begins with this; the rest is `rest`."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __call__(self, incoming: Incoming) -> bool | dict[str, Any]:
        if not incoming.value.startswith(self.prefix):
            return False
        return {"rest": incoming.value.removeprefix(self.prefix)}


command, value = Command, Value


def kind(*kinds: str) -> Filter:
    """An event of one of these kinds."""
    return lambda incoming: incoming.kind in kinds


def typed(*texts: str) -> Filter:
    """A whole message that says one of these (already folded) texts."""
    return lambda incoming: bool(incoming.text) and fold(incoming.text) in texts
