"""The process that does the work, and the conversation with it.

``relucell serve --stdio`` lives as long as this interpreter and answers requests of all threads side
by side; docs/serve.md of relucell is the protocol. A process that ended is started again by the next
request. A forked child has a process of its own.
"""

from __future__ import annotations

import atexit
import io
import itertools
import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from typing import Any, Callable, Iterator, Optional

from ._errors import InputError, ServerError, raised
from ._exact import plain

PROTOCOL = 1

#: Seconds between two looks at whether the user interrupted: a wait without an end cannot be
#: interrupted everywhere.
_TICK = 0.1

#: Seconds that a process may take to end once its input has ended. It promises one or two.
_FAREWELL = 5.0

#: Items that a request may send before it is told that some were taken.
_CREDIT = 256


def binary() -> str:
    """The relucell that is used: of $RELUCELL_BINARY, of this package, or of $PATH."""
    named = os.environ.get("RELUCELL_BINARY")
    if named:
        return named
    inside = pathlib.Path(__file__).parent / "_bin" / ("relucell.exe" if os.name == "nt" else "relucell")
    found = str(inside) if inside.is_file() else shutil.which("relucell")
    if not found:
        raise ServerError("relucell: no binary in this package nor on PATH; install a wheel, or name one by RELUCELL_BINARY")
    return found


def _line(request: dict[str, Any]) -> bytes:
    try:
        return json.dumps(request, allow_nan=False, default=plain).encode() + b"\n"
    except ValueError as e:
        if isinstance(e, InputError):
            raise
        raise InputError(f"{request['method']}: an option is infinite or no number, expected finite numbers") from None


class Answer:
    """The messages that answer a request, as they come."""

    def __init__(self, server: "Server", number: int) -> None:
        self.server, self.number = server, number
        self.messages: "queue.SimpleQueue[dict[str, Any]]" = queue.SimpleQueue()
        #: The last message, kept: an interrupt may fall between its leaving the queue and its reader.
        self.last: Optional[dict[str, Any]] = None
        #: Names of networks in this conversation, where they have others.
        self.called: dict[str, str] = {}

    def next(self) -> dict[str, Any]:
        """The next message. Waiting for it can be interrupted."""
        while True:
            try:
                return self.messages.get(timeout=_TICK)
            except queue.Empty:
                if self.last is not None and self.messages.empty():
                    return self.last
                if self.server.dead is not None and self.messages.empty():
                    return {"id": self.number, "died": self.server.dead}

    def put(self, message: dict[str, Any]) -> None:
        if "item" not in message and "progress" not in message:
            self.last = message
        self.messages.put(message)

    def cancel(self) -> None:
        self.server.tell("cancel", {"id": self.number})

    def abandon(self) -> None:
        """Asks for the end, and listens no more."""
        self.server.forget(self)
        self.cancel()


