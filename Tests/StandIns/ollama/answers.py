"""Ollama's, OpenAI's and Anthropic's shapes of what the model of a stand-in says."""

import json
import random
import time

from models import timestamp

RESPONSE = {
    "background": False, "completed_at": None, "created_at": 0, "error": None, "frequency_penalty": 0, "id": "",
    "incomplete_details": None, "instructions": None, "max_output_tokens": None, "max_tool_calls": None, "metadata": {},
    "model": "", "object": "response", "output": [], "parallel_tool_calls": True, "presence_penalty": 0,
    "previous_response_id": None, "prompt_cache_key": None, "reasoning": None, "safety_identifier": None,
    "service_tier": "default", "status": "in_progress", "store": False, "temperature": 1,
    "text": {"format": {"type": "text"}}, "tool_choice": "auto", "tools": [], "top_logprobs": 0, "top_p": 1,
    "truncation": "disabled", "usage": None,
}  # fmt: skip


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Native:
    """/api/generate and /api/chat: one JSON object a line."""

    stream_type, whole_type, streams_by_default, newline = "application/x-ndjson", "application/json; charset=utf-8", True, b""

    def __init__(self, model: str, body: dict, is_chat: bool):
        self.model, self.is_chat = model, is_chat

    def said(self, text: str) -> dict:
        return {"message": {"role": "assistant", "content": text}} if self.is_chat else {"response": text}

    def head(self) -> dict:
        return {"model": self.model, "created_at": timestamp()}

    def first(self) -> list[bytes]:
        return []

    def piece(self, text: str) -> list[bytes]:
        return [compact(self.head() | self.said(text) | {"done": False}) + b"\n"]

    def tail(self, run) -> dict:
        context = {} if self.is_chat else {"context": [10979] + [236764] * (run.prompt - 1 + run.tokens)}
        times = {"total_duration": run.total, "load_duration": run.load, "prompt_eval_count": run.prompt}
        times |= {"prompt_eval_duration": run.evaluation, "eval_count": run.tokens, "eval_duration": run.generation}
        return {"done": True, "done_reason": run.reason} | context | times

    def last(self, run) -> list[bytes]:
        return [compact(self.head() | self.said("") | self.tail(run)) + b"\n"]

    def whole(self, run) -> bytes:
        return compact(self.head() | self.said(run.text) | self.tail(run))


class OpenAI:
    """/v1/chat/completions and /v1/completions: server-sent events."""

    stream_type, whole_type, streams_by_default, newline = "text/event-stream", "application/json", False, b"\n"

    def __init__(self, model: str, body: dict, is_chat: bool):
        self.model, self.is_chat, self.created = model, is_chat, int(time.time())
        self.usage = bool((body.get("stream_options") or {}).get("include_usage"))
        self.id = ("chatcmpl-" if is_chat else "cmpl-") + str(random.randint(100, 999))

    def event(self, choices: list, extra: dict | None = None) -> bytes:
        if self.is_chat:
            value = {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": self.model}
            value |= {"system_fingerprint": "fp_ollama", "choices": choices}
        else:
            value = {"id": self.id, "object": "text_completion", "created": self.created, "choices": choices}
            value |= {"model": self.model, "system_fingerprint": "fp_ollama"}
        return b"data: " + compact(value | (extra or {})) + b"\n\n"

    def choice(self, text: str, reason: str | None) -> dict:
        if self.is_chat:
            return {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": reason}
        return {"text": text, "index": 0, "finish_reason": reason}

    def first(self) -> list[bytes]:
        return []

    def piece(self, text: str) -> list[bytes]:
        return [self.event([self.choice(text, None)])]

    def counts(self, run) -> dict:
        return {"prompt_tokens": run.prompt, "completion_tokens": run.tokens, "total_tokens": run.prompt + run.tokens}

    def last(self, run) -> list[bytes]:
        usage = self.event([], {"usage": self.counts(run)}) if self.usage else b""
        return [self.event([self.choice("", run.reason)]) + usage + b"data: [DONE]\n\n"]

    def whole(self, run) -> bytes:
        if self.is_chat:
            choice = {"index": 0, "message": {"role": "assistant", "content": run.text}, "finish_reason": run.reason}
            head = {"id": self.id, "object": "chat.completion", "created": self.created, "model": self.model}
            value = head | {"system_fingerprint": "fp_ollama", "choices": [choice], "usage": self.counts(run)}
        else:
            choice = {"text": run.text, "index": 0, "finish_reason": run.reason}
            head = {"id": self.id, "object": "text_completion", "created": self.created, "model": self.model}
            value = head | {"system_fingerprint": "fp_ollama", "choices": [choice], "usage": self.counts(run)}
        return compact(value)


def named(event: str, value: dict) -> bytes:
    return f"event: {event}\ndata: ".encode() + compact(value) + b"\n\n"


class Anthropic:
    """/v1/messages."""

    stream_type, whole_type, streams_by_default, newline = "text/event-stream", "application/json", False, b"\n"

    def __init__(self, model: str, body: dict, is_chat: bool):
        self.model, self.id = model, f"msg_{random.getrandbits(96):024x}"

    def event(self, kind: str, **values) -> bytes:
        return named(kind, {"type": kind} | values)

    def first(self) -> list[bytes]:
        message = {"id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": []}
        message |= {"usage": {"input_tokens": 1, "output_tokens": 0}}
        block = {"type": "text", "text": ""}
        return [self.event("message_start", message=message), self.event("content_block_start", index=0, content_block=block)]

    def piece(self, text: str) -> list[bytes]:
        return [self.event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})]

    def reason(self, run) -> str:
        return "max_tokens" if run.reason == "length" else "end_turn"

    def counts(self, run) -> dict:
        return {"input_tokens": run.prompt, "output_tokens": run.tokens}

    def last(self, run) -> list[bytes]:
        stop = self.event("message_delta", delta={"stop_reason": self.reason(run)}, usage=self.counts(run))
        return [self.event("content_block_stop", index=0), stop, self.event("message_stop")]

    def whole(self, run) -> bytes:
        value = {"id": self.id, "type": "message", "role": "assistant", "model": self.model}
        value |= {"content": [{"type": "text", "text": run.text}], "stop_reason": self.reason(run), "usage": self.counts(run)}
        return compact(value)


