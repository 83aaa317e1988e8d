"""Records runs of agents, workflows and pipelines for Tacho. One file, standard library only, Python 3.8 and later.

    import tacho

    with tacho.RunTrace(task="Compare three vector databases") as run:
        with run.span("planning"):
            answer = client.chat.completions.create(model="gpt-5", messages=messages)
            run.log_usage(answer)
        with run.span("research", kind="agent") as agent:
            agent.event("fetched", bytes=len(page))

It writes what Tacho follows while the run goes on:

    <dir>/<run_id>/telemetry.jsonl   the stream: one JSON record a line
    <dir>/latest                     link to the newest run's folder

`<dir>` is the argument `dir`, else TACHO_DIR, else ./logs; a run is named `20260410_143201_context-engineering`, as the
TypeScript recorder names its own. What that recorder makes of a finished run beside the stream is left to `tacho`, which
makes it from the stream by the same rules: `tacho export RUN --format run-summary | chrome-trace | runs-jsonl`. This module
opens no sockets: it sends nothing to a server (TACHO_URL), the server reads the files.

What it promises:

* A record has left the process when the call that made it returns: one write of one whole line, to a file opened for
  appending. There is no buffer, so SIGKILL, `os._exit`, a fork or a signal can take nothing along, no signal handler is
  needed and no thread runs. Threads and processes may write to one run at the same time.
* No method raises because of what it is given, or because the disk is full. Only `log_llm_usage` refuses figures that
  cannot be, with a ValueError.
* Memory is bounded: nothing is kept of what was written.
* Secrets are taken out (`redact`), values that JSON cannot carry are named, texts without end are cut.

Environment: TACHO_DIR; TACHO_DISABLED=1 switches recording off; TACHO_RUN_ID, TACHO_RUN_DIR and TACHO_SPAN_ID name the run, its
folder and the span that a process belongs to (`environment()` makes them, and `tacho exec` and `tacho pipeline` set them);
HARNESS_TAC_HOURS, HARNESS_HOURLY_RATE, HARNESS_ENERGY_COST_PER_RUN, HARNESS_INFERENCE_COST_PER_RUN; INSTRUMENT_SINK,
INSTRUMENT_STAGE, RUN_ID for `log_llm_usage`.
"""

from __future__ import annotations

import atexit
import collections
import collections.abc
import contextvars
import dataclasses
import datetime
import enum
import functools
import inspect
import itertools
import json
import math
import numbers
import os
import platform
import re
import sys
import threading
import time
import traceback
import unicodedata
import weakref
from typing import Any, Callable, Deque, Dict, Iterable, List, Mapping, NamedTuple, Optional, Pattern, Tuple, Union

__all__ = [
    "NO_SPAN",
    "Redact",
    "RunTrace",
    "Span",
    "bind",
    "current_run",
    "current_span",
    "decision",
    "environment",
    "event",
    "log_llm_usage",
    "log_usage",
    "name_lane",
    "score",
    "span",
    "stage",
    "traced",
    "usage_of_response",
]
__version__ = "0.1.0"

Json = Any
Fields = Dict[str, Any]
# typing's own Mapping takes five times as long to ask.
_MAPPING = collections.abc.Mapping


# ---------------------------------------------------------------------------------------------------------- the clock

# A wall clock that is further off than this was set, or the machine slept.
_MAX_DRIFT_NS = 1_000_000_000
_origin_ns = time.time_ns() - time.perf_counter_ns()


def _clock_us() -> int:
    """Now, in integer microseconds since the epoch: steady, and following the wall clock over a sleep of the machine."""
    global _origin_ns
    now = _origin_ns + time.perf_counter_ns()
    wall = time.time_ns()
    if abs(wall - now) > _MAX_DRIFT_NS:
        _origin_ns += wall - now
        now = wall
    return now // 1000


def _tell(sentence: str) -> None:
    """One sentence to the person who runs the program."""
    try:
        sys.stderr.write("tacho: " + sentence + "\n")
    except Exception:
        pass  # Nobody listens.


# -------------------------------------------------------------------------------------------------------- plain values

_MAX_DEPTH = 180  # Readers refuse more than 200 levels.
_MAX_SIZE = 4 << 20  # Longest value in characters; a longer one has its texts cut.
_MAX_TEXT = 100_000
_MAX_ITEMS = 10_000
_MAX_VALUES = 200_000  # An object graph that shares its parts unfolds into a tree without end.
_MAX_INT = (1 << 53) - 1  # Readers keep numbers as doubles: a longer integer would come back as another one.
_INF = float("inf")


class _TooLong(Exception):
    pass


class _Budget:
    __slots__ = ("above", "cutting", "room", "values")

    def __init__(self, cutting: bool) -> None:
        self.cutting = cutting
        self.room = _MAX_SIZE
        self.values = _MAX_VALUES
        self.above: set[int] = set()

    def take(self, size: int) -> None:
        self.room -= size
        if self.room < 0 and not self.cutting:
            raise _TooLong


def plain_value(value: Any) -> Json:
    """Whatever a program hands over, as something JSON can carry. Never raises.

    Figures that are no numbers become null, integers beyond 2**53 and values of unknown types become text, cycles and what
    is too deep, too long or unreadable is named in square brackets.
    """
    try:
        return _plain(value, 0, _Budget(False))
    except _TooLong:
        pass
    except Exception as problem:
        return _unreadable(problem)
    try:
        budget = _Budget(True)
        plain = _plain(value, 0, budget)
        return plain if budget.room >= 0 else "[%d characters: too long for one record]" % (_MAX_SIZE - budget.room)
    except Exception as problem:
        return _unreadable(problem)


def _plain(value: Any, depth: int, budget: _Budget) -> Json:
    kind = type(value)
    if kind is str:
        if budget.cutting:
            value = _cut(value)
        budget.take(len(value) + 3)
        return value
    if value is None or kind is bool:
        budget.take(5)
        return value
    if kind is int:
        budget.take(8)
        return value if -_MAX_INT <= value <= _MAX_INT else _long_integer(value)
    if kind is float:
        budget.take(8)
        return value if value == value and -_INF < value < _INF else None
    budget.values -= 1
    if budget.values < 0:
        return "[too much]"
    if depth >= _MAX_DEPTH:
        return "[too deep]"
    identity = id(value)
    if identity in budget.above:
        return "[circular]"
    budget.above.add(identity)
    try:
        if kind is dict:
            return _entries(list(value.items()), depth, budget)
        if kind is list or kind is tuple:
            return _items(value, depth, budget)
        return _plain_object(value, depth, budget)
    except _TooLong:
        raise
    except Exception as problem:
        return _unreadable(problem)
    finally:
        budget.above.discard(identity)


def _items(values: Any, depth: int, budget: _Budget) -> Json:
    kept: List[Json] = []
    if budget.cutting and len(values) > _MAX_ITEMS:
        for value in values[:_MAX_ITEMS]:
            kept.append(_plain(value, depth + 1, budget))
        kept.append("[%d more]" % (len(values) - _MAX_ITEMS))
        return kept
    for value in values:
        kept.append(_plain(value, depth + 1, budget))
    return kept


def _entries(pairs: List[Tuple[Any, Any]], depth: int, budget: _Budget) -> Json:
    kept: Fields = {}
    for key, value in pairs[:_MAX_ITEMS] if budget.cutting else pairs:
        name = key if type(key) is str else _key_text(key)
        budget.take(len(name) + 4)
        kept[name] = _plain(value, depth + 1, budget)
    return kept


def _plain_object(value: Any, depth: int, budget: _Budget) -> Json:
    """The types that are not JSON's own, the likelier first."""
    if isinstance(value, enum.Enum):
        return _plain(value.value, depth + 1, budget)
    if isinstance(value, str):
        return _plain(str.__str__(value), depth, budget)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "[%d bytes]" % (value.nbytes if isinstance(value, memoryview) else len(value))
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, BaseException):
        return {name: _plain(text, depth + 1, budget) for name, text in error_fields(value).items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value)]
        return _entries([(name, getattr(value, name)) for name in fields if hasattr(value, name)], depth, budget)
    names = getattr(type(value), "_fields", None) if isinstance(value, tuple) else None
    if names is not None:
        return _entries(list(zip(names, value)), depth, budget)
    if isinstance(value, _MAPPING):
        return _entries(list(value.items()), depth, budget)
    if isinstance(value, (list, tuple, set, frozenset, collections.deque)):
        return _items(list(value), depth, budget)
    if callable(getattr(type(value), "model_dump", None)):  # What the SDKs of OpenAI and Anthropic answer with.
        return _plain(_dump(value), depth + 1, budget)
    if isinstance(value, numbers.Integral):
        return _plain(int(value), depth, budget)
    if isinstance(value, numbers.Real):
        return _plain(float(value), depth, budget)
    return _plain(_cut(str(value) if isinstance(value, (numbers.Number, os.PathLike)) else repr(value)), depth, budget)


def _dump(model: Any) -> Any:
    try:
        return model.model_dump(mode="json", warnings=False)
    except TypeError:
        return model.model_dump()


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else "%s[%d more characters]" % (text[:_MAX_TEXT], len(text) - _MAX_TEXT)


def _long_integer(value: int) -> str:
    try:
        return _cut(str(value))
    except ValueError:  # Python refuses to print what has thousands of digits.
        return "[integer of %d bits]" % value.bit_length()


def _key_text(key: Any) -> str:
    try:
        return str.__str__(key) if isinstance(key, str) else _cut(str(key))
    except Exception:
        return "[key]"


def _unreadable(problem: BaseException) -> str:
    return "[unreadable: %s]" % _message_of(problem)


def _message_of(problem: BaseException) -> str:
    try:
        return str(problem)[:200] or type(problem).__name__
    except Exception:
        return type(problem).__name__


def _text(value: Any) -> str:
    """A name as text; takes anything."""
    return _cut(value if type(value) is str else _key_text(value))


# ----------------------------------------------------------------------------------------------------------- redaction


class Redact(NamedTuple):
    """Additions to the rules by which secrets are taken out."""

    #: Names of fields whose values go, beside the built-in ones. Matched whole, without regard to case, `_`, `-` and space.
    keys: Tuple[str, ...] = ()
    #: Texts that go wherever they stand: compiled patterns, or their sources.
    patterns: Tuple[Union[str, Pattern[str]], ...] = ()
    #: What stands in their place.
    replace: str = "[redacted]"


