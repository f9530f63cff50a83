"""A worker of its own that stops where a test wants it, to be killed there."""

_STOPPING = """
import importlib, sys, time
import django
django.setup()
module = importlib.import_module(sys.argv[1])
original = getattr(module, sys.argv[2])
calls = 0

def stop(*args, **kwargs):
    global calls
    calls += 1
    if calls < 2:
        return original(*args, **kwargs)
    if sys.argv[3] == "after":
        original(*args, **kwargs)
    print("here", flush=True)
    time.sleep(60)

setattr(module, sys.argv[2], stop)
from applications import tasks
tasks.{task}()
"""


def stopping_in(task):
    """The program that runs a task of applications and stops at the second call of what its arguments name.

    Its arguments: module, function, and "before" or "after" that call.
    """
    return _STOPPING.replace("{task}", task)
