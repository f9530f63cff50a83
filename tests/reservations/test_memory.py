"""What a process remembers: made once, for a moment, by one thread for all."""

import threading
import time

import pytest

from reservations.memory import Memory, forget_all


def test_a_value_is_made_once_and_again_when_it_is_old(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    memory, made = Memory(2.0), iter(range(9))

    def read():
        return memory.get("key", lambda: next(made))

    assert [read(), read()] == [0, 0]
    assert (memory.fresh("key"), memory.fresh("other")) == (0, None)
    clock[0] = 101.9
    assert read() == 0
    clock[0] = 102.0
    assert memory.fresh("key") is None
    assert read() == 1


def test_the_age_counts_from_before_the_query(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    memory = Memory(2.0)

    def slow():
        clock[0] += 1.5
        return "read"

    memory.get("key", slow)
    clock[0] = 102.1
    assert memory.fresh("key") is None


def test_a_value_may_say_how_old_it_is(monkeypatch):
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    memory = Memory(2.0, made_at=lambda value: value)
    assert memory.get("old", lambda: 97.0) == 97.0
    assert memory.fresh("old") is None
    memory.get("new", lambda: 99.0)
    assert memory.fresh("new") == 99.0


def test_what_fails_is_not_remembered():
    memory = Memory(60.0)
    with pytest.raises(LookupError):
        memory.get("key", lambda: {}["nothing"])
    assert memory.get("key", lambda: 1) == 1


def test_threads_that_come_at_once_wait_for_one_maker():
    memory, made = Memory(60.0), []

    def make():
        time.sleep(0.1)
        made.append(1)
        return "value"

    threads = [threading.Thread(target=memory.get, args=("key", make)) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_many_keys_do_not_fill_the_process():
    memory = Memory(60.0)
    for number in range(1200):
        memory.get(number, lambda number=number: number)
    assert sum(memory.fresh(number) is not None for number in range(1200)) <= 500


def test_everything_can_be_forgotten():
    memory = Memory(60.0)
    memory.get("key", lambda: 1)
    forget_all()
    assert memory.fresh("key") is None