# Keys as their makers shape them: the rules of packages/trace/src/model/redact.ts.
_KEY_SHAPES = [
    re.compile(source, re.ASCII)
    for source in (
        r"\bsk-(?:ant-|proj-|svcacct-|admin-|or-v1-|lf-)?[A-Za-z0-9_-]{20,}",
        r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        r"\bgh[pousr]_[A-Za-z0-9]{20,}",
        r"\bgithub_pat_[A-Za-z0-9_]{20,}",
        r"\bglpat-[A-Za-z0-9_-]{20,}",
        r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
        r"\bAIza[A-Za-z0-9_-]{35}",
        r"\bhf_[A-Za-z0-9]{30,}",
        r"\bnpm_[A-Za-z0-9]{36}\b",
        r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
        r"\b[Bb]earer [A-Za-z0-9._~+/-]{12,}=*",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    )
]
_SECRET_NAMES = frozenset(
    "apikey xapikey authorization proxyauthorization password passwd passphrase secret clientsecret secretkey "
    "secretaccesskey awssecretaccesskey token accesstoken refreshtoken idtoken authtoken bearertoken sessiontoken apitoken "
    "privatekey cookie setcookie".split()
)
_SECRET_ENDINGS = ("apikey", "password", "secret", "secretkey", "accesstoken", "authtoken", "privatekey")
_ENV_TOKEN = re.compile(r"[A-Z0-9]+(?:_[A-Z0-9]+)*_TOKEN", re.ASCII)
_QUOTED_FIELD = re.compile(r"""(["'])([\w -]{3,40})\1(\s*[:=]\s*)(["'])((?:\\.|(?!\4)[^\\\n])+)\4""", re.ASCII)
# One look at a line: is there anything that the rules could apply to? Searching for words is ten times as fast as a pattern.
_HINTS = ("AKIA", "ASIA", "AIza", "eyJ")
_LOWER_HINTS = (
    *("sk-", "k_live_", "k_test_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "hf_", "npm_"),
    *("bearer ", "private key", 'key"', 'key\\"', "key'", 'token"', 'token\\"', "token'"),
    *("authorization", "passw", "passp", "secret", "cookie"),
)


class _Redactor:
    def __init__(self, more: Redact) -> None:
        self._names = _SECRET_NAMES | {_plain_name(str(key)) for key in more.keys}
        self._patterns = _KEY_SHAPES + [re.compile(pattern) for pattern in more.patterns]
        self._replace = more.replace
        self._extended = bool(more.keys or more.patterns)

    def may_hold(self, line: str) -> bool:
        if self._extended:
            return True
        for hint in _HINTS:
            if hint in line:
                return True
        line = line.lower()
        for hint in _LOWER_HINTS:
            if hint in line:
                return True
        return False

    def value(self, given: Json) -> Json:
        """A copy without secrets. Takes plain values only, whose depth is bounded."""
        if isinstance(given, str):
            return self._clean(given)
        if isinstance(given, list):
            return [self.value(item) for item in given]
        if isinstance(given, dict):
            return {name: self._field(name, field) for name, field in given.items()}
        return given

    def _field(self, name: str, field: Json) -> Json:
        # A flag or an empty field named `token` hides nothing; an object under such a name may hold anything.
        if field is None or field == "" or isinstance(field, bool) or not self._is_secret(name):
            return self.value(field)
        return self._replace

    def _is_secret(self, name: str) -> bool:
        plain = _plain_name(name)
        return plain in self._names or plain.endswith(_SECRET_ENDINGS) or _ENV_TOKEN.fullmatch(name) is not None

    def _clean(self, text: str) -> str:
        for pattern in self._patterns:
            text = pattern.sub(lambda _: self._replace, text)
        return _QUOTED_FIELD.sub(self._quoted, text)

    def _quoted(self, found: re.Match[str]) -> str:
        quote, name, between, opening, _ = found.groups()
        if not self._is_secret(name):
            return found.group()
        return quote + name + quote + between + opening + self._replace + opening


def _redactor_of(redact: Union[bool, Redact]) -> Optional[_Redactor]:
    return _Redactor(redact if isinstance(redact, Redact) else Redact()) if redact else None


def _plain_name(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")


# -------------------------------------------------------------------------------------------------- tokens of an answer


def _get(source: Any, *names: str) -> Any:
    """The first of the fields that is there: a key of a mapping, or an attribute. Answers of SDKs are either."""
    if source is None:
        return None
    if type(source) is dict:
        for name in names:
            found = source.get(name)
            if found is not None:
                return found
        return None
    for name in names:
        try:
            found = source.get(name) if isinstance(source, _MAPPING) else getattr(source, name, None)
        except Exception:
            found = None
        if found is not None:
            return found
    return None


def _as_count(value: Any) -> Optional[int]:
    """A count: not negative, rounded, and small enough to be exact; None when it is none of these."""
    if type(value) is int:
        return value if 0 <= value <= _MAX_INT else None
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, numbers.Integral):
        number = int(value)
    elif isinstance(value, numbers.Real) and math.isfinite(value):
        number = math.floor(float(value) + 0.5)
    else:
        return None
    return number if 0 <= number <= _MAX_INT else None


def _count(source: Any, *names: str) -> int:
    return _as_count(_get(source, *names)) or 0


_BUCKETS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
    "other_tokens",
)
Usage = Dict[str, int]


def _buckets(
    of: Any,
    input: int = 0,
    cache_read: int = 0,
    cache_write: int = 0,
    cache_write_1h: int = 0,
    output: int = 0,
    reasoning: int = 0,
    other: int = 0,
) -> Usage:
    usage = dict(zip(_BUCKETS, (input, cache_read, cache_write, cache_write_1h, output, reasoning, other)))
    usage["requests"] = 1 if _get(of, "requests") is None else _count(of, "requests")
    return usage


def _subset(of: Any, input: int, output: int, cache_read: int = 0, cache_write: int = 0, reasoning: int = 0) -> Usage:
    """Cache inside the input and reasoning inside the output: OpenAI and all who follow it."""
    uncached = input - cache_read - cache_write
    plain = output - reasoning
    # A part that is larger than its whole was never inside it: the source reported it apart.
    return _buckets(
        of,
        uncached if uncached >= 0 else input,
        cache_read,
        cache_write,
        0,
        plain if plain >= 0 else output,
        reasoning,
    )


def _read_gemini(of: Any) -> Usage:
    cached = _count(of, "cachedContentTokenCount", "cached_content_token_count")
    prompt = _count(of, "promptTokenCount", "prompt_token_count")
    # Thoughts are outside the candidates; what tools put into the prompt is outside the prompt.
    return _buckets(
        of,
        max(0, prompt - cached) + _count(of, "toolUsePromptTokenCount", "tool_use_prompt_token_count"),
        cached,
        output=_count(of, "candidatesTokenCount", "candidates_token_count"),
        reasoning=_count(of, "thoughtsTokenCount", "thoughts_token_count"),
    )


def _read_openai_chat(of: Any) -> Usage:
    prompt, completion = _get(of, "prompt_tokens_details"), _get(of, "completion_tokens_details")
    reasoning = _count(completion, "reasoning_tokens")
    input, output = _count(of, "prompt_tokens"), _count(of, "completion_tokens")
    # xAI leaves reasoning out of the completion; only its total tells.
    if reasoning > 0 and _as_count(_get(of, "total_tokens")) == input + output + reasoning:
        output += reasoning
    cached = _get(prompt, "cached_tokens")
    read = _count(of, "prompt_cache_hit_tokens") if cached is None else _as_count(cached) or 0
    return _subset(of, input, output, read, _count(prompt, "cache_write_tokens"), reasoning)


def _read_openai_responses(of: Any) -> Usage:
    inside, outside = _get(of, "input_tokens_details"), _get(of, "output_tokens_details")
    return _subset(
        of,
        _count(of, "input_tokens"),
        _count(of, "output_tokens"),
        _count(inside, "cached_tokens"),
        _count(inside, "cache_write_tokens"),
        _count(outside, "reasoning_tokens"),
    )


def _read_anthropic(of: Any) -> Usage:
    creation = _get(of, "cache_creation")
    hour = _count(creation, "ephemeral_1h_input_tokens")
    five_minutes = _as_count(_get(creation, "ephemeral_5m_input_tokens"))
    if five_minutes is None:
        five_minutes = max(0, _count(of, "cache_creation_input_tokens") - hour)
    read = _count(of, "cache_read_input_tokens")
    return _buckets(of, _count(of, "input_tokens"), read, five_minutes, hour, _count(of, "output_tokens"))


def _read_langchain(of: Any) -> Usage:
    inside, outside = _get(of, "input_token_details"), _get(of, "output_token_details")
    return _subset(
        of,
        _count(of, "input_tokens"),
        _count(of, "output_tokens"),
        _count(inside, "cache_read"),
        _count(inside, "cache_creation"),
        _count(outside, "reasoning"),
    )


def _read_bedrock(of: Any) -> Usage:
    return _buckets(
        of,
        _count(of, "inputTokens"),
        _count(of, "cacheReadInputTokens"),
        _count(of, "cacheWriteInputTokens"),
        output=_count(of, "outputTokens"),
    )


def _read_ai_sdk_6(of: Any) -> Usage:
    inside, outside = _get(of, "inputTokenDetails"), _get(of, "outputTokenDetails")
    read, reasoning = _get(inside, "cacheReadTokens"), _get(outside, "reasoningTokens")
    return _subset(
        of,
        _count(of, "inputTokens"),
        _count(of, "outputTokens"),
        _count(of, "cachedInputTokens") if read is None else _as_count(read) or 0,
        _count(inside, "cacheWriteTokens"),
        _count(of, "reasoningTokens") if reasoning is None else _as_count(reasoning) or 0,
    )


def _read_ai_sdk(of: Any) -> Usage:
    return _subset(
        of,
        _count(of, "inputTokens", "promptTokens"),
        _count(of, "outputTokens", "completionTokens"),
        _count(of, "cachedInputTokens"),
        0,
        _count(of, "reasoningTokens"),
    )


def _read_plain(of: Any) -> Usage:
    """Numbers by hand, in our own disjoint buckets."""
    return _buckets(
        of,
        _count(of, "inputTokens", "input_tokens", "input"),
        _count(of, "cacheReadTokens", "cache_read_tokens", "cacheRead", "cache_read"),
        _count(of, "cacheWriteTokens", "cache_write_tokens", "cacheWrite", "cache_write"),
        _count(of, "cacheWrite1hTokens", "cache_write_1h_tokens", "cache_write_1h"),
        _count(of, "outputTokens", "output_tokens", "output"),
        _count(of, "reasoningTokens", "reasoning_tokens", "reasoning"),
        _count(of, "otherTokens", "other_tokens"),
    )


