"""A process of its own that stops where a test wants it, and is killed there with kill -9.

A server that has imported the product, and has done nothing else, forks one for each test: a new interpreter takes
seconds to import it all, and a fork of the tests' own process has threads of the typesetter that no longer run.
"""

import multiprocessing
import os
import sys
from contextlib import suppress

from django.conf import settings
from django.db import connection, connections

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.preloaded"])
# seconds; whoever does not get so far says nothing either
PATIENCE = 60


class Killable:
    """A process that runs Python text on the database of the test. `line` reads what it prints."""

    def __init__(self, program, arguments, environment):
        self._reader, writer = _CONTEXT.Pipe(duplex=False)
        own = {name: str(getattr(settings, name)) for name in ("VAR_DIR", "SIGNING_KEY_PATH")}
        database = str(connection.settings_dict["NAME"])
        self._process = _CONTEXT.Process(target=_run, args=(writer, database, own, program, arguments, environment))
        self._process.start()
        writer.close()

    def line(self):
        """The next line that it prints; "" when it ended first."""
        if not self._reader.poll(PATIENCE):
            return ""
        with suppress(EOFError):
            return self._reader.recv()
        return ""

    def kill(self, after=0.0):
        """End it with kill -9, after so many seconds; whether it was still at work then."""
        self._process.join(after)
        was_at_work = self._process.is_alive()
        self._process.kill()
        self._process.join(PATIENCE)
        self._process.close()
        self._reader.close()
        return was_at_work


class _Lines:
    """What stands for standard output in such a process."""

    def __init__(self, writer):
        self.writer = writer

    def write(self, text):
        if text.strip():
            self.writer.send(text.strip())

    def flush(self):
        pass


def _run(writer, database, own, program, arguments, environment):
    sys.stdout, sys.argv = _Lines(writer), ["-c", *arguments]
    os.environ.update(environment)
    for name, value in own.items():
        setattr(settings, name, type(getattr(settings, name))(value))
    connections["default"].settings_dict["NAME"] = database
    exec(compile(program, "<killed>", "exec"), {"__name__": "__main__"})


def start(program, *arguments, **environment):
    """Run Python text on the database of the test, beside it."""
    return Killable(program, arguments, environment)


def run_until_killed(program, *arguments, **environment):
    """Run Python text until it prints "here", and kill it there."""
    worker = start(program, *arguments, **environment)
    try:
        assert worker.line() == "here"
    finally:
        worker.kill()
