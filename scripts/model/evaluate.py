"""Measures a model on dev: category scores of every segment, F1, average precision, perplexity."""

import torch
from torch import Tensor
from torch.nn import functional as F

from data import BEGIN, FIRST_LABEL, NONE, Document, pack_windows
from model import Llama

CATEGORIES = 41


@torch.no_grad()
def predict(model: Llama, documents: list[Document], window: int, raw: bool = False) -> tuple[Tensor, Tensor]:
    """Scores (log odds) and truth, [segments, categories], for all segments of the documents in order."""
    model.eval()
    scores, wanted = [], []
    weights = model.embedding[FIRST_LABEL : FIRST_LABEL + CATEGORIES] - model.embedding[NONE]
    for document in documents:
        found = torch.full((len(document.segments), CATEGORIES), -30.0)
        windows = pack_windows([s.raw if raw else s.tokens for s in document.segments], window)
        for packed in windows:
            state = model(torch.tensor([packed.tokens]))[0].float()
            values = state[[position for position, _ in packed.cues]] @ weights.T
            for row, (_, segment) in enumerate(packed.cues):
                found[segment] = torch.maximum(found[segment], values[row])
        truth = torch.zeros(len(document.segments), CATEGORIES)
        for row, segment in enumerate(document.segments):
            truth[row, segment.labels] = 1
        scores.append(found)
        wanted.append(truth)
    model.train()
    return torch.cat(scores), torch.cat(wanted)


def best_f1(scores: Tensor, wanted: Tensor) -> tuple[float, float]:
    """The best micro-F1 over segments with one threshold for all categories, and that threshold."""
    order = scores.flatten().argsort(descending=True)
    hits = wanted.flatten()[order].cumsum(0)
    f1 = 2 * hits / (torch.arange(1, len(order) + 1) + wanted.sum())
    best = int(f1.argmax())
    return float(f1[best]), float(scores.flatten()[order[best]])


def average_precision(scores: Tensor, wanted: Tensor) -> float:
    """Mean over categories of the average precision."""
    values = []
    for category in range(wanted.shape[1]):
        truth = wanted[:, category]
        if truth.sum() == 0:
            continue
        hits = truth[scores[:, category].argsort(descending=True)]
        precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
        values.append(float((precision * hits).sum() / hits.sum()))
    return sum(values) / len(values)


@torch.no_grad()
def perplexity(model: Llama, documents: list[Document], chunk: int, chunks: int) -> float:
    """Perplexity of the original text, as llama-perplexity has it: BOS first, the second half of each chunk counts."""
    model.eval()
    tokens = [token for document in documents for token in document.tokens]
    total, count = 0.0, 0
    for start in range(0, min(chunks * chunk, len(tokens) - chunk), chunk):
        inputs = torch.tensor([[BEGIN, *tokens[start + 1 : start + chunk]]])
        logits = model.logits(model(inputs))[0].float()
        half = chunk // 2
        total += float(F.cross_entropy(logits[half:-1], inputs[0, half + 1 :], reduction="sum"))
        count += chunk - 1 - half
    model.train()
    return float(torch.tensor(total / count).exp())
