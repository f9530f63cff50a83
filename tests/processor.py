"""A plug-in that says what the tests cost: `pytest -p tests.processor` prints the dearest at the end of the run.

It counts processor time, which says the same on a busy machine: of the test's process with its threads, and of the
programs that it started and waited for. The database server and the browser are programs of their own and not in it.

- PROCESSOR_LINES=60 prints more lines of each table than 30.
- With `-n 2` what the workers counted is added up.
"""

import os
from collections import Counter

import pytest

_LINES = int(os.environ.get("PROCESSOR_LINES", "30"))
_KEY = "processor"


def pytest_configure(config):
    config.pluginmanager.register(_Costs(), "processor-costs")


class _Costs:
    """Seconds by test, by file, by fixture (with how often it was set up) and by phase."""

    def __init__(self):
        self.tests, self.files, self.fixtures, self.phases, self.times = (Counter() for _ in range(5))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item):
        return (yield from self._count(item, "set-up"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        return (yield from self._count(item, "test"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item):
        return (yield from self._count(item, "teardown"))

    def _count(self, item, phase):
        began = _spent()
        try:
            return (yield)
        finally:
            spent = _spent() - began
            self.tests[item.nodeid] += spent
            self.files[item.nodeid.split("::")[0]] += spent
            self.phases[phase] += spent

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        began = _spent()
        try:
            return (yield)
        finally:
            name = f"{fixturedef.argname} ({fixturedef.baseid or 'everywhere'})"
            self.fixtures[name] += _spent() - began
            self.times[name] += 1

    def _tables(self):
        return {"tests": self.tests, "files": self.files, "fixtures": self.fixtures, "phases": self.phases}

    def pytest_sessionfinish(self, session):
        if hasattr(session.config, "workeroutput"):
            tables = {**self._tables(), "times": self.times}
            session.config.workeroutput[_KEY] = {name: dict(table) for name, table in tables.items()}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        # a worker that died has left nothing
        for name, table in getattr(node, "workeroutput", {}).get(_KEY, {}).items():
            getattr(self, name).update(table)

    def pytest_terminal_summary(self, terminalreporter):
        for name, table in self._tables().items():
            terminalreporter.section(f"processor time: {name}, {sum(table.values()):.1f} s")
            for key, seconds in table.most_common(_LINES):
                often = f" × {self.times[key]}" if name == "fixtures" else ""
                terminalreporter.write_line(f"{seconds:8.2f} s  {key}{often}")


def _spent():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
