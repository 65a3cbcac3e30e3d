"""The drafts of one server while it is open: by conversation in memory, by TARGET in a file soon after each change.

What is on disk is at most a second behind what was typed; see `saving`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from chat_core.client.state.model import ClientState, ConversationState
from chat_tui import drafts
from chat_tui.drafts import Draft
from chat_tui.screens.saving import Saving


def place_of(conversation: ConversationState, thread: int = 0) -> tuple[int, str]:
    """Return number and name of the place of a draft: a conversation's own, or one for each of its threads."""
    if not thread:
        return conversation.id, conversation.target
    return -(conversation.id << 32 | thread), f"{conversation.target}:{thread}"


def _place_in(number: int) -> tuple[int, int]:
    """Return conversation and thread of the number of a place."""
    return (number, 0) if number > 0 else (-number >> 32, -number & (1 << 32) - 1)


class Drafting:
    """They.

    Args:
        folder: of the server; None: nothing is kept beyond the program.
        complain: told in a sentence that they cannot be kept; see `Saving`.
    """

    def __init__(self, folder: Path | None, complain: Callable[[str], None]) -> None:
        self._saving = Saving("Drafts", folder, self._take, self._put_back, complain)
        self._account = 0
        self._epoch = ""
        self._kept: dict[int, tuple[str, Draft]] = {}
        self._by_target: dict[str, Draft] = {}
        self._dirty: dict[str, Draft] = {}
        self._taken: tuple[int, dict[str, Draft]] = (0, {})

    def open(self, account: int, epoch: str) -> None:
        """Read what an account left on this server; again: nothing more, unless it is another account or store.

        In another store numbers mean other conversations and messages: what is kept goes by names there.

        Args:
            account: its number.
            epoch: life of the server's store; empty: not known yet.
        """
        if account != self._account:
            first, self._account = not self._account, account
            if not first:
                self._kept.clear()
                self._dirty.clear()
            folder = self._saving.folder
            self._by_target = drafts.load(folder, account) if folder is not None else {}
        if epoch and epoch != self._epoch:
            before, self._epoch = self._epoch, epoch
            if before:
                self._by_target |= {
                    target: self._stamped(draft, before, number, target)
                    for number, (target, draft) in self._kept.items()
                }
                self._kept.clear()

    def forget_numbers(self, number: int, target: str) -> None:
        """Let no draft of a conversation change or answer a message: the log is another one, of the same store."""
        for place, (name, draft) in list(self._kept.items()):
            if number in (place, -place >> 32):
                self.keep(place, name, replace(draft, edits=0, replies_to=0, aside=""))
        for name, draft in self._by_target.items():
            if name == target or name.startswith(f"{target}:"):
                self._by_target[name] = Draft(draft.text, draft.cursor)

    def get(self, number: int, target: str) -> Draft:
        """Return what is written in a conversation."""
        self._rename(number, target)
        if self._is_somebody_elses(number, target):
            return self._kept[number][1] if number in self._kept else Draft()
        draft = self._by_target.pop(target, None)
        if draft is not None and number not in self._kept:
            same = not draft.epoch or draft.epoch == self._epoch
            here = replace(draft, epoch="", number=0) if same else Draft(draft.text, draft.cursor)
            self._kept[number] = (target, here)
        return self._kept[number][1] if number in self._kept else Draft()

    def follow(self, state: ClientState) -> None:
        """Call what was read from the file as its place is called now, if that was renamed while nobody looked.

        Where something else is kept under that name it stays under the old one: nothing that was written is lost.
        """
        moved: dict[str, str] = {}
        for name, draft in reversed(self._by_target.items()):
            if draft.number and draft.epoch == self._epoch:
                number, thread = _place_in(draft.number)
                known = state.conversations.get(number)
                now = name if known is None or known.remembered else place_of(known, thread)[1]
                if now != name and now not in moved.values():
                    moved[name] = now
        there = self._by_target.keys() | {name for name, _ in self._kept.values()}
        while taken := [name for name, now in moved.items() if now in there - moved.keys()]:
            for name in taken:
                del moved[name]
        if moved:
            self._by_target = {moved.get(name, name): draft for name, draft in self._by_target.items()}
            self._dirty |= dict.fromkeys(moved, Draft()) | {now: self._by_target[now] for now in moved.values()}
            self._saving.soon()

    def keep(self, number: int, target: str, draft: Draft) -> None:
        """Keep what is written in a conversation, in memory now and on disk soon."""
        if draft == self.get(number, target) or not (draft.counts or number in self._kept):
            return
        if draft.counts:
            self._kept[number] = (target, draft)
        else:
            self._kept.pop(number, None)
        self._dirty[target] = self._stamped(draft, self._epoch, number, target)
        if self._account:
            self._saving.soon()

    def add(self, name: str, text: str) -> None:
        """Put a text before what is written in a place, by its name: the conversation is gone, what it was is known."""
        number = next((number for number, (called, _) in self._kept.items() if called == name), None)
        old = self._by_target.get(name, Draft()) if number is None else self._kept[number][1]
        whole = "\n".join(filter(None, (text, old.aside, old.text)))[: drafts.MOST_CHARS]
        lines = whole.split("\n")
        draft = self._dirty[name] = Draft(whole, (len(lines) - 1, len(lines[-1])))
        if number is None:
            self._by_target[name] = draft
        else:
            self._kept[number] = (name, draft)
        if self._account:
            self._saving.soon()

    def everywhere(self) -> dict[str, Draft]:
        """Return all drafts by the names of their places, the oldest first."""
        kept = {target: draft for target, draft in self._kept.values() if draft.counts}
        return {**self._by_target, **kept}

    def drop(self, target: str) -> None:
        """Forget a draft by the name of its place, on disk soon, too."""
        number = next((number for number, (name, _) in self._kept.items() if name == target), None)
        if number is not None:
            self.keep(number, target, Draft())
        elif self._by_target.pop(target, None) is not None:
            self._dirty[target] = Draft()
            if self._account:
                self._saving.soon()

    def numbers(self, state: ClientState) -> frozenset[int]:
        """Return the conversations with a draft."""
        known = state.conversations.values() if self._by_target else ()
        return frozenset(self._kept.keys() | {each.id for each in known if each.target in self._by_target})

    def _rename(self, number: int, target: str) -> None:
        """Keep a draft under what its place is called now: whoever takes the name of before is not to find it there."""
        name, draft = self._kept.get(number, (target, Draft()))
        if name == target:
            return
        self._kept[number] = (target, draft)
        self._dirty[target] = self._stamped(draft, self._epoch, number, target)
        if all(other != name for other, _ in self._kept.values()):
            self._dirty[name] = Draft()
        if self._account:
            self._saving.soon()

    def _is_somebody_elses(self, number: int, target: str) -> bool:
        """Return whether what was read under a name is of who was called so before."""
        draft = self._by_target.get(target)
        return draft is not None and draft.number not in (0, number) and draft.epoch == self._epoch

    @staticmethod
    def _stamped(draft: Draft, epoch: str, number: int, target: str) -> Draft:
        """Return a draft that says which store the numbers in it belong to, if it has any."""
        if draft.counts and epoch and target.startswith("@"):
            return replace(draft, epoch=epoch, number=number)
        return replace(draft, epoch=epoch) if draft.edits or draft.replies_to else draft

    async def close(self) -> None:
        """Save what is not saved yet."""
        await self._saving.close()

    def _take(self) -> Callable[[Path], None] | None:
        account, changed, self._dirty = self._account, self._dirty, {}
        self._taken = account, changed
        return (lambda folder: drafts.save(folder, account, changed)) if changed and account else None

    def _put_back(self) -> None:
        account, changed = self._taken
        if account == self._account:
            self._dirty = changed | self._dirty
