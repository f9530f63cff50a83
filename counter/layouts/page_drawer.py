"""Run as a process: read a PDF from standard input, write one page of it as PNG. Knows nothing of Django."""

import resource
import sys
import tempfile
from pathlib import Path

MEMORY_BYTES = 2 * 1024 * 1024 * 1024
CPU_SECONDS = 15
DOTS = 100
_SOURCE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image("blank.pdf", page: int(sys.inputs.page))
"""


def main() -> None:
    from typst import Compiler

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "blank.pdf").write_bytes(sys.stdin.buffer.read())
        (root / "page.typ").write_text(_SOURCE)
        made = Compiler(input=str(root / "page.typ"), root=folder).compile(
            format="png", ppi=DOTS, sys_inputs={"page": sys.argv[1]}
        )
    if isinstance(made, bytes):
        sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
