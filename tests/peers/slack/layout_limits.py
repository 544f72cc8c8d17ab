"""The limits of blocks and metadata, which Slack enforces.

Source: Slack's reference, "Blocks", "Composition objects" and "Message metadata"; the words are those of its answers.
"""

import re
from collections.abc import Iterator
from typing import Any

MOST_BLOCKS = 50
MOST_FIELDS = 10
MOST_ELEMENTS = 10
SECTION_TEXT = 3000
FIELD_TEXT = 2000
HEADER_TEXT = 150
BLOCK_ID = 255
MESSAGE_TEXT = 40_000
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,255}")
Json = Any


def length(text: str) -> int:
    """The length as browsers count it: a character outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def block_problems(blocks: Json) -> list[str]:
    """Everything that is wrong with a message's blocks, a sentence each."""
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    found = [] if len(blocks) <= MOST_BLOCKS else [f"no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]"]
    for number, block in enumerate(blocks):
        found += _block(block, f"/blocks/{number}")
    return found


def metadata_problem(metadata: Json) -> str | None:
    """Slack's error for this metadata; None if it is valid."""
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    if not _EVENT_TYPE.fullmatch(str(metadata["event_type"])) or not isinstance(metadata["event_payload"], dict):
        return "invalid_metadata_schema"
    return None


def _block(block: Json, at: str) -> Iterator[str]:
    if not isinstance(block, dict):
        yield f"must be an object [json-pointer:{at}]"
        return
    if length(str(block.get("block_id", ""))) > BLOCK_ID:
        yield f"must be less than {BLOCK_ID + 1} characters [json-pointer:{at}/block_id]"
    match block.get("type"):
        case "section":
            yield from _section(block, at)
        case "header":
            yield from _text(block.get("text"), f"{at}/text", HEADER_TEXT, ("plain_text",))
        case "context":
            yield from _items(block.get("elements"), f"{at}/elements", MOST_ELEMENTS, SECTION_TEXT)
        case "divider":
            return
        case other:
            yield f"unsupported type: {other} [json-pointer:{at}/type]"


def _section(block: dict[str, Json], at: str) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield f"missing required field: text or fields [json-pointer:{at}]"
    if "text" in block:
        yield from _text(block["text"], f"{at}/text", SECTION_TEXT)
    if "fields" in block:
        yield from _items(block["fields"], f"{at}/fields", MOST_FIELDS, FIELD_TEXT)


def _items(items: Json, at: str, most: int, longest: int) -> Iterator[str]:
    if not isinstance(items, list) or not items:
        yield f"must be an array with items [json-pointer:{at}]"
        return
    if len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    for number, item in enumerate(items):
        yield from _text(item, f"{at}/{number}", longest)


def _text(found: Json, at: str, longest: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Iterator[str]:
    if not isinstance(found, dict) or found.get("type") not in kinds or not isinstance(found.get("text"), str):
        yield f"must be a text object of {' or '.join(kinds)} [json-pointer:{at}]"
        return
    allowed = {"type", "text", "verbatim"} if found["type"] == "mrkdwn" else {"type", "text", "emoji"}
    for name in sorted(found.keys() - allowed):
        yield f"no additional properties allowed: {name} [json-pointer:{at}]"
    if not found["text"]:
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
    if length(found["text"]) > longest:
        yield f"must be less than {longest + 1} characters [json-pointer:{at}/text]"
