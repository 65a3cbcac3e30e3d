"""From a commit to the queues of everybody concerned. An event is encoded once; nobody is waited for.

Membership (of an account, in the store) is apart from attachment (of a connection, here): a connection gets a
conversation's events while it is attached, and an account is shown online while one of its connections follows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace

from chat_core.base.ids import AccountId
from chat_core.protocol.codec import pack
from chat_core.protocol.events import AccountEvent, AccountRenamed, ConversationEvent, ConversationLeft, Event
from chat_core.protocol.framing import push_frame
from chat_core.protocol.values import Account, Conversation
from chat_core.server.rules.latecomers import for_latecomer
from chat_core.server.rules.permissions import Role
from chat_core.server.sessions.bouncer import Bouncer, Sanctioned
from chat_core.server.sessions.feed import Feed, Veiled
from chat_core.server.sessions.outcomes import Expulsion, Head, Outcome
from chat_core.server.sessions.presence import Presence
from chat_core.server.sessions.session import Session
from chat_core.server.sessions.standing import Standing


class Hub:
    """See the module's head.

    Args:
        presence: told who comes and goes.
        make_feed: makes the live side of a conversation, from its number and its newest event's seq and id.
    """

    def __init__(self, presence: Presence, make_feed: Callable[[int, int, bytes], Feed] = Feed) -> None:
        self.presence = presence
        self.bouncer = Bouncer()
        """Knows who is not let in."""
        self._make_feed = make_feed
        self.sessions: set[Session] = set()
        """Every open connection."""
        self._feeds: dict[int, Feed] = {}
        self._accounts: dict[int, dict[Session, None]] = {}

    def boot(self, heads: Iterable[Head], sanctions: Iterable[Sanctioned] = ()) -> None:
        """Take over where the logs stand and who is banned, before the first connection."""
        self.bouncer.learn(sanctions)
        for head in heads:
            self._feeds[head.conversation] = self._make_feed(head.conversation, head.seq, head.eid)

    def feed(self, conversation: int) -> Feed:
        """Return the live side of a conversation."""
        feed = self._feeds.get(conversation)
        if feed is None:
            feed = self._feeds[conversation] = self._make_feed(conversation, 0, b"")
        return feed

    def online(self, account: int) -> bool:
        """Return whether one of the account's connections follows."""
        return self.presence.online(account)

    def stand(self, account: int, standing: Standing) -> None:
        """Let an account be met as it says from now on; those who share a conversation with it hear of it, gathered."""
        presence = self.presence
        was_hidden = account in presence.standings.hidden
        presence.standings.hidden.discard(account)
        changed = presence.standings.of(account).state != standing.state
        presence.standings.say(account, standing)
        for session, feed in self._followed(account):
            if was_hidden:
                presence.entered(feed, account, session.name)
            elif changed:
                presence.meets(feed, account)

    def hide(self, account: int) -> None:
        """Show an account as not connected from now on."""
        for session, feed in self._followed(account):
            self.presence.exited(feed, account, session.name)
        self.presence.standings.hidden.add(account)

    def _followed(self, account: int) -> Iterator[tuple[Session, Feed]]:
        for session in self.sessions_of(account):
            for conversation in self._heard(session) if session.following else ():
                yield session, self.feed(conversation)

    @staticmethod
    def _heard(session: Session) -> list[int]:
        """Return the conversations whose events a connection gets, or would if it kept up."""
        return [*session.attached, *session.overflowed]

    def seen(self, conversation: Conversation) -> Conversation:
        """Return a conversation with what only the live side knows of it: who is there."""
        partner = conversation.partner
        return replace(
            conversation,
            online=len(self.feed(conversation.id).present),
            state="online" if partner is None else self.presence.standings.of(partner).state,
        )

    def sessions_of(self, account: int) -> list[Session]:
        """Return the connections that act for an account."""
        return list(self._accounts.get(account, ()))

    # --- connections ------------------------------------------------------------------------------------------

    def signed_in(self, session: Session) -> None:
        """Count a connection to its account."""
        if session.account is not None and session in self.sessions:
            self._accounts.setdefault(session.account, {})[session] = None

    def sign_out(self, account: int, devices: Collection[int] | None, text: str) -> None:
        """End connections of an account.

        Args:
            account: whose.
            devices: of these; None: all.
            text: why, for people.
        """
        for session in self.sessions_of(account):
            if devices is None or session.device in devices:
                session.sign_out(text)

    def has_role(self, account: Account) -> None:
        """Let an account's connections act with the role it has from now on."""
        for session in self.sessions_of(account.id):
            session.role = Role(account.role)

    def gone(self, session: Session) -> None:
        """Forget a connection."""
        self.sessions.discard(session)
        for conversation in self._heard(session):
            self.drop(self.feed(conversation), session)
        if session.account is not None:
            mine = self._accounts.get(session.account, {})
            mine.pop(session, None)
            if not mine:
                self._accounts.pop(session.account, None)
            if session.following:
                self.presence.went(session.account)

    def follow(self, session: Session) -> None:
        """Begin a resume: keep account events back, and attach what the account joins from now on."""
        session.held_account_events = []
        if session.account is not None and session in self.sessions and not session.following:
            session.following = True
            self.presence.came(session.account)
            for conversation in self._heard(session):
                self.presence.entered(self.feed(conversation), session.account, session.name)

    def unfollow(self, session: Session, attached: Collection[int]) -> None:
        """End a resume that failed, as if it had not been begun.

        Args:
            session: whose; it followed nothing before.
            attached: the conversations it was attached to before.
        """
        session.held_account_events = None
        for conversation in list(session.attached):
            if conversation in attached:
                self.feed(conversation).release(session, 0)
            else:
                self.drop(self.feed(conversation), session)
        if session.following and session.account is not None and session in self.sessions:
            session.following = False
            for conversation in self._heard(session):
                self.presence.exited(self.feed(conversation), session.account, session.name)
            self.presence.went(session.account)

    def attach(self, session: Session, conversation: int) -> Feed:
        """Begin to keep a conversation's events for a connection, until `Feed.release`."""
        feed = self.feed(conversation)
        if session not in self.sessions:
            return feed  # it went while its call was under way
        again = conversation in session.attached or conversation in session.overflowed
        if conversation in session.overflowed:
            self.presence.missed(feed)
        feed.attach(session)
        session.overflowed.discard(conversation)
        session.lagging.pop(conversation, None)
        if session.following and session.account is not None and not again:
            self.presence.entered(feed, session.account, session.name)
        return feed

    def resumed(self, session: Session, account_floor: int, floors: dict[int, int]) -> None:
        """End a resume whose answer is queued: let everything behind it go.

        Args:
            session: whose.
            account_floor: the answer reached this far in the account's log.
            floors: and this far in each conversation.
        """
        session.account_floor = account_floor
        held, session.held_account_events = session.held_account_events or [], None
        for seq, frame in held:
            if seq > account_floor:
                session.insist(frame)
        for conversation in list(session.attached):
            feed = self.feed(conversation)
            feed.release(session, floors.get(conversation, 0))

    # --- events -----------------------------------------------------------------------------------------------

    def committed(self, outcomes: Sequence[Outcome]) -> None:
        """Hand out what a commit did, in order; runs of events are joined per conversation."""
        frames: dict[int, list[tuple[int, bytes]]] = {}
        eids: dict[int, bytes] = {}
        for outcome in outcomes:
            if outcome.account_events or outcome.memberships or outcome.renamed is not None:
                self._publish(frames, eids)
                self._membership(outcome)
            for event in outcome.events:
                frames.setdefault(event.conversation, []).append((event.seq, encode(event)))
                eids[event.conversation] = event.eid
            if outcome.latecomers:
                self._publish(frames, eids, outcome)
        self._publish(frames, eids)
        for outcome in outcomes:
            self.bouncer.learn(outcome.sanctions)
            for expulsion in outcome.expelled:
                self._expel(expulsion)

    def account_push(self, account: AccountId, event: AccountEvent) -> None:
        """Hand an event of an account's log to its connections: those that follow, and those whose pushes it ends."""
        frame = encode(event)
        for session in list(self._accounts.get(account, ())):
            if not session.following:
                if isinstance(event, ConversationLeft) and event.conversation in session.attached:
                    session.insist(frame)
                continue
            if event.seq <= session.account_floor:
                continue
            if session.held_account_events is not None:
                session.held_account_events.append((event.seq, frame))
            else:
                session.insist(frame)

    def _publish(
        self, frames: dict[int, list[tuple[int, bytes]]], eids: dict[int, bytes], veiling: Outcome | None = None
    ) -> None:
        """Hand out what was gathered; the last event of `veiling` without its text to who came too late for it."""
        last = None if veiling is None else veiling.events[-1]
        for conversation, new in frames.items():
            veiled = None
            if veiling is not None and last is not None and last.conversation == conversation:
                veiled = Veiled(veiling.latecomers, encode(for_latecomer(last, last.seq)))
            self.feed(conversation).publish(new, eids[conversation], veiled)
        frames.clear()

    def _membership(self, outcome: Outcome) -> None:
        for account, event in outcome.account_events:
            self.account_push(account, event)
        for change in outcome.memberships:
            feed = self.feed(change.conversation)
            for session in list(self._accounts.get(change.account, ())):
                if not change.joined:
                    session.left.add(change.conversation)
                    self.drop(feed, session)
                    continue
                session.left.discard(change.conversation)
                if session.following:
                    self._follow_new(feed, session)
            self.presence.member(feed, change.name, change.members, joined=change.joined, told=change.told)
        if outcome.renamed is not None:
            self._renamed(
                AccountRenamed(account=outcome.renamed.id, name=outcome.renamed.name, display=outcome.renamed.display)
            )

    def _expel(self, expulsion: Expulsion) -> None:
        """End connections; whatever else was decided about their accounts is queued by now."""
        concerned = [] if expulsion.account is None else self.sessions_of(expulsion.account)
        if expulsion.address is not None:
            concerned += [session for session in self.sessions if session.address == expulsion.address]
        for session in concerned:
            session.close(expulsion.code, expulsion.text)

    def _follow_new(self, feed: Feed, session: Session) -> None:
        if feed.conversation in session.attached:
            return
        self.attach(session, feed.conversation)
        if session.held_account_events is None:
            feed.release(session, feed.known)

    def drop(self, feed: Feed, session: Session) -> None:
        """End what `attach` began."""
        was = feed.conversation in session.attached or feed.conversation in session.overflowed
        feed.detach(session)
        session.overflowed.discard(feed.conversation)
        session.lagging.pop(feed.conversation, None)
        if was and session.following and session.account is not None:
            self.presence.exited(feed, session.account, session.name)

    def _renamed(self, event: AccountRenamed) -> None:
        mine = self._accounts.get(event.account, {})
        concerned: dict[Session, None] = dict(mine)
        for session in mine:
            session.name, session.display = event.name, event.display
            for conversation in session.attached:
                concerned |= self.feed(conversation).attached
        frame = encode(event)
        for session in concerned:
            session.signal(frame)


def encode(event: Event | ConversationEvent) -> bytes:
    """Return the finished frame of a push; made once for all readers."""
    return push_frame(pack(event))