class Server:
    """One process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # of what is open
        self.numbers = itertools.count(1)
        self.open: dict[int, Answer] = {}
        self.dead: Optional[str] = None
        #: The names of networks by their handles, for messages to people.
        self.names: dict[str, str] = {}
        #: Lines to write, None at their end. Putting one is a single step, which nothing interrupts.
        self.lines: "queue.SimpleQueue[Optional[bytes]]" = queue.SimpleQueue()
        self.errors = tempfile.TemporaryFile()
        kind: dict[str, Any] = {"start_new_session": True}  # an interrupt is for us, who then cancel
        if os.name == "nt":
            kind = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined]
        path = binary()
        try:
            self.process = subprocess.Popen([path, "serve", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=self.errors, bufsize=0, **kind)
        except OSError as e:
            self.errors.close()
            raise ServerError(f"relucell: {path} cannot be started: {e}") from e
        self.threads = [threading.Thread(target=f, name="relucell", daemon=True) for f in (self._read, self._write)]
        for t in self.threads:
            t.start()
        try:
            self.about = self.ask("hello", {"protocol": PROTOCOL, "client": f"python {sys.version_info[0]}.{sys.version_info[1]}"})
        except BaseException:
            self.close()
            raise

    def _read(self) -> None:
        """Hands messages out until there are no more."""
        raw: Any = self.process.stdout
        out = io.BufferedReader(raw, 1 << 16)
        said = ""
        try:
            for line in out:
                message = json.loads(line)
                if not isinstance(message, dict):
                    raise ValueError("no object")
                # One step each, which need no lock.
                number: Any = message.get("id")
                answer = self.open.get(number)
                if "result" in message or "error" in message:
                    self.open.pop(number, None)
                if answer is not None:
                    answer.put(message)
        except OSError:
            pass  # a closed file is the end
        except (ValueError, RecursionError):
            said = f"it said {line[:60]!r}, which is no message"
            self.process.kill()
        code = self.process.wait()
        self.errors.seek(0)
        said = said or self.errors.read(1 << 12).decode("utf-8", "replace").strip().split("\n")[0]
        with self.lock:
            self.dead = f"relucell: the process ended with {code}{': ' + said if said else ''}; the next call starts another"
            left, self.open = list(self.open.values()), {}
        for answer in left:
            answer.put({"id": answer.number, "died": self.dead})
        self.lines.put(None)
        self.errors.close()
        out.close()

    def _write(self) -> None:
        """Writes lines until there are no more. Interrupts come to the main thread alone, so a line
        that was begun is ended: after half of one nothing would be understood."""
        raw: Any = self.process.stdin
        try:
            with raw:
                while (line := self.lines.get()) is not None:
                    rest = memoryview(line)
                    while rest:
                        rest = rest[raw.write(rest) or 0 :]
        except (OSError, ValueError):
            self.process.kill()  # it listens no more; the reader learns why

    def start(self, method: str, params: dict[str, Any], progress: bool = False, credit: Optional[int] = None) -> Answer:
        """Begins a request."""
        answer = Answer(self, next(self.numbers))
        request: dict[str, Any] = {"id": answer.number, "method": method, "params": params}
        if progress:
            request["progress"] = True
        if credit is not None:
            request["credit"] = credit
        line = _line(request)
        try:
            with self.lock:
                if self.dead is not None:
                    raise ServerError(self.dead)
                self.open[answer.number] = answer
            self.lines.put(line)
        except KeyboardInterrupt:
            answer.abandon()
            raise
        return answer

    def tell(self, method: str, params: dict[str, Any]) -> None:
        """A request whose answer nobody wants, of a process that may be gone.

        It waits for no lock: a generator that is collected as garbage tells its server to cancel, and
        that may happen in a thread which has the lock already.
        """
        if self.dead is None:
            self.lines.put(_line({"id": next(self.numbers), "method": method, "params": params}))

    def told(self, error: Optional[dict[str, Any]], answer: Answer) -> Optional[dict[str, Any]]:
        """An error with the names of networks in the place of their handles, which nobody has seen."""
        if error is None:
            return None
        names = {**self.names, **answer.called}

        def name(m: "re.Match[str]") -> str:
            return names.get(str(m[0]), str(m[0]))

        return {**error, "message": re.sub(r"\bnet:[0-9]+\b", name, error.get("message", "failed"))}

    def forget(self, answer: Answer) -> None:
        self.open.pop(answer.number, None)  # one step, which needs no lock

    def ask(self, method: str, params: dict[str, Any], progress: Optional[Callable[[dict[str, Any]], None]] = None) -> Any:
        """The result of a request, or its error as an exception."""
        result, error = self.finish(self.start(method, params, progress is not None), progress)
        if error is not None:
            raise raised(error, result)
        return result

    def finish(self, answer: Answer, progress: Optional[Callable[[dict[str, Any]], None]] = None) -> tuple[Any, Optional[dict[str, Any]]]:
        """Waits for the end of a request. The first interrupt cancels it: what it then has to say is
        its result; the second one, and one of a request with nothing to say, is raised."""
        interrupted = False
        while True:
            try:
                message = answer.next()
                if progress is not None and "progress" in message:
                    progress(message["progress"])
            except KeyboardInterrupt:
                if interrupted or answer.last is not None and "died" in answer.last:
                    answer.abandon()
                    raise
                interrupted = True
                answer.cancel()
                continue
            except BaseException:  # of the caller's progress
                answer.abandon()
                raise
            if "died" in message:
                raise ServerError(message["died"])
            if "result" in message or "error" in message:
                break
        result, error = message.get("result"), self.told(message.get("error"), answer)
        if interrupted and error is not None and error.get("code") == 3:
            if result is None:
                raise KeyboardInterrupt
            error = {"code": 3, "message": "interrupted"}
        return result, error

    def items(self, method: str, params: dict[str, Any]) -> Iterator[Any]:
        """The items of a request, taken as they are wanted. Who stops taking stops the request."""
        answer = self.start(method, params, credit=_CREDIT)
        taken, ended = 0, False
        try:
            while True:
                message = answer.next()
                if "item" in message:
                    yield message["item"]
                    taken += 1
                    if taken % (_CREDIT // 2) == 0:
                        self.tell("credit", {"id": answer.number, "items": _CREDIT // 2})
                    continue
                if "progress" in message:
                    continue
                ended = True
                if "died" in message:
                    raise ServerError(message["died"])
                error = self.told(message.get("error"), answer)
                if error is not None:
                    raise raised(error, message.get("result"))
                return
        finally:
            if not ended:
                answer.abandon()

    def close(self) -> None:
        """Ends the process, and waits for that."""
        self.lines.put(None)
        try:
            self.process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for t in self.threads:
            if t is not threading.current_thread():
                t.join(_FAREWELL)

    def drop(self) -> None:
        """Lets go in a forked child: the process is the parent's, and so are the threads."""
        nothing = os.open(os.devnull, os.O_RDWR)
        for f in (self.process.stdin, self.process.stdout):
            try:
                if f is not None:
                    os.dup2(nothing, f.fileno())  # not closed, or its number would be another file's
            except (OSError, ValueError):
                pass  # it is closed already
        os.close(nothing)
        self.process.returncode = 0  # or the child would wait for it
        self.dead = "relucell: the process is that of the parent of this one; what it was asked before the fork is answered there"


_lock = threading.Lock()
_current: Optional[Server] = None


def server() -> Server:
    """The process of this interpreter, started where there is none."""
    global _current
    with _lock:
        if _current is None or _current.dead is not None or _current.process.poll() is not None:
            if _current is not None:
                _current.close()
            _current = None
            _current = Server()
        return _current


def shutdown() -> None:
    """Ends the process, if there is one. The next call starts another."""
    global _current
    with _lock:
        if _current is not None:
            _current.close()
        _current = None


def _in_child() -> None:
    global _current, _lock
    _lock = threading.Lock()
    mine, _current = _current, None
    if mine is not None:
        mine.drop()


atexit.register(shutdown)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
