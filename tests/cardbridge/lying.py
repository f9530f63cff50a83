"""A pcscd with a virtual reader on which a card lies until this is ended. Run alone in its namespaces.

The card is of the family of `script/demo --check counter`. Leaves the file `card-lies-there` when it can be read.
"""

import subprocess
import sys
from pathlib import Path

from tests.cardbridge.over_pcscd import PORT, configuration, wait_until_it_listens
from tests.cardbridge.virtual_card import Card, attributes_file, serve


def main(folder):
    person = attributes_file(name="新居　葵", address="東京都緑野市緑町１－２－３", birth="19900304", sex="2")
    command = ["pcscd", "--foreground", "--config", str(configuration(folder))]
    with subprocess.Popen(command) as pcscd:
        wait_until_it_listens()
        lying = serve(Card(person), PORT)
        Path(folder, "card-lies-there").touch()
        pcscd.wait()
        lying.close()


if __name__ == "__main__":
    main(sys.argv[1])
