"""A process of its own that stops where a test wants it, and is killed there with kill -9."""

import os
import signal
import sys
import traceback
from contextlib import suppress

from django.db import connections

# connections of the parent that a child must neither use nor close
_LEFT_ALONE = []


class Killable:
    """A child of this process that runs Python text on the database of the test. What it prints is in `stdout`."""

    def __init__(self, program, arguments, environment):
        reader, writer = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(reader)
            _run(program, arguments, environment, writer)
        os.close(writer)
        self.stdout = os.fdopen(reader, "rb")

    def kill(self):
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.stdout.close()


def _run(program, arguments, environment, writer):
    """In the child: never comes back. A copy has everything imported already, which takes a new process seconds."""
    try:
        os.dup2(writer, 1)
        sys.stdout = os.fdopen(writer, "w")
        sys.argv = ["-c", *arguments]
        os.environ.update(environment)
        for connection in connections.all(initialized_only=True):
            # its socket is the parent's too: to close it here would end the parent's session
            _LEFT_ALONE.append(connection.connection)
            connection.connection = None
            connection.in_atomic_block = False
        exec(compile(program, "<killed>", "exec"), {"__name__": "__main__"})
    except BaseException:  # noqa: BLE001 the child's end, told to whoever reads the test's output
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(1)


def start(program, *arguments, **environment):
    """Run Python text on the database of the test, beside it."""
    return Killable(program, arguments, environment)


def run_until_killed(program, *arguments, **environment):
    """Run Python text until it prints "here", and kill it there."""
    worker = start(program, *arguments, **environment)
    try:
        assert worker.stdout.readline() == b"here\n"
    finally:
        worker.kill()
