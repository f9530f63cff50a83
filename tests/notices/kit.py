"""What tests of the worker's tasks share."""


def drain(task):
    """Call a task until nothing is due: one call stops after two seconds, which a busy machine needs for one row."""
    handled = 0
    while count := task():
        handled += count
    return handled
