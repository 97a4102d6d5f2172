"""Reads what segments.ts wrote, and packs segments into windows."""

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

END, BEGIN, CUE, NONE, FIRST_LABEL = 0, 1, 2, 3, 4


@dataclass
class Segment:
    start: int
    end: int
    labels: list[int]
    tokens: list[int]
    raw: list[int]
    teacher: "np.ndarray | None" = None  # probability of each category, from another classifier


@dataclass
class Document:
    file: str
    segments: list[Segment]
    tokens: list[int]


def read_documents(folder: Path, split: str, teacher: "np.ndarray | None" = None) -> list[Document]:
    segments = defaultdict(list)
    with open(folder / f"{split}.segments.jsonl") as lines:
        for row, line in enumerate(lines):
            s = json.loads(line)
            raw = s.get("raw") or s["tokens"]
            taught = None if teacher is None else teacher[row]
            segments[s["file"]].append(Segment(s["start"], s["end"], s["labels"], s["tokens"], raw, taught))
    with open(folder / f"{split}.documents.jsonl") as lines:
        documents = [json.loads(line) for line in lines]
    return [Document(d["file"], segments[d["file"]], d["tokens"]) for d in documents]


@dataclass
class Window:
    """`tokens` of a stream, and the `cues` in it: position of the cue, index of its segment."""

    tokens: list[int]
    cues: list[tuple[int, int]]


def pack_windows(segments: list[list[int]], window: int) -> list[Window]:
    """Windows that score every segment once, as `packWindows` in cues.ts does."""
    pieces = []
    longest = window - 3
    for index, tokens in enumerate(segments):
        for start in range(0, max(1, len(tokens)), longest):
            pieces.append((index, tokens[start : start + longest]))
    windows = []
    next_piece = 0
    while next_piece < len(pieces):
        first = next_piece
        context = 0
        needed = len(pieces[next_piece][1]) + 1
        while first > 0:
            size = len(pieces[first - 1][1]) + 1
            if context + size > window // 4 or 2 + context + size + needed > window:
                break
            context += size
            first -= 1
        packed = Window([BEGIN] if first == 0 else [BEGIN, CUE], [])
        position = first
        while position < len(pieces) and len(packed.tokens) + len(pieces[position][1]) + 1 <= window:
            index, tokens = pieces[position]
            packed.tokens += [*tokens, CUE]
            if position >= next_piece:
                packed.cues.append((len(packed.tokens) - 1, index))
            position += 1
        next_piece = position
        windows.append(packed)
    return windows


class Sampler:
    """Draws random training windows. A part of them is drawn around a clause of a rare category, a part keeps the
    original blanks, and a part is plain text without cues, so that the model reads ordinary files too."""

    def __init__(self, documents: list[Document], context: int, seed: int, noise: float):
        self.documents, self.context, self.noise = documents, context, noise
        self.random = random.Random(seed)
        self.sizes = [sum(len(s.tokens) + 1 for s in d.segments) for d in documents]
        self.places = defaultdict(list)
        for d, document in enumerate(documents):
            for s, segment in enumerate(document.segments):
                for label in segment.labels:
                    self.places[label].append((d, s))
        self.labels = sorted(self.places)
        self.weights = [len(self.places[label]) ** 0.5 for label in self.labels]

    def window(self) -> tuple[list[int], list[int], list[tuple[int, Segment]]]:
        """Inputs, targets and cues (position, the segment before it); targets of -100 do not count."""
        pick = self.random
        kind = pick.random()
        if kind < 0.08:
            document = pick.choices(self.documents, self.sizes)[0]
            start = pick.randrange(max(1, len(document.tokens) - self.context))
            stream = [BEGIN, *document.tokens[start : start + self.context]]
            return self._pad(stream, [])
        if kind < 0.38:
            d, s = pick.choice(self.places[pick.choices(self.labels, self.weights)[0]])
            segments = self.documents[d].segments
            room = pick.randrange(self.context - 40)
            while s > 0 and len(segments[s].tokens) + 1 <= room:
                room -= len(segments[s].tokens) + 1
                s -= 1
        else:
            d = pick.choices(range(len(self.documents)), self.sizes)[0]
            segments = self.documents[d].segments
            s = pick.randrange(-4, len(segments))
            s = max(0, s)
        raw = pick.random() < 0.15
        stream = [BEGIN] if s == 0 else [BEGIN, CUE]
        cues = []
        while s < len(segments) and len(stream) <= self.context:
            segment = segments[s]
            stream += [*(segment.raw if raw else segment.tokens), CUE]
            if len(stream) <= self.context:
                cues.append((len(stream) - 1, segment))
            s += 1
        if s == len(segments):
            stream.append(END)
        return self._pad(stream, cues)

    def _pad(self, stream, cues):
        size = self.context
        stream = stream[: size + 1]
        targets = stream[1:] + [-100] * (size + 1 - len(stream))
        inputs = stream[:size] + [END] * (size - len(stream))
        if len(stream) > 1 and stream[1] == CUE:
            targets[0] = -100
        for position, segment in cues:
            targets[position] = FIRST_LABEL + self.random.choice(segment.labels) if segment.labels else NONE
        if self.noise:
            for i, token in enumerate(inputs):
                if token > CUE and self.random.random() < self.noise:
                    inputs[i] = self.random.randrange(300, 4096)
        return inputs, targets, cues
