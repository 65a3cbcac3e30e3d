"""Takes all pictures anew: `python -m screenshots.make [NAME ...]`, where a NAME is a picture's function."""

from __future__ import annotations

import asyncio
import sys

from screenshots import chat, files, others, servers
from screenshots.camera import Picture

PICTURES: dict[str, Picture] = {
    picture.__name__: picture for picture in (*chat.PICTURES, *files.PICTURES, *others.PICTURES, *servers.PICTURES)
}


def main() -> None:
    """Take them one after another; each has an application of its own."""
    for name in sys.argv[1:] or PICTURES:
        print(asyncio.run(PICTURES[name]()).name)  # type: ignore[arg-type]  # an Awaitable made by a coroutine function


if __name__ == "__main__":
    main()
