"""Settings: `base` for everybody, then one of `demo`, `test`, `production`."""
