"""Trains the sample model on a CPU, with one single-threaded process per core.

    /usr/bin/python3 scripts/model/train.py --minutes 45

The learning rate follows the clock, so that a run ends after --minutes however busy the machine is. A run goes on from
its last checkpoint; --fresh starts anew, and a larger --minutes lengthens the schedule. Runs with Debian's python3-torch.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as processes
from torch.nn import functional as F

from data import CUE, FIRST_LABEL, NONE, Sampler, read_documents
from kernels import CrossEntropy
from evaluate import average_precision, best_f1, perplexity, predict
from model import Llama, Shape

CATEGORIES = 41


def orthogonalize(gradient: torch.Tensor) -> torch.Tensor:
    """Newton-Schulz iteration of the Muon optimizer (Keller Jordan, 2024): the nearest orthogonal matrix."""
    x = gradient.bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * (a @ a)) @ x
    return (x.T if tall else x).float()


class Optimizer:
    """Muon for the matrices inside the blocks, AdamW for the rest. Each process updates the parameters it owns."""

    def __init__(self, model: Llama):
        self.parameters = list(model.named_parameters())
        self.first = [torch.zeros_like(p).share_memory_() for _, p in self.parameters]
        self.second = [torch.zeros_like(p).share_memory_() for _, p in self.parameters]
        self.average = [p.detach().clone().share_memory_() for _, p in self.parameters]

    def owned(self, worker: int, workers: int) -> list[int]:
        return [i for i in range(len(self.parameters)) if i % workers == worker]

    @torch.no_grad()
    def update(self, index: int, gradient: torch.Tensor, step: int, rate: float, decay: float) -> None:
        name, p = self.parameters[index]
        first, second = self.first[index], self.second[index]
        if p.dim() == 2 and "blocks" in name:
            first.mul_(0.95).add_(gradient, alpha=0.05)
            direction = gradient.lerp(first, 0.95)
            width = min(p.shape)
            parts = [orthogonalize(part) * 0.2 * max(part.shape) ** 0.5 for part in _squares(direction, width, name)]
            change = torch.cat(parts)
            p.mul_(1 - rate * decay)
            p.add_(change, alpha=-rate)
        else:
            first.mul_(0.9).add_(gradient, alpha=0.1)
            second.mul_(0.95).addcmul_(gradient, gradient, value=0.05)
            scale = (second / (1 - 0.95**step)).sqrt_().add_(1e-10)
            if p.dim() == 2:
                p.mul_(1 - rate * decay)
            p.addcdiv_(first, scale, value=-rate / (1 - 0.9**step))
        keep = min(0.998, (step + 1) / (step + 10))
        self.average[index].lerp_(p, 1 - keep)


def _squares(matrix: torch.Tensor, width: int, name: str) -> list[torch.Tensor]:
    """Queries, keys and values, and gate and up, are separate matrices that are stored as one."""
    if name.endswith("attention_in"):
        return list(matrix.chunk(3))
    if name.endswith("feed_forward_in"):
        return list(matrix.chunk(2))
    return [matrix]


def losses(model: Llama, batch, settings) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean loss of the next token, and of the categories at the cues (summed over categories)."""
    inputs = torch.tensor([inputs for inputs, _, _ in batch])
    targets = torch.tensor([targets for _, targets, _ in batch])
    cues = [(row, position, segment) for row, (_, _, found) in enumerate(batch) for position, segment in found]
    state = model(inputs, settings.dropout)
    language = CrossEntropy.apply(model.logits(state).flatten(0, 1), targets.flatten())
    if not cues:
        return language, language.new_zeros(())
    at = state[[row for row, _, _ in cues], [position for _, position, _ in cues]].float()
    wanted = torch.zeros(len(cues), CATEGORIES)
    for i, (_, _, segment) in enumerate(cues):
        wanted[i, segment.labels] = 1
        if segment.teacher is not None:
            wanted[i].lerp_(torch.from_numpy(segment.teacher).float(), settings.taught)
    weights = model.embedding[FIRST_LABEL : FIRST_LABEL + CATEGORIES] - model.embedding[NONE]
    scores = at @ weights.T
    category = F.binary_cross_entropy_with_logits(
        scores, wanted, pos_weight=torch.tensor(settings.positive), reduction="sum"
    )
    return language, category / len(cues)


def take(taken, parts: int) -> bool:
    """Takes one part of a step, if any is left."""
    with taken.get_lock():
        if taken.value == parts:
            return False
        taken.value += 1
        return True


