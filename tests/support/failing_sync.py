"""Makes the kernel fail every sync of this process from now on, with a filter on its system calls: a dying disk."""

from __future__ import annotations

import ctypes
import errno
import platform
from typing import Final

_CALLS: Final = {"x86_64": (317, 74, 75), "aarch64": (277, 82, 83)}
"""Numbers of seccomp, fsync and fdatasync."""
_NO_NEW_PRIVILEGES: Final = 38
_FILTER: Final = 1
_ALL_THREADS: Final = 1
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint))


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Step)))


def fail_syncs() -> None:
    """Let fsync and fdatasync of all threads fail with EIO, for good. Raises: OSError, where that is not possible."""
    if platform.machine() not in _CALLS:
        raise OSError(errno.ENOSYS, f"the numbers of system calls are not known for {platform.machine()}")
    seccomp, fsync, fdatasync = _CALLS[platform.machine()]
    steps = (_Step * 5)(
        _Step(_LOAD, 0, 0, 0),  # the number of the call
        _Step(_JUMP_IF_EQUAL, 2, 0, fsync),
        _Step(_JUMP_IF_EQUAL, 1, 0, fdatasync),
        _Step(_RETURN, 0, 0, _ALLOW),
        _Step(_RETURN, 0, 0, _ERROR | errno.EIO),
    )
    program = _Program(len(steps), steps)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.syscall(seccomp, _FILTER, _ALL_THREADS, ctypes.byref(program)):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")
