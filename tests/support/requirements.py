"""Programs outside Python that some tests need: absent is a reason to skip at home, and a failure in CI."""

from __future__ import annotations

import os
import shutil

import pytest


def need_program(name: str) -> str:
    """Return the path of a program, or end the calling test.

    Args:
        name: what is typed in a shell, for instance `tmux`.

    Raises:
        pytest.skip.Exception: it is not installed.
        pytest.fail.Exception: the same where the environment says `CI=true`, for there nobody reads skips.
    """
    path = shutil.which(name)
    if path is not None:
        return path
    reason = f"{name} is not installed"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{reason}, and CI must not skip this test")
    pytest.skip(reason)
