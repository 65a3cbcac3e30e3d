"""What a request is: a frozen struct that carries its reply's type, so that `call` is typed with no code for each."""

from __future__ import annotations

from typing import Generic, TypeVar, get_args

import msgspec

R = TypeVar("R", bound="Reply")


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Root of all replies. A reply has no tag: the caller knows what it asked."""


class Done(Reply, frozen=True, kw_only=True, omit_defaults=True):
    """The reply of a request that has nothing to say but that it was done."""


class Request(msgspec.Struct, Generic[R], frozen=True, kw_only=True, omit_defaults=True, tag_field="do"):
    """Root of all requests; `Post(Request[Posted])` is answered with `Posted`."""


def reply_type(request: type[Request[R]]) -> type[R]:
    """Return the reply type that stands in the brackets of the request's base."""
    for base in getattr(request, "__orig_bases__", ()):
        for argument in get_args(base):
            if isinstance(argument, type) and issubclass(argument, Reply):
                return argument  # type: ignore[return-value]  # the bracket holds R
    raise TypeError(f"{request.__name__} does not name its reply")


def request_name(request: type[Request[R]]) -> str:
    """Return the name a request has on the wire: the value of its `do`."""
    return str(request.__struct_config__.tag)
