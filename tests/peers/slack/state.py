"""The state of the fake Slack: channels and their messages."""

import re
import threading
from dataclasses import dataclass, field
from typing import Any

_LINK = re.compile(r"<([^>]*)>")


@dataclass(slots=True)
class Posted:
    """A message in a channel; `edits` counts its updates."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    edits: int = 0

    @property
    def texts(self) -> list[str]:
        """Every text in it, as sent: the fallback first."""
        found = [self.text]
        for block in self.blocks:
            parts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
            found += [part["text"] for part in parts if part]
        return found

    @property
    def shown(self) -> str:
        """The text of the blocks and the fallback, as readers see it."""
        plain = _LINK.sub(lambda link: link[1].partition("|")[2] or link[1], "\n".join(self.texts))
        return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def document(self, *, metadata: bool) -> dict[str, Any]:
        """The message in the history; with metadata only on request."""
        shown = {"type": "message", "bot_id": "B0FACTORY", "text": self.text, "ts": self.ts, "blocks": self.blocks}
        return {**shown, "metadata": self.metadata} if metadata and self.metadata else shown


@dataclass(slots=True)
class Channel:
    """A channel; `joined`: whether the app was invited; `private`: only members see it."""

    id: str
    name: str
    joined: bool = True
    archived: bool = False
    messages: list[Posted] = field(default_factory=list)
    posted_at: float = 0.0
    private: bool = False


@dataclass(slots=True)
class Workspace:
    """All channels, by id."""

    channels: dict[str, Channel] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _last_ts: int = 0

    def add(self, channel_id: str, name: str, *, joined: bool = True, archived: bool = False) -> Channel:
        """A new channel."""
        return self.channels.setdefault(channel_id, Channel(channel_id, name, joined, archived))

    def find(self, named: object) -> Channel | None:
        """By id, or by name with or without its '#', as chat.postMessage takes it."""
        text = str(named)
        by_name = (each for each in self.channels.values() if each.name == text.removeprefix("#"))
        return self.channels.get(text) or next(by_name, None)

    def new_ts(self, now: float) -> str:
        """A timestamp that no other message has, later than all before."""
        self._last_ts = max(int(now * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"
