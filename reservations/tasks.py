"""Background work of this app. Each task looks for what is due itself and may run twice at once."""

import datetime as dt

PERIODIC: dict[str, dt.timedelta] = {}
