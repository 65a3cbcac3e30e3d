"""The client's log file: what went wrong, readable in a terminal whatever a server said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.hostile import is_safe


def test_log_file_has_no_payload_in_it_that_steers(tmp_path: Path) -> None:
    file = tmp_path / "client.log"
    code = f"""
import logging
from pathlib import Path
from chat_tui.app_base import log_to
log_to(Path({str(file)!r}))
evil = "\\x1b]0;pwned\\x07 \\u202e \\x9b31m h" + "\\u0316" * 30
logging.getLogger("x").warning("said %s", evil)
try:
    raise ValueError(evil)
except ValueError:
    logging.getLogger("x").exception("failed")
"""
    subprocess.run([sys.executable, "-c", code], check=True)

    written = file.read_text(encoding="utf-8")
    assert "x said ␛]0;pwned" in written and "ValueError: ␛]0;pwned" in written
    assert is_safe(written)