class _Shape(NamedTuple):
    """One way in which usage is reported. `telling`: fields of which one is enough to know it, counts or (`nests`) objects."""

    name: str
    read: Callable[[Any], Usage]
    telling: Tuple[str, ...] = ()
    nests: Tuple[str, ...] = ()
    #: Fields of the source's own total of all tokens.
    total: Tuple[str, ...] = ()
    provider: Optional[str] = None


# When an object has fields of several shapes, the first in the table wins. The rules of packages/trace/src/recorder/usage/.
_SHAPES = (
    _Shape(
        "gemini",
        _read_gemini,
        ("promptTokenCount", "candidatesTokenCount", "prompt_token_count", "candidates_token_count"),
        total=("totalTokenCount", "total_token_count"),
        provider="google",
    ),
    _Shape(
        "ollama",
        lambda of: _buckets(of, _count(of, "prompt_eval_count"), output=_count(of, "eval_count")),
        ("prompt_eval_count", "eval_count"),
        provider="ollama",
    ),
    _Shape("openai-chat", _read_openai_chat, ("prompt_tokens", "completion_tokens"), total=("total_tokens",)),
    _Shape(
        "openai-responses",
        _read_openai_responses,
        nests=("input_tokens_details", "output_tokens_details"),
        total=("total_tokens",),
    ),
    _Shape(
        "anthropic",
        _read_anthropic,
        ("cache_creation_input_tokens", "cache_read_input_tokens"),
        ("cache_creation",),
        provider="anthropic",
    ),
    _Shape(
        "langchain",
        _read_langchain,
        nests=("input_token_details", "output_token_details"),
        total=("total_tokens",),
    ),
    _Shape("bedrock-converse", _read_bedrock, ("cacheReadInputTokens", "cacheWriteInputTokens"), total=("totalTokens",)),
    _Shape("ai-sdk-6", _read_ai_sdk_6, nests=("inputTokenDetails", "outputTokenDetails"), total=("totalTokens",)),
    _Shape(
        "ai-sdk-4-5",
        _read_ai_sdk,
        ("totalTokens", "cachedInputTokens", "promptTokens", "completionTokens"),
        total=("totalTokens",),
    ),
    _Shape(
        "plain",
        _read_plain,
        (
            *("inputTokens", "outputTokens", "input_tokens", "output_tokens", "input", "output"),
            *("cacheReadTokens", "cache_read_tokens", "cache_read", "reasoningTokens", "reasoning_tokens"),
        ),
    ),
    _Shape("total-only", lambda of: _buckets(of, other=_count(of, "total_tokens", "tokens")), ("total_tokens", "tokens")),
)
# Field -> (place in the table, whether it nests).
_TELLS: Dict[str, Tuple[int, bool]] = {}
for _rank, _shape in enumerate(_SHAPES):
    _TELLS.update({_field: (_rank, False) for _field in _shape.telling})
    _TELLS.update({_field: (_rank, True) for _field in _shape.nests})
_SCALARS = (str, bytes, numbers.Number, type(None))


def _field_names(source: Any) -> Iterable[Any]:
    """Names that an answer's object surely has; asking a pydantic model for those that it lacks costs a microsecond each."""
    if isinstance(source, _MAPPING):
        return list(source)
    try:
        extra = getattr(source, "__pydantic_extra__", None)
        return [*vars(source), *(extra if isinstance(extra, dict) else ())]
    except Exception:
        return ()


def _shape_of(source: Any) -> Optional[_Shape]:
    return _told_by(source, _field_names(source)) or (
        None if isinstance(source, _MAPPING) else _told_by(source, _TELLS)  # Slots, properties, protocol buffers.
    )


def _told_by(source: Any, names: Iterable[Any]) -> Optional[_Shape]:
    best = len(_SHAPES)
    for name in names:
        tell = _TELLS.get(name) if isinstance(name, str) else None
        if tell is None or tell[0] >= best:
            continue
        value = _get(source, name)
        tells = not isinstance(value, _SCALARS) and not callable(value) if tell[1] else _as_count(value) is not None
        if tells:
            best = tell[0]
    return _SHAPES[best] if best < len(_SHAPES) else None


class ResponseUsage(NamedTuple):
    """What a model's answer says about its own making."""

    #: Tokens in buckets that do not overlap, and `requests`.
    usage: Usage
    #: An answer, or its usage object: logged twice, it counts once. False for numbers put together by hand.
    is_answer: bool
    model: Optional[str] = None
    provider: Optional[str] = None
    #: The provider's id of the answer: the same answer counts once.
    response_id: Optional[str] = None
    #: How long the provider says the call took, in milliseconds.
    request_ms: Optional[float] = None
    #: The source's own total, when it is not the sum of the parts.
    deviating_total: Optional[int] = None
    service_tier: Optional[str] = None


def usage_of_response(response: Any) -> Optional[ResponseUsage]:
    """Reads tokens from an answer of OpenAI (chat, responses), Anthropic, Gemini, Ollama, Bedrock or LangChain, as an object or a
    dict, from its usage object alone, from numbers in our own buckets, or from one number. None when nothing in it counts tokens.

    Cached input is taken out of the input and reasoning out of the output where the source counts them inside (OpenAI and
    those who follow it); Anthropic and Bedrock count caches beside the input, Gemini thoughts beside the candidates.
    """
    try:
        if isinstance(response, (str, bytes, bool)) or response is None:
            return None
        if isinstance(response, numbers.Number):
            total = _as_count(response)
            return None if total is None else ResponseUsage(_buckets(None, other=total), False)
        # Places by worth: the whole of an answer in several steps comes before its last step.
        inner = _get(_get(response, "response"), "usage")
        for source in (
            _get(response, "totalUsage"),
            _get(response, "usage"),
            _get(response, "usageMetadata", "usage_metadata"),
            _get(_get(response, "message"), "usage") if inner is None else inner,
            response,
        ):
            if isinstance(source, _SCALARS):
                continue
            shape = _shape_of(source)
            if shape is not None:
                return _describe(response, source, shape)
        return None
    except Exception:
        return None


def _describe(answer: Any, source: Any, shape: _Shape) -> ResponseUsage:
    usage = shape.read(source)
    reported = _as_count(_get(source, *shape.total)) if shape.total else None
    is_answer = source is not answer or shape.name not in ("plain", "total-only")
    around, message, metadata = _get(answer, "response"), _get(answer, "message"), _get(answer, "response_metadata")
    nanoseconds = _get(answer, "total_duration") if shape.name == "ollama" else None
    named = isinstance(nanoseconds, numbers.Real) and not isinstance(nanoseconds, bool) and math.isfinite(nanoseconds)
    return ResponseUsage(
        usage,
        is_answer,
        _said(answer, "model", "modelVersion", "model_version", "modelId")
        or _said(around, "modelId")
        or _said(message, "model")
        or _said(metadata, "model_name", "model"),
        "anthropic" if _get(answer, "type") == "message" else shape.provider,
        _said(answer, "id", "responseId", "response_id") or _said(around, "id") or _said(message, "id")
        if is_answer
        else None,
        nanoseconds / 1e6 if named else None,
        reported if reported is not None and reported != sum(usage[bucket] for bucket in _BUCKETS) else None,
        _said(source, "service_tier") or _said(answer, "service_tier"),
    )


def _said(source: Any, *names: str) -> Optional[str]:
    for name in names:
        found = _get(source, name)
        if isinstance(found, str) and found:
            return found
    return None


def _usage_json(usage: Usage) -> Usage:
    """Usage without empty buckets; input stays, so that a call of no tokens is seen as a call."""
    return {name: count for name, count in usage.items() if count > 0 or name in ("input_tokens", "requests")}


class _SeenResponses:
    """Recognises an answer that was logged before: by its object, and by the id its provider gave it."""

    _MAX_IDS = 50_000
    _MAX_HELD = 16

    def __init__(self) -> None:
        self._objects: Dict[int, weakref.ref[Any]] = {}
        # Dicts cannot be referred to weakly: the last few are held.
        self._held: Deque[Any] = collections.deque(maxlen=self._MAX_HELD)
        self._ids: Dict[str, None] = {}

    def is_new(self, answer: Any, response_id: Optional[str]) -> bool:
        if not self._is_new_object(answer):
            return False
        if response_id is None:
            return True
        if response_id in self._ids:
            return False
        self._ids[response_id] = None
        if len(self._ids) > self._MAX_IDS:
            del self._ids[next(iter(self._ids))]
        return True

    def _is_new_object(self, answer: Any) -> bool:
        key = id(answer)
        known = self._objects.get(key)
        if known is not None and known() is answer:
            return False
        try:
            objects = self._objects
            objects[key] = weakref.ref(answer, lambda gone: objects.pop(key) if objects.get(key) is gone else None)
        except TypeError:
            if any(held is answer for held in self._held):
                return False
            self._held.append(answer)
        return True


# -------------------------------------------------------------------------------------------------------------- errors


def error_fields(error: Any) -> Dict[str, str]:
    """Whatever was raised, as type, message and stack with its causes. Never raises."""
    if not isinstance(error, BaseException):
        return {"message": error if isinstance(error, str) else _text(_encode(plain_value(error)))}
    fields = {"type": type(error).__name__}
    try:
        fields["message"] = _cut(str(error))
    except Exception:
        fields["message"] = "an error that cannot be read"
    try:
        fields["stack"] = _cut("".join(traceback.format_exception(type(error), error, error.__traceback__)).rstrip("\n"))
    except Exception:
        pass  # A message that cannot be printed, source files that went away.
    return fields


def _is_cancelled(error: Any) -> bool:
    """True for work that was called off: it did not fail."""
    if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
        return True
    return any(parent.__name__ == "CancelledError" for parent in type(error).__mro__)


def _exit_code(error: Any) -> Optional[int]:
    """The exit code of `sys.exit`; None for any other error."""
    if not isinstance(error, SystemExit):
        return None
    return 0 if error.code is None else error.code if isinstance(error.code, int) else 1


# -------------------------------------------------------------------------------------------------- the run's own folder

_BINARY = getattr(os, "O_BINARY", 0)
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def _bytes_of(line: str) -> bytes:
    try:
        return line.encode("utf-8")
    except UnicodeEncodeError:  # Half of a surrogate pair: JSON has an escape for it, and it stands inside a text.
        return line.encode("utf-8", "backslashreplace")


