"""Fetch the real editors and run the tests in them: one command.

    python tests/editors/run.py            all: Neovim, Helix, Emacs, Vim, VS Code (20 minutes, 2.5 GB)
    python tests/editors/run.py --quick    all but VS Code (2 minutes)

Runs with the Python that prisma-lsp's development environment is in. Where the packages cannot be reached, `--quick`
says so and ends well. More arguments go to pytest.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from get_editors import OUT_OF_REACH

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FETCH = 1800
# A run that takes longer hangs, in seconds.
QUICK, ALL = 600, 3600


def main(arguments: list[str]) -> int:
    quick = "--quick" in arguments
    arguments = [one for one in arguments if one != "--quick"]
    fetching = subprocess.run(
        [sys.executable, str(HERE / "get_editors.py")], check=False, timeout=FETCH
    )
    if fetching.returncode == OUT_OF_REACH and quick:
        print("the editors cannot be fetched, so nothing is tested in them", file=sys.stderr)
        return 0
    if fetching.returncode:
        return fetching.returncode
    if not quick:
        subprocess.run([sys.executable, str(HERE / "get_vscode.py")], check=True, timeout=FETCH)
        package()
    chosen = ["-k", "not vscode"] if quick else []
    # Much of the time an editor waits for its own timers, so two at once use the machine better.
    pytest = [sys.executable, "-m", "pytest", "-m", "editors", "-q", "-n", "2"]
    try:
        command = [*pytest, str(HERE), *chosen, *arguments]
        return subprocess.run(
            command, check=False, cwd=ROOT, timeout=QUICK if quick else ALL
        ).returncode
    except subprocess.TimeoutExpired as error:
        print(f"still running after {error.timeout:.0f} s", file=sys.stderr)
        return 1


def package() -> None:
    """Build the extension as its users get it."""
    folder = ROOT / "editors" / "vscode"
    for command in (["npm", "install", "--no-audit", "--no-fund"], ["npm", "run", "package"]):
        subprocess.run(command, check=True, cwd=folder, timeout=FETCH, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
