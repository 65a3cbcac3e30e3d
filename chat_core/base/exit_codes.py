"""The exit codes of every command, in one place; the table in the docs is made from here."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """What a command ends with. Values follow BSD `sysexits.h` where one fits."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 65
    NO_TARGET = 66
    UNREACHABLE = 69
    INTERNAL = 70
    CANNOT_CREATE = 73
    IO = 74
    NOT_ACKNOWLEDGED = 75
    PROTOCOL = 76
    NOT_PERMITTED = 77
    CONFIG = 78
    IN_USE = 79
    UNSOUND = 80
    UNTRUSTED = 81
    INTERRUPTED = 130


EXPLAINED: Final[dict[ExitCode, str]] = {
    ExitCode.OK: "Done.",
    ExitCode.FAILED: "The command failed; the sentence on stderr says why.",
    ExitCode.USAGE: "The command line was not understood.",
    ExitCode.REFUSED: "The server refused the request; its sentence is on stderr.",
    ExitCode.NO_TARGET: "There is no such channel or user (`tail` and `history` make none), or no such file or store.",
    ExitCode.UNREACHABLE: "The server could not be reached.",
    ExitCode.INTERNAL: "A fault in this program; please report it.",
    ExitCode.CANNOT_CREATE: "The data folder or the file cannot be made or written, or it is there already.",
    ExitCode.IO: "Reading or writing failed (also: the reader of our output has gone).",
    ExitCode.NOT_ACKNOWLEDGED: "Not everything was acknowledged in time; the number is on stderr, run it again.",
    ExitCode.PROTOCOL: "The other side does not speak this protocol, or another version of it.",
    ExitCode.NOT_PERMITTED: "Permission denied by the operating system.",
    ExitCode.CONFIG: "The configuration or the database does not fit this version.",
    ExitCode.IN_USE: "The port or the data folder is in use by another server.",
    ExitCode.UNSOUND: "`doctor` found something wrong, or a backup is damaged.",
    ExitCode.UNTRUSTED: "The server is not known here, or its key has changed; nothing was said to it.",
    ExitCode.INTERRUPTED: "Interrupted from the keyboard.",
}