class _Stream:
    """telemetry.jsonl: every record is appended by one write of one whole line, before the call that made it returns.

    On trouble it keeps lines in memory, drops the oldest beyond a limit, says so once, and recovers when it is written to
    again.
    """

    _MAX_WAITING = 8_000_000  # Bytes kept while the disk is full or read-only: some 30 000 records.
    _RETRY_S = 0.5

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.path = os.path.join(folder, "telemetry.jsonl")
        # Re-entrant: a signal handler that records may interrupt a record.
        self.lock = threading.RLock()
        #: The line that names the run: it comes first again if somebody removes the file.
        self.first_line: Optional[bytes] = None
        self.closed = False
        self._file: Optional[int] = None
        self._identity: Tuple[int, int] = (0, 0)
        self._torn = False
        self._told = False
        self._reset_backlog()

    def _reset_backlog(self) -> None:
        self._waiting: Deque[bytes] = collections.deque()
        self._waiting_bytes = 0
        self._dropped = 0
        self._next_try = 0.0
        self._retrying = False

    def after_fork(self) -> None:
        """In the child: what waits is the parent's to write, and a lock that another thread held would never open."""
        self.lock = threading.RLock()
        self._reset_backlog()

    def write(self, line: bytes) -> None:
        with self.lock:
            if not self._waiting and self._append(line):
                if self.closed:
                    self._release()
                return
            self._keep(line)
            if time.monotonic() >= self._next_try:
                self.retry()

    def retry(self) -> None:
        """Writes what waits, as far as it gets."""
        with self.lock:
            if self._retrying:
                return  # A signal handler that records, in the middle of it.
            self._retrying = True
            try:
                while self._waiting:
                    if not self._append(self._waiting[0]):
                        self._next_try = time.monotonic() + self._RETRY_S
                        return
                    self._waiting_bytes -= len(self._waiting.popleft())
            finally:
                self._retrying = False
            if self._dropped:
                count, self._dropped = self._dropped, 0
                note = {"event": "run_update", "quality": [{"code": "records-dropped", "count": count}]}
                self.write(_bytes_of(_encode({**note, "ts": _clock_us() / 1e6}) + "\n"))
                _tell("%s can be written again; %d records had to be dropped." % (self.path, count))

    def close(self) -> None:
        """Tries a last time, and releases the file. What still comes opens it again."""
        with self.lock:
            self.retry()
            self.closed = True
            self._release()
            lost = len(self._waiting) + self._dropped
            if lost:
                _tell("%d records of %s are lost." % (lost, self.path))

    def _keep(self, line: bytes) -> None:
        self._waiting.append(line)
        self._waiting_bytes += len(line)
        if self._waiting_bytes <= self._MAX_WAITING:
            return
        # The oldest go first, down to three quarters at once. What is about the run itself stays.
        kept: Deque[bytes] = collections.deque()
        for waiting in list(self._waiting):
            if self._waiting_bytes <= self._MAX_WAITING * 3 // 4 or waiting.startswith(b'{"event":"run_'):
                kept.append(waiting)
            else:
                self._waiting_bytes -= len(waiting)
                self._dropped += 1
        self._waiting = kept

    def _append(self, line: bytes) -> bool:
        """One write. A line that was cut off by a full disk is written again, whole, on a line of its own."""
        try:
            file = self._open()
            data = b"\n" + line if self._torn else line
            written = os.write(file, data)
            if written == len(data):
                self._torn = False
                return True
            self._torn = self._torn or written > 0
            problem: Any = "disk full"
        except OSError as error:
            problem = error.strerror or error
            self._release()
        if not self._told:
            self._told = True
            _tell("%s cannot be written (%s). The program goes on; Tacho tries again." % (self.path, problem))
        return False

    def _open(self) -> int:
        """The file's number, if it still is our file: a program that closes all files (a daemon) reuses the number."""
        if self._file is not None:
            try:
                status = os.fstat(self._file)
                if (status.st_dev, status.st_ino) == self._identity:
                    if status.st_nlink > 0:
                        return self._file
                    os.close(self._file)  # Removed while we wrote.
            except OSError:
                pass
            self._file = None
        os.makedirs(self.folder, exist_ok=True)
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY, 0o666)
        status = os.fstat(file)
        self._file = file
        self._identity = (status.st_dev, status.st_ino)
        if status.st_size == 0 and self.first_line is not None:
            os.write(file, self.first_line)
        return file

    def _release(self) -> None:
        if self._file is None:
            return
        try:
            status = os.fstat(self._file)
            if (status.st_dev, status.st_ino) == self._identity:
                os.close(self._file)
        except OSError:
            pass
        self._file = None


def _slug(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:40].rstrip("-") or "run"


def _file_name(run_id: str) -> str:
    """The id as the name of one folder: nothing that leaves the root, hides, or that a file system refuses."""
    name = re.sub(r'[/\\:*?"<>|\x00-\x1f]+', "-", run_id).lstrip(".")
    name = name.encode("utf-8", "replace")[:200].decode("utf-8", "ignore")
    return "run" if name in ("", "latest") else name


def _claim(root: str, wanted: str) -> str:
    """The first free name. The folder itself is the claim: of two processes only one can make it."""
    try:
        os.makedirs(root, exist_ok=True)
        for suffix in range(1, 10_000):
            name = wanted if suffix == 1 else "%s-%d" % (wanted, suffix)
            try:
                os.mkdir(os.path.join(root, name))
                return name
            except FileExistsError:
                continue
    except OSError:
        pass  # A read-only or full disk: the stream tries again, and says what is wrong.
    return wanted


def _point_latest(root: str, run_id: str) -> None:
    """A link that is renamed into its place, so that it always points somewhere; a text file where links are not allowed."""
    following = os.path.join(root, ".latest-%d-%s" % (os.getpid(), run_id))
    for link in (True, False):
        try:
            if link:
                os.symlink(run_id, following, target_is_directory=True)
            else:
                with open(following, "w", encoding="utf-8") as file:
                    file.write(run_id + "\n")
            os.replace(following, os.path.join(root, "latest"))
            return
        except (OSError, NotImplementedError):
            try:
                os.unlink(following)
            except OSError:
                pass


def _measure(path: str) -> Fields:
    """Path, bytes and lines of a file; a last line without an end counts. The path alone when it cannot be read."""
    try:
        size = lines = 0
        last = b"\n"
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 16), b""):
                size += len(chunk)
                lines += chunk.count(b"\n")
                last = chunk[-1:]
        return {"path": path, "bytes": size, "lines": lines + (last != b"\n")}
    except (OSError, ValueError):
        return {"path": path}


# ------------------------------------------------------------------------------------------------- what is around a call


# Folder, id and redaction of a run: what another process needs to write to it.
_Place = Tuple[str, str, Union[bool, Redact]]


class _Frame(NamedTuple):
    """The run and span that belong to the code that runs now, and those of another run around them."""

    run: "RunTrace"
    span: Optional["Span"]
    outer: Optional["_Frame"]


_around: "contextvars.ContextVar[Optional[_Frame]]" = contextvars.ContextVar("tacho_around", default=None)
_pid = os.getpid()
#: Runs that this process began, and that go on.
_live: List["RunTrace"] = []
#: Runs of other processes that this one writes to, by folder; the last few, since each holds a file open.
_attached: Dict[str, "RunTrace"] = {}
_MAX_ATTACHED = 16
#: Every run that something still refers to: late work goes on in runs that have ended.
_known: "weakref.WeakSet[RunTrace]" = weakref.WeakSet()


def _frame_of(run: "RunTrace", span: Optional["Span"]) -> _Frame:
    outer = _around.get()
    # Inside one run only the innermost frame matters: tasks that start tasks for ever must not keep a chain of them.
    if outer is not None and outer.run is run:
        outer = outer.outer
    return _Frame(run, span, outer)


def _reset(token: Any) -> None:
    try:
        _around.reset(token)
    except (ValueError, RuntimeError):
        pass  # Entered in one context and left in another: a generator that was closed elsewhere. That context is gone.


def _harmless(method: Callable[..., Any]) -> Callable[..., Any]:
    """What the program hands over may fail when it is looked at. That costs the record, never the program."""

    @functools.wraps(method)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return method(*args, **options)
        except Exception as problem:
            _tell_once("a record of %s() is lost: %s" % (method.__name__, _message_of(problem)))
            return None

    return call


_told: Dict[str, None] = {}


def _tell_once(sentence: str) -> None:
    if sentence not in _told and len(_told) < 20:
        _told[sentence] = None
        _tell(sentence)