class Responses:
    """/v1/responses. Of the stream's middle only the numbering is recorded: the events between are OpenAI's."""

    stream_type, whole_type, streams_by_default, newline = "text/event-stream", "application/json", False, b"\n"

    def __init__(self, model: str, body: dict, is_chat: bool):
        self.model, self.id = model, f"resp_{random.randint(100000, 999999)}"
        self.message, self.limit = f"msg_{random.randint(100000, 999999)}", body.get("max_output_tokens")
        self.number = 3

    def value(self, status: str, output: list, usage: dict | None, done: int | None) -> dict:
        value = RESPONSE | {"id": self.id, "model": self.model, "created_at": int(time.time()), "completed_at": done}
        return value | {"max_output_tokens": self.limit, "status": status, "output": output, "usage": usage}

    def first(self) -> list[bytes]:
        started = self.value("in_progress", [], None, None)
        item = {"content": [], "id": self.message, "role": "assistant", "status": "in_progress", "type": "message"}
        part = {"annotations": [], "logprobs": [], "text": "", "type": "output_text"}
        rows = [("response.created", {"response": started}), ("response.in_progress", {"response": started})]
        rows += [("response.output_item.added", {"item": item, "output_index": 0})]
        rows += [("response.content_part.added", {"content_index": 0, "item_id": self.message, "output_index": 0, "part": part})]
        return [named(kind, values | {"sequence_number": n, "type": kind}) for n, (kind, values) in enumerate(rows)]

    def next(self, kind: str, **values) -> bytes:
        self.number += 1
        return named(kind, values | {"sequence_number": self.number, "type": kind})

    def piece(self, text: str) -> list[bytes]:
        place = {"content_index": 0, "item_id": self.message, "output_index": 0}
        return [self.next("response.output_text.delta", delta=text, **place)]

    def part(self, run) -> dict:
        return {"annotations": [], "logprobs": [], "text": run.text, "type": "output_text"}

    def item(self, run) -> dict:
        return {"content": [self.part(run)], "id": self.message, "role": "assistant", "status": "completed", "type": "message"}

    def finished(self, run) -> dict:
        item = self.item(run)
        usage = {"input_tokens": run.prompt, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": run.tokens}
        usage |= {"output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": run.prompt + run.tokens}
        return self.value("completed", [item], usage, int(time.time()))

    def last(self, run) -> list[bytes]:
        place = {"content_index": 0, "item_id": self.message, "output_index": 0}
        ended = [self.next("response.output_text.done", text=run.text, **place)]
        ended += [self.next("response.content_part.done", part=self.part(run), **place)]
        ended += [self.next("response.output_item.done", item=self.item(run), output_index=0)]
        return ended + [self.next("response.completed", response=self.finished(run))]

    def whole(self, run) -> bytes:
        return compact(self.finished(run))
