"""`python -m cardbridge --config cardbridge.toml`: runs until it is closed."""

import argparse
import contextlib
import sys
from pathlib import Path

from cardbridge.config import BadConfig, load
from cardbridge.reader import CardReader
from cardbridge.server import BridgeServer


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code. Says in one line where it listens, and nothing after that."""
    parser = argparse.ArgumentParser(prog="cardbridge", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("cardbridge.toml"))
    options = parser.parse_args(arguments)
    try:
        config = load(options.config)
        server = BridgeServer(config, CardReader(config.reader))
    except BadConfig as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"127.0.0.1:{config.port}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"http://{server.host}/  →  {config.origin}\n")
    sys.stdout.flush()
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
