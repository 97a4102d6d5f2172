"""Compares kernels.c with the plain formulas: prints relative errors, which should be below 0.01.

    /usr/bin/python3 scripts/model/check_kernels.py
"""

import torch
from torch.nn import functional as F

from kernels import AddDropout, Attention, CrossEntropy, Gate, RmsNorm

HEADS, SIZE, LENGTH = 4, 64, 300


def compare(name, fast, plain, inputs, gradient):
    wide = [x.detach().float().requires_grad_() for x in inputs]
    narrow = [x.detach().clone().requires_grad_() for x in inputs]
    y, expected = fast(*narrow), plain(*wide)
    y.backward(gradient.to(y.dtype))
    expected.backward(gradient.float())
    pairs = [(y, expected), *((a.grad, b.grad) for a, b in zip(narrow, wide))]
    print(name, *(f"{float((a.float() - b).norm() / b.norm()):.5f}" for a, b in pairs))


def norm(x, weight):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight


def rotate(x, cosine, sine):
    a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack((a * cosine - b * sine, a * sine + b * cosine), -1).flatten(-2)


def attention(h, cosine, sine):
    query, key, value = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in h.chunk(3, -1))
    query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
    mask = torch.full((LENGTH, LENGTH), float("-inf")).triu(1)
    p = (query @ key.transpose(-1, -2) * SIZE**-0.5 + mask).softmax(-1)
    return (p @ value).transpose(1, 2).flatten(2)


def gate(h):
    gate, up = h.chunk(2, -1)
    return F.silu(gate) * up


torch.manual_seed(0)
torch.set_num_threads(1)
width = HEADS * SIZE
state = torch.randn(2, LENGTH, width)
gradient = torch.randn(2, LENGTH, width)
compare("norm", lambda x, w: RmsNorm.apply(x, w, 1e-5), norm, [state, torch.rand(width) + 0.5], gradient)
speeds = 10000.0 ** -(torch.arange(SIZE // 2).float() / (SIZE // 2))
angles = torch.outer(torch.arange(LENGTH).float(), speeds)
turn = angles.cos().contiguous(), angles.sin().contiguous()
mixed = torch.randn(2, LENGTH, 3 * width).bfloat16()
compare("attention", lambda h: Attention.apply(h, *turn, HEADS), lambda h: attention(h, *turn), [mixed], gradient)
compare("gate", Gate.apply, gate, [torch.randn(2, LENGTH, 2 * width).bfloat16()], gradient)
targets = torch.randint(0, 500, (100,))
targets[5] = -100
logits = [(torch.randn(100, 500) * 3).bfloat16()]
one = torch.tensor(1.0)
compare("loss", lambda x: CrossEntropy.apply(x * 1, targets), lambda x: F.cross_entropy(x, targets), logits, one)
compare("add", lambda x, h: AddDropout.apply(x, h, 0.0), lambda x, h: x + h, [state, state.bfloat16()], gradient)
x, h = state.clone().requires_grad_(), torch.ones(2, LENGTH, width).bfloat16().requires_grad_()
y = AddDropout.apply(x, h, 0.1)
y.backward(gradient)
kept = (y - x).abs() > 0.01
print(f"dropout kept {float(kept.float().mean()):.3f}", bool(((h.grad != 0) == kept).all()))