def _given(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


def _merged(attributes: Any, more: Fields) -> Any:
    if not more:
        return attributes
    return {**attributes, **more} if isinstance(attributes, _MAPPING) else more


# --------------------------------------------------------------------------------------------------------------- spans


class Span:
    """A span being recorded. No method raises; after the end, what still comes is recorded as an update.

    As a context manager it is ended when the block is left, but does not become the parent of what follows: `with
    run.span(…)` does both. A span may be handed to another thread, and to another process (it can be pickled): there it is a
    parent like any other, and stays its own process's to end.
    """

    __slots__ = ("id", "kind", "_run", "_root", "_started_us", "_owner", "_ended", "_usage", "__weakref__")

    def __init__(self, run: "RunTrace", span_id: str, kind: str, root: bool, owner: Optional[int]) -> None:
        #: The span's id in its run; empty when recording is off.
        self.id = span_id
        self.kind = kind
        self._run = run
        self._root = root
        self._started_us = _clock_us()
        self._owner = owner
        self._ended = False
        self._usage: Optional[Usage] = None

    def __reduce__(self) -> Any:
        return _span_elsewhere, (self._run._place(), self.id, self.kind)

    @property
    def run(self) -> "RunTrace":
        return self._run

    def _is_ours(self) -> bool:
        return self._owner == _pid

    @_harmless
    def end(
        self,
        status: Optional[str] = None,
        error: Any = None,
        outputs: Any = None,
        attributes: Optional[Mapping[str, Any]] = None,
        tokens: Optional[int] = None,
        tool_uses: Optional[int] = None,
        cost_usd: Optional[float] = None,
    ) -> None:
        """Ends it: `ok` unless told otherwise (`error`, `cancelled`). A second end does nothing, nor does another process's.

        `tokens`: a total that the span reports for itself and what is below it; `tool_uses`: tool calls of a span whose tool spans
        are not recorded; `cost_usd`: what the provider says it cost.
        """
        if not self._is_ours():
            return
        with self._run._stream.lock:
            if self._ended:
                return
            self._ended = True
        ended_us = _clock_us()
        fields = {
            "error": None if error is None else error_fields(error),
            "outputs": outputs,
            "attributes": attributes,
            "tokens": _figure(tokens),
            "tool_uses": _figure(tool_uses),
            "cost_usd": _figure(cost_usd),
        }
        outcome = "ok" if error is None else "cancelled" if _is_cancelled(error) else "error"
        outcome = outcome if status is None else _text(status)
        self._run._note_end(self._root and outcome == "error")
        duration_ms = max(0, ended_us - self._started_us) / 1000
        head = {"event": "span_end", "span_id": self.id, "status": outcome, "duration_ms": duration_ms}
        self._run._record(head, fields, ended_us)

    def fail(self, error: Any) -> None:
        """Ends it with an error: type, message and stack are kept. A cancellation ends it as `cancelled`."""
        self.end(error="" if error is None else error)

    def _leave(self, error: Optional[BaseException]) -> None:
        code = _exit_code(error)
        if code is not None:
            self._run._exit_code = code
        if error is None or code == 0:
            self.end()
        else:
            self.end(error=error)

    def span(self, name: Any, **options: Any) -> "_Scope":
        """A child span for `with`, `async with` or as a decorator. Options as for `RunTrace.span`."""
        options.setdefault("parent", self)
        return _Scope(self._run, name, options)

    def stage(self, name: Any, **options: Any) -> "_Scope":
        """A child span of kind `stage`."""
        return self.span(name, **{"kind": "stage", **options})

    def start(self, name: Any, **options: Any) -> "Span":
        """Starts a child span that is ended by hand."""
        options.setdefault("parent", self)
        return self._run.start(name, **options)

    def attach(self) -> "_Attached":
        """Makes it the span around the block: in a thread or process that did not inherit it."""
        return _Attached(self._run, self)

    @_harmless
    def log_usage(self, response: Any, **options: Any) -> None:
        """Tokens of a model call: a response of a known API, or numbers. Options as for `RunTrace.log_usage`."""
        self._run._log_usage(self, response, **options)

    @_harmless
    def event(
        self, name: Any, attributes: Optional[Mapping[str, Any]] = None, level: Optional[str] = None, **more: Any
    ) -> None:
        """A point in time. `level`: `debug`, `info`, `warning`, `error`, or any other word."""
        self._run._event(self.id, name, _merged(attributes, more), level)

    @_harmless
    def score(self, name: Any, value: Optional[float], **options: Any) -> None:
        """A judgement of this span. Options as for `RunTrace.score`."""
        self._run._score(self.id, name, value, **options)

    @_harmless
    def decision(self, name: Any, reasoning: Optional[str] = None, inputs: Any = None, outputs: Any = None) -> None:
        """A decision and why it was taken: a span that takes no time."""
        self._run._decision(self.id, name, reasoning, inputs, outputs)

    @_harmless
    def name_lane(self, name: Any) -> None:
        """Names the strip of the timeline on which this span is drawn."""
        self._update(lane=_text(name))

    @_harmless
    def set_attributes(self, attributes: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        self._update(attributes=_merged(attributes, more) or None)

    @_harmless
    def set_inputs(self, inputs: Any) -> None:
        self._update(inputs=inputs)

    @_harmless
    def set_outputs(self, outputs: Any) -> None:
        self._update(outputs=outputs)

    @_harmless
    def first_token(self) -> None:
        """The first content token, or tool call, of a streamed answer is here."""
        self._update(first_token_ts=_clock_us() / 1e6)

    def _update(self, **fields: Any) -> None:
        if any(value is not None for value in fields.values()):
            self._run._record({"event": "span_update", "span_id": self.id}, fields)

    def _add_usage(self, found: ResponseUsage, fields: Fields) -> None:
        with self._run._stream.lock:
            sum_of = self._usage or {}
            self._usage = {name: sum_of.get(name, 0) + count for name, count in found.usage.items()}
            fields["usage"] = _usage_json(self._usage)
            self._run._record({"event": "span_update", "span_id": self.id}, fields)

    def __enter__(self) -> "Span":
        return self

    def __exit__(self, _type: Any, error: Optional[BaseException], _stack: Any) -> None:
        self._leave(error)


def _figure(value: Any) -> Optional[float]:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return None
    number = int(value) if isinstance(value, numbers.Integral) else float(value)
    return number if math.isfinite(number) else None


class _NoSpan(Span):
    """The span of a recorder that is off."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None, "", "", False, None)  # type: ignore[arg-type]

    def __reduce__(self) -> Any:
        return "NO_SPAN"

    def _nothing(self, *_args: Any, **_options: Any) -> None:
        """Does nothing."""

    end = fail = log_usage = event = score = decision = name_lane = _nothing
    set_attributes = set_inputs = set_outputs = first_token = _leave = _update = _nothing

    @property
    def run(self) -> "RunTrace":
        return _OFF

    def span(self, name: Any, **options: Any) -> "_Scope":
        return _Scope(_OFF, name, options)

    def start(self, name: Any, **options: Any) -> Span:
        return self

    def attach(self) -> "_Attached":
        return _Attached(None, None)


class _Attached:
    """Makes a span, or a run, current for a block."""

    def __init__(self, run: Optional["RunTrace"], span: Optional[Span]) -> None:
        self._run = run
        self._span = span
        self._tokens: List[Any] = []

    def __enter__(self) -> Span:
        if self._run is not None:
            self._tokens.append(_around.set(_frame_of(self._run, self._span)))
        return self._span or NO_SPAN

    def __exit__(self, *_: Any) -> None:
        if self._tokens:
            _reset(self._tokens.pop())


class _Scope:
    """A span that begins when a block, or a decorated function, is entered, is current inside it, and ends with it."""

    __slots__ = ("_run", "_name", "_options", "_entered")

    def __init__(self, run: Optional["RunTrace"], name: Any, options: Fields) -> None:
        self._run = run  # None: the run around the code that enters it.
        self._name = name
        self._options = options
        self._entered: List[Tuple[Span, Any]] = []

    def _begin(self) -> Span:
        run = self._run or current_run()
        return NO_SPAN if run is None else run.start(self._name, **self._options)

    def __enter__(self) -> Span:
        span = self._begin()
        token = None if span is NO_SPAN else _around.set(_frame_of(span._run, span))
        self._entered.append((span, token))
        return span

    def __exit__(self, _type: Any, error: Optional[BaseException], _stack: Any) -> None:
        if not self._entered:
            return
        span, token = self._entered.pop()
        if token is not None:
            _reset(token)
            span._leave(error)

    async def __aenter__(self) -> Span:
        return self.__enter__()

    async def __aexit__(self, kind: Any, error: Optional[BaseException], stack: Any) -> None:
        self.__exit__(kind, error, stack)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorates a function, a coroutine function, a generator or an async generator: every call is a span of its own."""

        def scope() -> _Scope:
            return _Scope(self._run, self._name, self._options)

        if inspect.isasyncgenfunction(function):

            @functools.wraps(function)
            def each_async(*args: Any, **options: Any) -> Any:
                return _walk_async(scope()._begin, function(*args, **options))

            return each_async
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wait(*args: Any, **options: Any) -> Any:
                with scope():
                    return await function(*args, **options)

            return wait
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def each(*args: Any, **options: Any) -> Any:
                return _walk(scope()._begin, function(*args, **options))

            return each

        @functools.wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            with scope():
                return function(*args, **options)

        return call


class _Step:
    """One step of a generator: what is around its code is put back for the step, and what was around the caller after it."""

    def __init__(self, span: Span) -> None:
        self._inside = _around.get() if span is NO_SPAN else _frame_of(span._run, span)
        self._outside: Optional[_Frame] = None

    def __enter__(self) -> None:
        self._outside = _around.get()
        _around.set(self._inside)

    def __exit__(self, *_: Any) -> None:
        self._inside = _around.get()
        _around.set(self._outside)


def _walk(begin: Callable[[], Span], generator: Any) -> Any:
    """Goes through a generator inside a span. Between its steps the span is not current: the caller's code runs then."""
    span = begin()
    step = _Step(span)
    sent: Any = None
    thrown: Optional[BaseException] = None
    error: Optional[BaseException] = None
    try:
        while True:
            with step:
                try:
                    item = generator.send(sent) if thrown is None else generator.throw(thrown)
                except StopIteration as done:
                    return done.value
            sent = thrown = None
            try:
                sent = yield item
            except GeneratorExit:
                with step:
                    generator.close()
                raise
            except BaseException as problem:
                thrown = problem
    except GeneratorExit:
        raise  # The caller has what it needs: an early end is a good one.
    except BaseException as problem:
        error = problem
        raise
    finally:
        span._leave(error)


async def _walk_async(begin: Callable[[], Span], generator: Any) -> Any:
    span = begin()
    step = _Step(span)
    sent: Any = None
    thrown: Optional[BaseException] = None
    error: Optional[BaseException] = None
    try:
        while True:
            with step:
                try:
                    item = await (generator.asend(sent) if thrown is None else generator.athrow(thrown))
                except StopAsyncIteration:
                    return
            sent = thrown = None
            try:
                sent = yield item
            except GeneratorExit:
                with step:
                    await generator.aclose()
                raise
            except BaseException as problem:
                thrown = problem
    except GeneratorExit:
        raise
    except BaseException as problem:
        error = problem
        raise
    finally:
        span._leave(error)


class _Bound:
    """A function that runs below a span, in whatever thread or process it is called. Can be pickled if the function can."""

    def __init__(self, function: Callable[..., Any], span: Span) -> None:
        self._function = function
        self._span = span
        functools.update_wrapper(self, function)

    def __reduce__(self) -> Any:
        return _Bound, (self._function, self._span)

    def __call__(self, *args: Any, **options: Any) -> Any:
        with self._span.attach():
            return self._function(*args, **options)


# ---------------------------------------------------------------------------------------------------------------- runs

_OWN_FIELDS = ("task", "name", "task_type", "session_id", "project")
# What people filter by.
_LABELS = ("producer_model", "evaluator_model", "source_repo", "source_commit")
# The rest, as analysis and runs.jsonl look it up.
_ATTRIBUTES = {"skills": "active_skills"}
_ATTRIBUTES.update({name: name for name in ("plan", "tac_hours", "novelty_scores", "search_rounds", "final", "analyses_written")})
# Numbers that leverage takes from the environment; a run that is looked at elsewhere keeps them.
_ENVIRONMENT = {
    "HARNESS_TAC_HOURS": "tac_hours",
    "HARNESS_ENERGY_COST_PER_RUN": "energy_cost_usd",
    "HARNESS_INFERENCE_COST_PER_RUN": "inference_cost_usd",
    "HARNESS_HOURLY_RATE": "hourly_rate_usd",
}


def _run_fields(given: Fields) -> Fields:
    """The fields of `run_start`, `run_update` and `run_end` for what the program says about its run.

    Names that the stream has no place for are attributes.
    """
    fields: Fields = {}
    labels = dict(given.get("labels") or {})
    attributes = dict(given.get("attributes") or {})
    for name, value in given.items():
        if value is None or name in ("labels", "attributes", "criteria"):
            continue
        if name in _OWN_FIELDS:
            fields[name] = _text(value)
        elif name in _LABELS:
            labels[name] = value
        else:
            attributes[_ATTRIBUTES.get(name, name)] = value
    if labels:
        fields["labels"] = labels
    if attributes:
        fields["attributes"] = attributes
    return fields


def _environment_attributes() -> Fields:
    found: Fields = {}
    for variable, name in _ENVIRONMENT.items():
        try:
            number = float(os.environ.get(variable, "").strip())
        except ValueError:
            continue
        if math.isfinite(number):
            found[name] = int(number) if number.is_integer() else number
    return found


def _is_off() -> bool:
    return os.environ.get("TACHO_DISABLED", "").lower() in ("1", "true")


class RunTrace:
    """Records one run. Off (TACHO_DISABLED, `enabled=False`) every method does nothing.

    As a context manager it is ended when the block is left: `ok`, `error` with what was raised, `interrupted` by Ctrl-C, a
    cancellation or an exit code other than 0. A run without an end gets one when the process exits.

    In a process that belongs to a run (TACHO_RUN_ID and TACHO_RUN_DIR: see `environment`) it joins that one: it is a span of
    it, and so is everything in it. `join=False`, a `run_id` or a `dir` make it a run of its own.
    """

    def __init__(
        self,
        task: Optional[str] = None,
        *,
        name: Optional[str] = None,
        run_id: Optional[str] = None,
        dir: Optional[Union[str, "os.PathLike[str]"]] = None,
        enabled: Optional[bool] = None,
        redact: Union[bool, Redact] = True,
        join: bool = True,
        labels: Optional[Mapping[str, Any]] = None,
        attributes: Optional[Mapping[str, Any]] = None,
        criteria: Optional[Mapping[str, bool]] = None,
        **fields: Any,
    ) -> None:
        """Begins the run.

        `task`: what it is to do; `name`: a short title, default the task; `run_id`: default local time and the task's slug, with a
        suffix when the folder exists; `dir`: folder of the runs, default TACHO_DIR, else ./logs; `redact`: see `Redact`.
        `fields` are `task_type`, `session_id`, `project`, `plan` (`[{"stage": …, "agents": …}]`), `tac_hours`, `producer_model`,
        `evaluator_model`, `skills`, `novelty_scores`, `search_rounds`, `final`, `source_repo`, `source_commit` and
        `analyses_written`; any other name is an attribute. All of them can be said later: `set`.
        """
        #: The run's id; empty when recording is off.
        self.run_id = ""
        #: The run's folder; None when recording is off.
        self.path: Optional[str] = None
        self._on = False
        try:
            if not (not _is_off() if enabled is None else enabled):
                return
            said = {"task": task, "name": name, "labels": labels, "attributes": attributes, **fields}
            place = _surrounding_run() if join and run_id is None and dir is None else None
            if place is not None:
                self._open(*place, redact)
                self._join(said, criteria)
            else:
                self._begin(said, criteria, run_id, dir, redact)
        except Exception as problem:
            self._on = False
            _tell("recording is off for this run: %s" % (problem,))

    def _open(self, folder: str, run_id: str, redact: Union[bool, Redact]) -> None:
        """Everything a recorder that is on holds."""
        self.path = os.path.abspath(folder)
        self.run_id = run_id
        # A process that did not begin the run cannot know that the stream does: each of its lines names the run.
        self._names_run = True
        self._redact = redact
        self._redactor = _redactor_of(redact)
        self._stream = _Stream(self.path)
        self._seen = _SeenResponses()
        self._owner: Optional[int] = None
        self._new_ids()
        self._open_spans = 0
        self._root_failed = False
        self._root_lane: Optional[str] = None
        self._outputs = 0
        self._ended = False
        self._exit_code: Optional[int] = None
        self._top: Optional[Span] = None
        self._token: Any = None
        self._on = True
        _known.add(self)

    def _new_ids(self) -> None:
        # Unique among the processes that write to one run: 48 bits at random.
        self._prefix = os.urandom(6).hex() + "."
        self._numbers = itertools.count(1)

    def _begin(
        self, said: Fields, criteria: Any, run_id: Optional[str], dir: Any, redact: Union[bool, Redact]
    ) -> None:
        root = os.path.abspath(os.fspath(dir) if dir is not None else os.environ.get("TACHO_DIR") or "./logs")
        title = said["name"] or said["task"]
        redactor = _redactor_of(redact)
        slug = _text(title or "run")
        # It names folders and stands in addresses: without the secrets that the stream hides, too.
        if redactor is not None:
            slug = redactor.value(slug)
        wanted = run_id or time.strftime("%Y%m%d_%H%M%S_") + _slug(slug)
        name = _claim(root, _file_name(_text(wanted)))
        self._open(os.path.join(root, name), name, redact)
        _point_latest(root, name)
        facts = {"argv": " ".join(getattr(sys, "argv", [])), "runtime": "python " + platform.python_version()}
        said["attributes"] = {**facts, **_environment_attributes(), **(said["attributes"] or {})}
        said["name"] = title or self.run_id
        process = {"pid": os.getpid(), "host": platform.node()}
        self._owner = _pid
        self._names_run = False
        line = self._line({"event": "run_start", "run_id": self.run_id}, {**_run_fields(said), **process})
        self._stream.write(line)
        self._stream.first_line = line
        self._judge(criteria)
        _live.append(self)

    def _join(self, said: Fields, criteria: Any) -> None:
        """A run inside another one: a span below the one that TACHO_SPAN_ID names."""
        self._owner = _pid
        title = said.pop("name") or said.get("task") or "run"
        fields = _run_fields(said)
        attributes = {**fields.pop("attributes", {}), **fields, "pid": os.getpid()}
        self._top = self.start(title, kind="task", parent=_parent_named(self), attributes=attributes)
        self._judge(criteria)
        _live.append(self)

    def _place(self) -> _Place:
        return self.path or "", self.run_id, self._redact

    def __reduce__(self) -> Any:
        return (_run_at, self._place()) if self._on else (_run_off, ())

    # ------------------------------------------------------------------------------------------------------- records

    def _line(self, head: Fields, fields: Fields, us: Optional[int] = None) -> bytes:
        record = head
        if self._names_run:
            record["run_id"] = self.run_id
        for name, value in fields.items():
            if value is not None:
                record[name] = plain_value(value)
        record["ts"] = (_clock_us() if us is None else us) / 1e6
        line = _encode(record)
        if self._redactor is not None and self._redactor.may_hold(line):
            line = _encode(self._redactor.value(record))
        return _bytes_of(line + "\n")

    def _record(self, head: Fields, fields: Fields, us: Optional[int] = None) -> None:
        """Writes a record. `head` holds plain values only, `fields` anything; None stands for nothing."""
        self._stream.write(self._line(head, fields, us))

    def _next_id(self) -> str:
        return self._prefix + str(next(self._numbers))

    def _note_end(self, failed_at_top: bool) -> None:
        with self._stream.lock:
            self._open_spans -= 1
            if failed_at_top:
                self._root_failed = True

    def _judge(self, criteria: Any) -> None:
        for criterion, met in dict(criteria or {}).items():
            self._score(None, "criterion:%s" % (criterion,), 1 if met else 0, max=1)

    def _top_id(self) -> Optional[str]:
        return None if self._top is None else self._top.id

    # --------------------------------------------------------------------------------------------------------- spans

    def current(self) -> Optional[Span]:
        """The innermost span of this run around the code that runs now."""
        if not self._on:
            return None
        frame = _around.get()
        while frame is not None and frame.run.path != self.path:
            frame = frame.outer
        return self._top if frame is None else frame.span or self._top

    def span(self, name: Any, **options: Any) -> _Scope:
        """A span for `with`, `async with` or as a decorator, ended when the block is left and current inside it.

        Options: `kind` (`agent`, `llm`, `tool`, `stage`, `retrieval`, `embedding`, `evaluation`, `decision`, `task`; any other
        word is kept as the role; default `stage` for a span without parent, else `task`), `role`, `component`, `lane`, `parent`
        (default: the span around the running code; False: none), `model`, `provider`, `inputs`, `attributes`, `tool` (a name, or
        `{"name": …, "call_id": …, "category": …}`), `links` (`[{"type": "waits_for", "span": span}]`). Any other name is an
        attribute.
        """
        return _Scope(self, name, options)

    def stage(self, name: Any, **options: Any) -> _Scope:
        """A span of kind `stage`: a named step of the run."""
        return _Scope(self, name, {"kind": "stage", **options})

    def start(self, name: Any, **options: Any) -> Span:
        """Starts a span that is ended by hand. It does not become the parent of what follows. Options as for `span`."""
        if not self._on:
            return NO_SPAN
        try:
            return self._start(name, **options)
        except Exception:
            pass
        try:
            return self._start(name)  # The span counts for more than what its options say.
        except Exception:
            return NO_SPAN

    def _start(
        self,
        name: Any,
        kind: Optional[str] = None,
        role: Optional[str] = None,
        component: Optional[str] = None,
        lane: Optional[str] = None,
        parent: Union[Span, bool, None] = None,
        model: Optional[str] = None,
        provider: Optional[str] = None,
        inputs: Any = None,
        attributes: Optional[Mapping[str, Any]] = None,
        tool: Union[str, Mapping[str, str], None] = None,
        links: Optional[Iterable[Mapping[str, Any]]] = None,
        **more: Any,
    ) -> Span:
        above = self.current() if parent is None else parent if isinstance(parent, Span) else None
        if above is not None and (above.id == "" or above._run.path != self.path):
            above = None
        word = _text(kind) if kind is not None else "stage" if above is None else "task"
        span = Span(self, self._next_id(), word, above is None or above is self._top, _pid)
        head: Fields = {"event": "span_start", "span_id": span.id}
        if above is not None:
            head["parent"] = above.id
        head["name"] = _text(name)
        head["kind"] = word
        fields: Fields = {"role": role, "component": component, "lane": lane, "model": model, "provider": provider}
        fields.update(tool=tool, inputs=inputs, attributes=_merged(attributes, more) or None)
        if lane is None and above is None:
            fields["lane"] = self._root_lane
        if links is not None:
            fields["links"] = [_link(link) for link in links]
        with self._stream.lock:
            self._open_spans += 1
            self._exit_code = None  # Whoever goes on working has caught the SystemExit.
        self._record(head, fields, span._started_us)
        return span

    # ------------------------------------------------------------------------------------------------------- moments

    @_harmless
    def log_usage(
        self,
        response: Any,
        stage: Optional[str] = None,
        model: Optional[str] = None,
        provider: Optional[str] = None,
        duration_ms: Optional[float] = None,
        cost_usd: Optional[float] = None,
    ) -> None:
        """Books the tokens of a model call once: a response of a known API (`usage_of_response`), or numbers.

        Inside a span of kind `llm` they are that span's, and add up over several answers; anywhere else the call becomes a leaf of
        its own. `duration_ms`: how long the call took, where it is not a span; `cost_usd`: what the provider says it cost.
        """
        if self._on:
            self._log_usage(self.current(), response, stage, model, provider, duration_ms, cost_usd)

    def _log_usage(
        self,
        span: Optional[Span],
        response: Any,
        stage: Optional[str] = None,
        model: Optional[str] = None,
        provider: Optional[str] = None,
        duration_ms: Optional[float] = None,
        cost_usd: Optional[float] = None,
    ) -> None:
        found = usage_of_response(response)
        if found is None:
            return
        with self._stream.lock:
            if found.is_answer and not self._seen.is_new(response, found.response_id):
                return
        attributes = _given(
            response_id=found.response_id,
            service_tier=found.service_tier,
            reported_total_tokens=found.deviating_total,
        )
        # The model that answered, not the one that was asked for: routers and fallbacks differ.
        fields: Fields = {"model": model or found.model, "provider": provider or found.provider, "cost_usd": _figure(cost_usd)}
        if span is not None and span.kind == "llm" and span._is_ours():
            if stage is not None:
                attributes["stage"] = stage
            fields["attributes"] = attributes or None
            span._add_usage(found, fields)
            return
        head: Fields = {"event": "usage", "call_id": self._next_id()}
        if span is not None:
            head["span_id"] = span.id
        fields.update(stage=stage, attributes=attributes or None, usage=_usage_json(found.usage))
        fields["request_ms"] = _figure(found.request_ms if duration_ms is None else duration_ms)
        self._record(head, fields)

    @_harmless
    def _record_call(self, call: Fields, stage: Optional[str]) -> None:
        """A call whose figures were checked (`log_llm_usage`): a leaf of its own."""
        span = self.current()
        head: Fields = {"event": "usage", "call_id": self._next_id()}
        if span is not None:
            head["span_id"] = span.id
        tokens = {"input_tokens": call["prompt_tokens"], "output_tokens": call["completion_tokens"], "requests": 1}
        fields = {name: call[name] for name in ("model", "provider", "request_ms", "request_id")}
        fields.update(stage=stage, usage=tokens, cached=call["cached"] or None, cost_usd=call["cost"])
        self._record(head, fields)

    @_harmless
    def event(
        self, name: Any, attributes: Optional[Mapping[str, Any]] = None, level: Optional[str] = None, **more: Any
    ) -> None:
        """A point in time, in the span around the running code. Outside any span it is a span of no length."""
        if self._on:
            span = self.current()
            self._event(None if span is None else span.id, name, _merged(attributes, more), level)

    def _event(self, span_id: Optional[str], name: Any, attributes: Any, level: Optional[str]) -> None:
        head: Fields
        if span_id is not None:
            head = {"event": "span_event", "span_id": span_id, "name": _text(name)}
            self._record(head, {"level": level, "attributes": attributes})
            return
        head = {"event": "span", "span_id": self._next_id(), "name": _text(name)}
        head.update(kind="task", role="event", duration_ms=0, status="error" if level == "error" else "ok")
        self._record(head, {"attributes": attributes if level is None else _merged(attributes, {"level": level})})

    @_harmless
    def decision(self, name: Any, reasoning: Optional[str] = None, inputs: Any = None, outputs: Any = None) -> None:
        """A decision and why it was taken: a span of kind decision that takes no time."""
        if self._on:
            span = self.current()
            self._decision(None if span is None else span.id, name, reasoning, inputs, outputs)

    def _decision(self, parent: Optional[str], name: Any, reasoning: Any, inputs: Any, outputs: Any) -> None:
        head: Fields = {"event": "span", "span_id": self._next_id()}
        if parent is not None:
            head["parent"] = parent
        head.update(name=_text(name), kind="decision", status="ok", duration_ms=0)
        attributes = None if reasoning is None else {"reasoning": reasoning}
        self._record(head, {"inputs": inputs, "outputs": outputs, "attributes": attributes})

    @_harmless
    def score(self, name: Any, value: Optional[float], **options: Any) -> None:
        """A judgement of the run: `score("score", 8.5, round="r1", dimensions={"depth": 7})`.

        Options: `round`, `dimension`, `dimensions` (several of the same round at once), `max`, `label`, `source` (who judges),
        `comment`.
        """
        if self._on:
            self._score(self._top_id(), name, value, **options)

    def _score(
        self,
        span_id: Optional[str],
        name: Any,
        value: Any,
        round: Union[str, int, None] = None,
        dimension: Optional[str] = None,
        dimensions: Optional[Mapping[str, float]] = None,
        max: Optional[float] = None,
        label: Optional[str] = None,
        source: Optional[str] = None,
        comment: Optional[str] = None,
    ) -> None:
        shared = {"max": _figure(max), "span_id": span_id, "source": source}
        if round is not None:
            shared["round"] = "r%d" % round if isinstance(round, int) else _text(round)
        figures = [(_text(name), value, {"dimension": dimension, "label": label, "comment": comment})]
        figures += [(_text(each), figure, {"dimension": _text(each)}) for each, figure in dict(dimensions or {}).items()]
        for each, figure, more in figures:
            judged = figure if isinstance(figure, bool) else _figure(figure)
            self._record({"event": "score", "name": each, "value": judged}, {**shared, **more})

    @_harmless
    def name_lane(self, name: Any) -> None:
        """Names the strip of the timeline of the current span; outside any span, that of the top-level spans to come."""
        if not self._on:
            return
        span = self.current()
        if span is None:
            self._root_lane = _text(name)
        else:
            span.name_lane(name)

    @_harmless
    def set(self, **fields: Any) -> None:
        """Says, or corrects, what is known of the run: the fields of `RunTrace`, `labels`, `attributes` and `criteria`."""
        if not self._on:
            return
        said = _run_fields(fields)
        if said and self._top is not None:
            self._top.set_attributes({**said.pop("attributes", {}), **said})
        elif said:
            self._record({"event": "run_update"}, said)
        self._judge(fields.get("criteria"))

    def set_tac(self, hours: float) -> None:
        """Hours an expert would need for the task."""
        self.set(tac_hours=hours)

    @_harmless
    def set_output(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """The file that the run produced; its bytes and lines are counted now. The last one named is the run's output."""
        if not self._on:
            return
        with self._stream.lock:
            self._outputs += 1
        output = _measure(os.fspath(path))
        if self._top is not None:
            self._top.set_attributes(output=output)
        else:
            self._record({"event": "run_update"}, {"output": output, "attributes": {"outputs_written": self._outputs}})

    # ----------------------------------------------------------------------------------------------------------- end

    @_harmless
    def end(self, status: Optional[str] = None, error: Any = None, **fields: Any) -> None:
        """Ends the run: `ok`, or `error` when a top-level span failed, unless told otherwise (`interrupted`).

        `fields` as for `set`. A second end does nothing, nor does one in another process than that in which the run began.
        """
        if not self._on or self._owner != _pid:
            return
        with self._stream.lock:
            if self._ended:
                return
            self._ended = True
        if self in _live:
            _live.remove(self)
        outcome = "error" if error is not None or self._root_failed else "ok"
        outcome = outcome if status is None else _text(status)
        try:
            if self._top is not None:
                self.set(**fields)
                self._top.end(status="cancelled" if outcome == "interrupted" else outcome, error=error)
                return
            self._judge(fields.get("criteria"))
            said = _run_fields(fields)
            if error is not None:
                said["error"] = error_fields(error)
            self._record({"event": "run_end", "status": outcome}, said)
        finally:
            self._stream.close()

    @_harmless
    def flush(self) -> None:
        """Tries again to write what could not be written. There is nothing else to flush: records do not wait."""
        if self._on:
            self._stream.retry()

    def environment(self, parent: Optional[Span] = None) -> Dict[str, str]:
        """The environment for a process that belongs to this run: `subprocess.run(…, env=run.environment())`.

        A copy of `os.environ` with TACHO_RUN_ID, TACHO_RUN_DIR, and TACHO_SPAN_ID, the span below which the process works:
        `parent`, else the span around the running code. Any recorder that knows them joins the run.
        """
        variables = dict(os.environ)
        if not self._on or self.path is None:
            return variables
        variables["TACHO_RUN_ID"] = self.run_id
        variables["TACHO_RUN_DIR"] = self.path
        span = parent or self.current()
        variables.pop("TACHO_SPAN_ID", None)
        if span is not None and span.id:
            variables["TACHO_SPAN_ID"] = span.id
        return variables

    def attach(self) -> _Attached:
        """Makes it the run around the block, for the functions of this module."""
        return _Attached(self if self._on else None, self._top if self._on else None)

    def __enter__(self) -> "RunTrace":
        if self._on:
            self._token = _around.set(_frame_of(self, self._top))
        return self

    def __exit__(self, _type: Any, error: Optional[BaseException], _stack: Any) -> None:
        if not self._on:
            return
        if self._token is not None:
            _reset(self._token)
            self._token = None
        code = _exit_code(error)
        if code is not None:
            self.end(**_exit_fields(code))
        elif error is not None and _is_cancelled(error):
            self.end(status="interrupted", error=error)
        else:
            self.end(error=error)

    async def __aenter__(self) -> "RunTrace":
        return self.__enter__()

    async def __aexit__(self, kind: Any, error: Optional[BaseException], stack: Any) -> None:
        self.__exit__(kind, error, stack)


def _exit_fields(code: int) -> Fields:
    fields: Fields = {"attributes": {"exit_code": code}}
    if code != 0:
        fields["status"] = "interrupted"
    return fields


def _link(link: Any) -> Fields:
    span = link.get("span")
    return {"type": link.get("type", "follows_from"), "span_id": span.id if isinstance(span, Span) else _text(span)}


def _run_off() -> RunTrace:
    return _OFF


def _surrounding_run() -> Optional[Tuple[str, str]]:
    """Folder and id of the run that this process belongs to, as the environment names it."""
    folder, run_id = os.environ.get("TACHO_RUN_DIR"), os.environ.get("TACHO_RUN_ID")
    return (os.path.abspath(folder), run_id) if folder and run_id else None


def _run_at(path: str, run_id: str, redact: Union[bool, Redact] = True) -> RunTrace:
    """The run in a folder, to be written to from a process that did not begin it. One for each folder."""
    for run in _live:
        if run.path == path and run._top is None:
            return run
    known = _attached.get(path)
    if known is not None:
        return known
    while len(_attached) >= _MAX_ATTACHED:
        _attached.pop(next(iter(_attached)))._stream.close()
    attached = RunTrace(enabled=False)
    if not _is_off():
        attached._open(path, run_id, redact)
        _attached[path] = attached
    return attached


def _span_elsewhere(place: _Place, span_id: str, kind: str) -> Span:
    run = _run_at(*place)
    return Span(run, span_id, kind, False, None) if run._on else NO_SPAN


def _parent_named(run: RunTrace) -> Union[Span, bool]:
    """The span that TACHO_SPAN_ID names, or False for none."""
    parent = os.environ.get("TACHO_SPAN_ID")
    return Span(run, parent, "task", False, None) if parent else False


_OFF = RunTrace(enabled=False)
NO_SPAN: Span = _NoSpan()


# ------------------------------------------------------------------------------------- the run around the running code


def current_run() -> Optional[RunTrace]:
    """The run around the running code; else the newest of this process that goes on; else the one that this process belongs to
    (TACHO_RUN_DIR). None without one."""
    run = _own_run()
    place = _surrounding_run() if run is None and not _is_off() else None
    if place is None:
        return run
    joined = _run_at(*place)
    parent = _parent_named(joined)
    if joined._top is None and isinstance(parent, Span):
        joined._top = parent
    return joined


def _own_run() -> Optional[RunTrace]:
    frame = _around.get()
    return frame.run if frame is not None else _live[-1] if _live else None


def current_span() -> Span:
    """The span around the running code; one that does nothing when there is none."""
    run = current_run()
    return (run.current() if run is not None else None) or NO_SPAN


def span(name: Any, **options: Any) -> _Scope:
    """`RunTrace.span` of the run around the code that enters it. Without a run it does nothing."""
    return _Scope(None, name, options)


def stage(name: Any, **options: Any) -> _Scope:
    """`RunTrace.stage` of the run around the code that enters it."""
    return _Scope(None, name, {"kind": "stage", **options})


def traced(function: Any = None, **options: Any) -> Any:
    """Decorator: every call is a span, named like the function. `@traced`, or `@traced("name", kind="tool")`."""
    if callable(function):
        return _Scope(None, getattr(function, "__name__", "call"), options)(function)
    name = options.pop("name", function)
    return lambda given: _Scope(None, name or getattr(given, "__name__", "call"), options)(given)


def bind(function: Callable[..., Any], span: Optional[Span] = None) -> Callable[..., Any]:
    """A function that runs below `span` (default: the current one) wherever it is called: in a thread, or, if it can be
    pickled, in another process. `pool.submit(bind(work), item)`; tasks of asyncio need no binding."""
    around = span or current_span()
    if not inspect.iscoroutinefunction(function):
        return _Bound(function, around)

    @functools.wraps(function)
    async def wait(*args: Any, **options: Any) -> Any:
        with around.attach():
            return await function(*args, **options)

    return wait


def environment(parent: Optional[Span] = None) -> Dict[str, str]:
    """`RunTrace.environment` of the run around the running code; a copy of `os.environ` without one."""
    run = current_run()
    return dict(os.environ) if run is None else run.environment(parent)


def event(name: Any, attributes: Optional[Mapping[str, Any]] = None, level: Optional[str] = None, **more: Any) -> None:
    """`RunTrace.event` of the run around the running code."""
    run = current_run()
    if run is not None:
        run.event(name, attributes, level, **more)


def decision(name: Any, reasoning: Optional[str] = None, inputs: Any = None, outputs: Any = None) -> None:
    """`RunTrace.decision` of the run around the running code."""
    run = current_run()
    if run is not None:
        run.decision(name, reasoning, inputs, outputs)


def score(name: Any, value: Optional[float], **options: Any) -> None:
    """`RunTrace.score` of the run around the running code."""
    run = current_run()
    if run is not None:
        run.score(name, value, **options)


def name_lane(name: Any) -> None:
    """`RunTrace.name_lane` of the run around the running code."""
    run = current_run()
    if run is not None:
        run.name_lane(name)


def log_usage(response: Any, **options: Any) -> None:
    """`RunTrace.log_usage` of the run around the running code. In a program that records nothing else it is a line of the call
    sink, where there is one: drivers of pipelines count those."""
    if _own_run() is None and os.environ.get("INSTRUMENT_SINK"):
        _sink_usage(response, **options)
        return
    run = current_run()
    if run is not None:
        run.log_usage(response, **options)


# ------------------------------------------------------------------------------------------------------- the call sink

_sink_told = False


def log_llm_usage(
    model: str,
    prompt_tokens: int,
    completion_tokens: int,
    cached: bool = False,
    provider: str = "openai",
    request_ms: Optional[float] = None,
    request_id: Optional[str] = None,
    cost: Optional[float] = None,
    stage_id: Optional[str] = None,
    run_id: Optional[str] = None,
) -> None:
    """One model call, as one line of the call sink INSTRUMENT_SINK; without a sink, in the run around the running code;
    without either, nothing.

    `prompt_tokens` and `completion_tokens`: all that went in and came out; `cached`: the answer came from a cache, no request was
    made; `request_ms`: how long the call took; `cost`: USD, default what the price table says; `stage_id` and `run_id`: default
    INSTRUMENT_STAGE and RUN_ID.

    Raises ValueError when a figure cannot be: tokens that are no whole number of 0 or more, a time or cost below 0. A sink
    that cannot be written is told once on standard error.
    """
    # Who sets the sink counts on it: TACHO_DISABLED switches Tacho's own recording off, not a driver's sums.
    sink = os.environ.get("INSTRUMENT_SINK")
    run = None if sink or _is_off() else current_run()
    if not sink and run is None:
        return
    call = {
        "model": _required_text("model", model),
        "provider": _required_text("provider", provider),
        "prompt_tokens": _tokens("prompt_tokens", prompt_tokens),
        "completion_tokens": _tokens("completion_tokens", completion_tokens),
        "cached": bool(cached),
        "request_ms": _not_negative("request_ms", request_ms, "milliseconds"),
        "request_id": None if request_id is None else _text(request_id),
        "cost": _not_negative("cost", cost, "US dollars"),
    }
    if run is not None:
        run._record_call(call, stage_id)
    elif sink:
        _write_call(sink, call, stage_id, run_id)


def _tokens(name: str, value: Any) -> int:
    whole = isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value) and value == int(value)
    if not whole or not 0 <= value <= _MAX_INT:
        raise ValueError("%s is %r; expected a whole number of tokens, 0 or more" % (name, value))
    return int(value)


def _not_negative(name: str, value: Any, unit: str) -> Optional[float]:
    if value is None:
        return None
    figure = _figure(value)
    if figure is None or figure < 0:
        raise ValueError("%s is %r; expected a number of %s, 0 or more, or None when it is not known" % (name, value, unit))
    return figure


def _required_text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("%s is %r; expected a name" % (name, value))
    return value


def _write_call(sink: str, call: Fields, stage_id: Optional[str], run_id: Optional[str]) -> None:
    """Appends one line by one write, in a file opened for it alone: safe among threads, processes and forks."""
    global _sink_told
    created = datetime.datetime.fromtimestamp(_clock_us() / 1e6, datetime.timezone.utc)
    record = {
        "schema_version": "instrumentation_call_v1",
        "stage_id": stage_id or os.environ.get("INSTRUMENT_STAGE") or None,
        "run_id": run_id or os.environ.get("RUN_ID") or None,
        "created_at": created.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        **call,
    }
    try:
        file = os.open(sink, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY, 0o666)
        try:
            os.write(file, _bytes_of(_encode(record) + "\n"))
        finally:
            os.close(file)
    except (OSError, ValueError) as problem:
        if not _sink_told:
            _sink_told = True
            _tell("the call sink %s cannot be written (%s). The program goes on." % (sink, problem))


@_harmless
def _sink_usage(
    response: Any,
    stage: Optional[str] = None,
    model: Optional[str] = None,
    provider: Optional[str] = None,
    duration_ms: Optional[float] = None,
    cost_usd: Optional[float] = None,
) -> None:
    """An answer as a line of the sink: its buckets beside the seed's two sums, so that cached input is priced as such."""
    found = usage_of_response(response)
    if found is None:
        return
    usage = found.usage
    output = usage["output_tokens"] + usage["reasoning_tokens"]
    call = {
        "model": model or found.model or "unknown",
        "provider": provider or found.provider or "openai",
        "prompt_tokens": sum(usage[bucket] for bucket in _BUCKETS) - output,
        "completion_tokens": output,
        "cached": False,
        "request_ms": _figure(found.request_ms if duration_ms is None else duration_ms),
        "request_id": found.response_id,
        "cost": _figure(cost_usd),
        "usage": _usage_json(usage),
    }
    _write_call(os.environ["INSTRUMENT_SINK"], call, stage, None)


# ------------------------------------------------------------------------------------------------------- forks and exit


def _after_fork() -> None:
    """In the child: ids of its own, locks that open, and nothing that is the parent's to say."""
    global _pid
    _pid = os.getpid()
    for run in list(_known):
        run._new_ids()
        run._stream.after_fork()


def _uncaught() -> Optional[BaseException]:
    """The error of which the process dies. Where a person types, it is the last one that was shown, and means nothing."""
    if hasattr(sys, "ps1"):
        return None
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


@_harmless
def _at_exit() -> None:
    for run in list(_live):
        if run._owner != _pid:
            continue
        error = _uncaught()
        if error is not None:
            run.end(**({"status": "interrupted"} if _is_cancelled(error) else {}), error=error)
        elif run._exit_code:
            run.end(**_exit_fields(run._exit_code))
        else:
            open_spans = run._open_spans - (1 if run._top is not None else 0)
            run.end(**({"status": "interrupted"} if open_spans > 0 else {}))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
