"""kernels.c for PyTorch: the same results as the plain formulas in model.py, several times faster."""

import ctypes
import subprocess
from pathlib import Path

import torch
from torch.autograd import Function

_source = Path(__file__).with_name("kernels.c")
_library = Path(".cache/model/kernels.so")


def build() -> ctypes.CDLL:
    if not _library.exists() or _library.stat().st_mtime < _source.stat().st_mtime:
        _library.parent.mkdir(parents=True, exist_ok=True)
        flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-shared", "-fPIC"]
        partial = _library.with_suffix(".partial")
        subprocess.run(["gcc", *flags, str(_source), "-o", str(partial), "-lm"], check=True)
        partial.replace(_library)
    library = ctypes.CDLL(str(_library.resolve()))
    library.cross_entropy.restype = ctypes.c_float
    return library


_kernels = build()


def _call(name: str, *arguments):
    converted = [
        ctypes.c_void_p(a.data_ptr())
        if isinstance(a, torch.Tensor)
        else ctypes.c_float(a)
        if isinstance(a, float)
        else ctypes.c_long(a)
        for a in arguments
    ]
    return getattr(_kernels, name)(*converted)


class RmsNorm(Function):
    @staticmethod
    def forward(ctx, x, weight, epsilon):
        x = x.contiguous()
        width = x.shape[-1]
        rows = x.numel() // width
        y = torch.empty_like(x, dtype=torch.bfloat16)
        inverse = torch.empty(rows)
        _call("norm_forward", x, weight, y, inverse, rows, width, epsilon)
        ctx.save_for_backward(x, weight, inverse)
        return y

    @staticmethod
    def backward(ctx, dy):
        x, weight, inverse = ctx.saved_tensors
        dx, dweight = torch.empty_like(x), torch.zeros_like(weight)
        width = x.shape[-1]
        _call("norm_backward", dy.contiguous(), x, weight, inverse, dx, dweight, x.numel() // width, width)
        return dx, dweight, None


class Attention(Function):
    """Causal attention with rotary positions: [batch, length, 3 * width] -> [batch, length, width]. Queries are taken in
    blocks, each with the keys up to its end, because later keys are masked."""

    BLOCK = 128

    @staticmethod
    def forward(ctx, h, cosine, sine, heads):
        batch, length, triple = h.shape
        size = triple // 3 // heads
        h = h.contiguous()
        q, k, v = (torch.empty(batch * heads, length, size, dtype=torch.bfloat16) for _ in range(3))
        scale = size**-0.5
        _call("split_forward", h, cosine, sine, q, k, v, batch, length, heads, size, scale)
        y = torch.empty_like(q)
        probabilities = []
        for first in range(0, length, Attention.BLOCK):
            last = min(length, first + Attention.BLOCK)
            p = torch.bmm(q[:, first:last], k[:, :last].transpose(1, 2))
            _call("softmax_forward", p, batch * heads, last - first, last, first)
            y[:, first:last] = torch.bmm(p, v[:, :last])
            probabilities.append(p)
        ctx.save_for_backward(q, k, v, cosine, sine, *probabilities)
        ctx.sizes = batch, length, heads, size, scale
        return y.unflatten(0, (batch, heads)).transpose(1, 2).flatten(2)

    @staticmethod
    def backward(ctx, dy):
        q, k, v, cosine, sine, *probabilities = ctx.saved_tensors
        batch, length, heads, size, scale = ctx.sizes
        dy = dy.unflatten(-1, (heads, size)).transpose(1, 2).flatten(0, 1).contiguous()
        dq, dk, dv = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for i, p in enumerate(probabilities):
            first = i * Attention.BLOCK
            last = first + p.shape[1]
            gradient = dy[:, first:last]
            dv[:, :last] += torch.bmm(p.transpose(1, 2), gradient)
            ds = torch.bmm(gradient, v[:, :last].transpose(1, 2))
            _call("softmax_backward", p, ds, batch * heads, last - first, last, first)
            dq[:, first:last] = torch.bmm(ds, k[:, :last])
            dk[:, :last] += torch.bmm(ds.transpose(1, 2), q[:, first:last])
        dh = torch.empty(batch, length, 3 * heads * size, dtype=torch.bfloat16)
        _call("split_backward", dq, dk, dv, cosine, sine, dh, batch, length, heads, size, scale)
        return dh, None, None, None


class Gate(Function):
    @staticmethod
    def forward(ctx, h):
        h = h.contiguous()
        width = h.shape[-1] // 2
        y = torch.empty(*h.shape[:-1], width, dtype=torch.bfloat16)
        _call("gate_forward", h, y, y.numel() // width, width)
        ctx.save_for_backward(h)
        return y

    @staticmethod
    def backward(ctx, dy):
        (h,) = ctx.saved_tensors
        dh = torch.empty_like(h)
        width = dy.shape[-1]
        _call("gate_backward", h, dy.contiguous(), dh, dy.numel() // width, width)
        return dh


class CrossEntropy(Function):
    """Mean over the targets that are not negative. Writes the gradient over the logits; its factor must be 1."""

    @staticmethod
    def forward(ctx, logits, targets):
        count = int((targets >= 0).sum())
        logits = logits.contiguous()
        loss = _call("cross_entropy", logits, targets, logits.shape[0], logits.shape[1], 1.0 / count)
        ctx.gradient = logits
        return torch.tensor(loss / count)

    @staticmethod
    def backward(ctx, factor):
        return ctx.gradient, None


class AddDropout(Function):
    """x + dropout(h, rate), for a float32 x and a bfloat16 h."""

    @staticmethod
    def forward(ctx, x, h, rate):
        h = h.contiguous()
        seed = int(torch.randint(2**31, (1,)))
        ctx.settings = x.numel(), seed, int(rate * (2**32 - 1)), 1.0 / (1.0 - rate)
        y = torch.empty_like(x)
        _call("add_forward", x, h, y, *ctx.settings)
        return y

    @staticmethod
    def backward(ctx, dy):
        dy = dy.contiguous()
        dh = torch.empty_like(dy, dtype=torch.bfloat16)
        _call("add_backward", dy, dh, *ctx.settings)
        return dy, dh, None
