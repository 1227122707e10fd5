"""Find the Chromium of this machine: the browser that tests the site and prints the PDF."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A container has no user namespaces for the sandbox and little shared memory; only pages of our
# own are opened. The rest keeps the browser from asking the network for anything by itself.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
)


def chromium() -> str:
    """Return the path of Chromium: what the variable CHROMIUM names, else the first one found.

    Raises
    ------
    FileNotFoundError
        If there is none, with a line that says what to install.
    """
    asked = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [asked] if asked else NAMES)), None)
    if found is None:
        looked = f"CHROMIUM={asked} is no program" if asked else f"none of {', '.join(NAMES)}"
        raise FileNotFoundError(
            f"no Chromium ({looked}): install one (Debian: apt-get install chromium), "
            "or name it in the variable CHROMIUM"
        )
    return found
