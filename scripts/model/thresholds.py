"""Chooses per category the probability from which a segment counts as found, for the best F1 on dev.

    /usr/bin/python3 scripts/model/thresholds.py --contracts DIR

Writes thresholds.json and dev.predictions.jsonl (the findings, as score.mjs reads them) beside the checkpoint. The log odds
are those of the model and of lexicon.json, averaged with --share. The F1 of a threshold is averaged over nearby thresholds,
so that a little noise, from quantization for instance, changes little; and each category's counts are joined by those of
all categories, scaled down to --prior labelled spans, because the best threshold of a handful of spans is chance: chosen on
half of dev and tried on the other half, micro-F1 is 0.69 with a prior of 12 and 0.68 with one of 3.
"""

import argparse
import json
import multiprocessing
from pathlib import Path

import numpy as np
import torch

import lexicon
from data import read_documents
from evaluate import average_precision, best_f1, perplexity, predict
from export import load

GRID = np.arange(-6.0, 4.01, 0.1)  # log odds


def tally(documents, spans, scores, category, name):
    """Per threshold: right findings, findings, labelled spans hit; and the number of labelled spans."""
    right, found, hit, labelled = np.zeros(len(GRID)), np.zeros(len(GRID)), np.zeros(len(GRID)), 0
    for document, found_scores in zip(documents, scores):
        gold = spans[document.file].get(name, [])
        best = np.full(len(gold), -np.inf)
        for segment, score in zip(document.segments, found_scores[:, category]):
            over = [i for i, (start, end) in enumerate(gold) if min(end, segment.end) > max(start, segment.start)]
            passed = GRID <= score
            found += passed
            if over:
                right += passed
            for i in over:
                best[i] = max(best[i], score)
        hit += (best[:, None] >= GRID[None, :]).sum(0)
        labelled += len(gold)
    return right, found, hit, labelled


def f1(right, found, hit, labelled):
    precision, recall = right / np.maximum(1, found), hit / max(1, labelled)
    return 2 * precision * recall / np.maximum(1e-9, precision + recall)


def smooth(values, width):
    kernel = np.exp(-0.5 * (np.arange(-3 * width, 3 * width + 1) / width) ** 2)
    padded = np.pad(values, 3 * width, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contracts", required=True)
    parser.add_argument("--folder", default=".cache/model")
    parser.add_argument("--name", default="checkpoint")
    parser.add_argument("--smooth", type=int, default=8, help="width of the average, in tenths of log odds")
    parser.add_argument("--prior", type=float, default=12, help="labelled spans that the counts of all categories stand for")
    parser.add_argument("--share", type=float, default=0.7, help="weight of the lexicon against the model")
    settings = parser.parse_args()
    torch.set_num_threads(1)
    folder = Path(settings.folder)
    categories = json.loads((folder / "tokenizer.json").read_text())["categories"]
    with open(Path(settings.contracts) / "dev.labels.jsonl") as lines:
        spans = {d["file"]: d["spans"] for d in map(json.loads, lines)}
    documents = read_documents(folder, "dev")
    model, state = load(folder / f"{settings.name}.pt")
    with multiprocessing.get_context("fork").Pool() as pool:
        predicted = pool.starmap(predict, [(model, [d], model.shape.context) for d in documents], chunksize=1)
    words = json.loads((folder / "lexicon.json").read_text())
    parts = []
    files, texts, _ = lexicon.read(folder, Path(settings.contracts), "dev")
    said = lexicon.scores(words, texts)
    for document, (part, _) in zip(documents, predicted):
        parts.append(settings.share * said[files == document.file] + (1 - settings.share) * part.numpy())
    model_scores, wanted = (torch.cat(list(both)) for both in zip(*predicted))
    print(f"step {state['step']}: perplexity {perplexity(model, documents, 256, 40):.2f}")
    for label, scores in (
        ("model", model_scores),
        ("lexicon", torch.tensor(said)),
        ("both", torch.tensor(np.concatenate(parts))),
    ):
        print(f"{label}: segment micro-F1 {best_f1(scores, wanted)[0]:.4f}, mean average precision {average_precision(scores, wanted):.4f}")

    counts = [tally(documents, spans, parts, category, name) for category, name in enumerate(categories)]
    everything = [sum(values) for values in zip(*counts)]
    prior = [settings.prior / everything[3] * values for values in everything]
    cuts, sums, best = [], np.zeros(4), []
    for name, (right, found, hit, labelled) in zip(categories, counts):
        joined = [own + shared for own, shared in zip((right, found, hit, labelled), prior)]
        at = int(smooth(f1(*joined), settings.smooth).argmax())
        cuts.append(float(GRID[at]))
        sums += [right[at], found[at], hit[at], labelled]
        best.append(f1(right[at], found[at], hit[at], labelled))
        print(f"{best[-1]:.3f}  {labelled:4d} labelled, {int(found[at]):4d} found  at {GRID[at]:+.1f}  {name}")
    print(f"micro-F1 {f1(*sums):.4f}, macro-F1 {np.mean(best):.4f}")

    probabilities = [1 / (1 + float(np.exp(-cut))) for cut in cuts]
    (folder / "thresholds.json").write_text(json.dumps({"share": settings.share, "thresholds": probabilities}))
    with open(folder / "dev.predictions.jsonl", "w") as out:
        for document, part in zip(documents, parts):
            findings = [
                {
                    "category": categories[category],
                    "start": document.segments[row].start,
                    "end": document.segments[row].end,
                    "probability": 1 / (1 + float(np.exp(-part[row, category]))),
                }
                for row, category in zip(*np.nonzero(part >= np.array(cuts)))
            ]
            out.write(json.dumps({"file": document.file, "findings": findings}) + "\n")


if __name__ == "__main__":
    main()
