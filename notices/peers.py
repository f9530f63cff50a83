"""What can be known of a call over HTTP that failed."""


def may_have_arrived(error: Exception) -> bool:
    """Whether a failed `requests` call may have been carried out: only without a connection it was certainly not."""
    # only who calls imports it
    import requests
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.ConnectTimeout):
        return False
    if not isinstance(error, requests.ConnectionError):
        return True
    # anymail wraps the error of requests, requests that of urllib3
    for known in (error, error.__cause__):
        inner = known.args[0] if known is not None and known.args else None
        if isinstance(getattr(inner, "reason", None), NewConnectionError):
            return False
    return True