def work(worker: int, settings, model: Llama, optimizer: Optimizer, gradients, shared, barrier, started) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(settings.seed + worker)
    folder = Path(settings.folder)
    teacher = np.load(settings.teacher, mmap_mode="r") if settings.teacher else None
    documents = read_documents(folder, "train", teacher)
    sampler = Sampler(documents, settings.context, settings.seed + worker + 1000 * int(shared["step"]), settings.noise)
    dev = read_documents(folder, "dev")[:: settings.dev_every]
    model.train()
    for (_, p), g in zip(model.named_parameters(), gradients[worker]):
        p.grad = g
    mine = optimizer.owned(worker, settings.workers)
    begun, tokens, sums, saved = time.time(), 0, np.zeros(3), time.time()
    evaluated = time.time()
    barrier.wait()
    while True:
        # The processes share the work of a step as they find time, so that a busy core does not hold up the other.
        while take(shared["taken"], settings.parts):
            batch = [sampler.window() for _ in range(settings.batch)]
            language, category = losses(model, batch, settings)
            (language + settings.category * category).backward()
            sums += [1, language.item(), category.item()]
        shared["norm"][worker] = sum(float(p.grad.square().sum()) for p in model.parameters())
        if worker == 0:
            elapsed = started + (time.time() - begun) / 60
            done = elapsed / settings.minutes
            step = int(shared["step"]) + 1
            shared["step"].fill_(step)
            shared["stop"].fill_(float(done >= 1))
            warm = min(1.0, step / 60)
            shared["rate"].fill_(settings.rate * warm * max(0.0, 1 - max(0.0, done - 0.3) / 0.7))
            shared["minutes"].fill_(elapsed)
        barrier.wait()
        step, rate = int(shared["step"]), float(shared["rate"])
        norm = float(shared["norm"].sum()) ** 0.5 / settings.parts
        clip = min(1.0, 2.0 / (norm + 1e-6)) / settings.parts
        for index in mine:
            total = gradients[0][index].clone()
            for other in gradients[1:]:
                total += other[index]
            optimizer.update(index, total * clip, step, rate, settings.decay)
            for other in gradients:
                other[index].zero_()
        stop = bool(shared["stop"])
        if worker == 0:
            shared["taken"].value = 0
        barrier.wait()
        tokens += settings.parts * settings.batch * settings.context
        if worker == 0 and step % settings.every == 0:
            speed = tokens / (time.time() - begun)
            print(
                f"step {step} minute {float(shared['minutes']):.1f} language {sums[1] / sums[0]:.3f} "
                f"category {sums[2] / sums[0]:.3f} norm {norm:.2f} rate {rate:.5f} tokens/s {speed:.0f}",
                flush=True,
            )
        if step % settings.every == 0:
            sums[:] = 0
        if worker == 0 and (stop or time.time() - saved > 120):
            save(settings, model, optimizer, shared)
            saved = time.time()
        if stop:
            return
        if worker == 0 and time.time() - evaluated > settings.evaluate * 60:
            report(model, optimizer, dev, settings)
            evaluated = time.time()


def report(model: Llama, optimizer: Optimizer, dev, settings) -> None:
    smooth = Llama(model.shape)
    for (_, p), average in zip(smooth.named_parameters(), optimizer.average):
        p.data.copy_(average)
    for label, candidate in (("averaged", smooth),):
        scores, wanted = predict(candidate, dev, settings.context)
        f1, _ = best_f1(scores, wanted)
        print(
            f"dev {label}: perplexity {perplexity(candidate, dev, 256, 20):.2f} segment micro-F1 {f1:.4f} "
            f"mean average precision {average_precision(scores, wanted):.4f}",
            flush=True,
        )


def save(settings, model: Llama, optimizer: Optimizer, shared) -> None:
    path = Path(settings.folder) / f"{settings.name}.pt"
    state = {
        "shape": model.shape,
        "model": model.state_dict(),
        "first": optimizer.first,
        "second": optimizer.second,
        "average": optimizer.average,
        "step": int(shared["step"]),
        "minutes": float(shared["minutes"]),
        "settings": vars(settings),
    }
    torch.save(state, f"{path}.partial")
    os.replace(f"{path}.partial", path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=".cache/model", help="where segments.ts wrote; checkpoints go there too")
    parser.add_argument("--name", default="checkpoint")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=2, help="windows per part of a step")
    parser.add_argument("--parts", type=int, default=6, help="parts per step")
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--decay", type=float, default=0.1)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--noise", type=float, default=0.05, help="share of input tokens replaced by random ones")
    parser.add_argument("--category", type=float, default=2.0, help="weight of the category loss")
    parser.add_argument("--positive", type=float, default=1.5, help="weight of a marked category against an unmarked one")
    parser.add_argument("--teacher", help="a .npy of probabilities [train segments, categories] to learn from, too")
    parser.add_argument("--taught", type=float, default=0.5, help="weight of the teacher against the labels")
    parser.add_argument("--evaluate", type=float, default=6, help="minutes between looks at dev")
    parser.add_argument("--dev-every", type=int, default=5)
    parser.add_argument("--every", type=int, default=50, help="steps between lines of the log")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true")
    settings = parser.parse_args()

    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    model = Llama(Shape(context=settings.context, layers=settings.layers))
    model.share_memory()
    optimizer = Optimizer(model)
    shared = {name: torch.zeros(1).share_memory_() for name in ("step", "rate", "stop", "minutes")}
    shared["norm"] = torch.zeros(settings.workers).share_memory_()
    gradients = [[torch.zeros_like(p).share_memory_() for p in model.parameters()] for _ in range(settings.workers)]
    path = Path(settings.folder) / f"{settings.name}.pt"
    started = 0.0
    if path.exists() and not settings.fresh:
        state = torch.load(path)
        model.load_state_dict(state["model"])
        for mine, saved in zip(
            [*optimizer.first, *optimizer.second, *optimizer.average],
            [*state["first"], *state["second"], *state["average"]],
        ):
            mine.copy_(saved)
        shared["step"].fill_(state["step"])
        started = state["minutes"]
        print(f"goes on at step {state['step']}, minute {started:.1f}")
    fork = processes.get_context("fork")
    shared["taken"] = fork.Value("i", 0)
    barrier = fork.Barrier(settings.workers)
    arguments = (settings, model, optimizer, gradients, shared, barrier, started)
    processes.start_processes(work, arguments, settings.workers, start_method="fork")


if __name__ == "__main__":
    main()
