"""Personal fields at rest: AES-GCM with the key's number in the value, and blind indexes.

The keyring is a function of the master key alone, so a database and its key can be kept apart.
A master key line is "NUMBER:BASE64 of 32 bytes"; the highest number encrypts, all decrypt.
"""

from __future__ import annotations

import base64
import fcntl
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_NONCE = 12
_LONGEST_FILE = 100_000  # characters
_HEAD = 3  # version and two bytes of key number


class WrongKey(Exception):
    """A value was written with a key that is not in the keyring, or was tampered with."""


class UnknownKey(WrongKey):
    """A value was written with a key that is not in the keyring: a newer one, perhaps."""


class Keyring:
    """The keys of one installation, from the lines of the master key (see above).

    Raises ValueError with a readable reason when the lines are no keys.
    """

    def __init__(self, lines: str) -> None:
        read = [_read_line(line) for line in lines.replace(",", "\n").split()]
        self.keys = dict(read)
        if not self.keys:
            raise ValueError("the master key is empty")
        if len(self.keys) < len(read):
            raise ValueError("a master key line has a number that stands twice")
        self.current = max(self.keys)
        self._head = _VERSION + self.current.to_bytes(2, "big")
        self._ciphers = {
            number: AESGCM(_derive(key, b"field")) for number, key in self.keys.items()
        }
        # The index key comes from the oldest key: rotation must not lose what can be looked up.
        self._index_key = _derive(self.keys[min(self.keys)], b"index")

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt; `context` (table.column) is bound, so values cannot be swapped about."""
        nonce = _fresh_nonce()
        return self._head + nonce + self._ciphers[self.current].encrypt(nonce, plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt what `seal` gave. Raises WrongKey."""
        cipher = self._ciphers.get(int.from_bytes(sealed[1:_HEAD], "big"))
        if cipher is None or sealed[:1] != _VERSION:
            raise UnknownKey("no such key in the keyring")
        if len(sealed) < _HEAD + _NONCE:
            raise WrongKey("the value was cut short")
        try:
            return cipher.decrypt(sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :], context)
        except InvalidTag:
            raise WrongKey("the value does not belong to this key or place") from None

    def is_newest(self, sealed: bytes) -> bool:
        """Whether a value was sealed with the current key."""
        return int.from_bytes(sealed[1:_HEAD], "big") == self.current

    def index(self, value: str, context: str) -> str:
        """A blind index: equal values give equal strings, which tell nothing without the key."""
        return _index(self._index_key, value, context)


_nonces: list[bytes] = []
os.register_at_fork(after_in_child=_nonces.clear)  # two processes must never use the same one


def _fresh_nonce() -> bytes:
    """Random bytes that no other value has; asked of the system for hundreds of values at once."""
    try:
        return _nonces.pop()
    except IndexError:
        fresh = os.urandom(_NONCE * 256)
        _nonces.extend(fresh[at : at + _NONCE] for at in range(_NONCE, len(fresh), _NONCE))
        return fresh[:_NONCE]


def new_line(number: int = 1) -> str:
    """A fresh master key line."""
    return f"{number}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def read_or_make(path: Path) -> tuple[Keyring, bool]:
    """The keyring of a key file, made with mode 0600 if it is missing; True when it was made."""
    try:
        return Keyring(_lines(path)), False
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{secrets.token_hex(8)}.half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(new_line() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(half, path)  # fails if another process was first: then its key is the key
    except FileExistsError:
        return Keyring(_lines(path)), False
    finally:
        half.unlink()
    _keep_name(path.parent)
    return Keyring(_lines(path)), True


def _lines(path: Path) -> str:
    """What stands in a key file; of something endless only as much as a key file may hold."""
    try:
        with path.open(encoding="ascii") as file:
            return file.read(_LONGEST_FILE)
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text with lines of NUMBER:BASE64") from None


def _keep_name(folder: Path) -> None:
    """Have the disk keep the names in a folder: after a power cut there is no second key."""
    with suppress(OSError):  # not every system opens a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@lru_cache(10_000)  # an event asks several times for the index of the same address
def _index(key: bytes, value: str, context: str) -> str:
    return hmac.new(key, f"{context}\0{value}".encode(), sha256).hexdigest()[:40]


def add_key(path: Path) -> Keyring:
    """Append a new, now current, key to a key file; the older ones stay to read with."""
    with _one_at_a_time(path.parent):
        kept = _lines(path)
        number = max(Keyring(kept).keys) + 1
        half = path.with_name(f"{path.name}.{os.getpid()}.half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(kept.rstrip("\n") + "\n" + new_line(number) + "\n")
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        return Keyring(_lines(path))


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """The lock of a folder: of two that add a line at once, one would take the other's away."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read_line(line: str) -> tuple[int, bytes]:
    number, _, encoded = line.rpartition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
        numbered = int(number or 1)
    except ValueError:
        raise ValueError("a master key line is NUMBER:BASE64") from None
    if len(key) != 32 or not 0 < numbered < 65536:
        raise ValueError("a master key holds 32 bytes in base64")
    return numbered, key


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"vongtay " + purpose, sha256).digest()


_in_use: Keyring | None = None
_file: Path | None = None


def use(keyring: Keyring, file: Path | None = None) -> None:
    """The keyring that encrypted columns of this process use from now on.

    In `file`, if there is one, a key is looked for that another process has added since.
    """
    global _in_use, _file
    _in_use, _file = keyring, file


def opened(sealed: bytes, context: bytes) -> bytes:
    """`Keyring.open` of the keyring in use, after a look for a key that is newer than it."""
    try:
        return keyring().open(sealed, context)
    except UnknownKey:
        if not _read_again():
            raise
    return keyring().open(sealed, context)


def _read_again() -> bool:
    """Use what the key file holds now; False when that is nothing new."""
    if _file is None:
        return False
    try:
        fresh = Keyring(_lines(_file))
    except (OSError, ValueError):
        return False
    if not fresh.keys.items() > keyring().keys.items():
        return False
    use(fresh, _file)
    return True


def keyring() -> Keyring:
    """The keyring in use. Raises RuntimeError before `use` was called."""
    if _in_use is None:
        raise RuntimeError("no keyring: call storage.crypto.use first")
    return _in_use


def index(value: str, context: str) -> str:
    """`Keyring.index` of the keyring in use."""
    return keyring().index(value, context)
