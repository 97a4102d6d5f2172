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
        subprocess.run(["gcc", *flags, str(_source), "-o", str(_library), "-lm"], check=True)
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
    """Causal attention with rotary positions: [batch, length, 3 * width] -> [batch, length, width]."""

    @staticmethod
    def forward(ctx, h, cosine, sine, heads):
        batch, length, triple = h.shape
        size = triple // 3 // heads
        h = h.contiguous()
        q, k, v = (torch.empty(batch * heads, length, size, dtype=torch.bfloat16) for _ in range(3))
        scale = size**-0.5
        _call("split_forward", h, cosine, sine, q, k, v, batch, length, heads, size, scale)
        p = torch.bmm(q, k.transpose(1, 2))
        _call("softmax_forward", p, batch * heads, length)
        ctx.save_for_backward(q, k, v, p, cosine, sine)
        ctx.sizes = batch, length, heads, size, scale
        return torch.bmm(p, v).unflatten(0, (batch, heads)).transpose(1, 2).flatten(2)

    @staticmethod
    def backward(ctx, dy):
        q, k, v, p, cosine, sine = ctx.saved_tensors
        batch, length, heads, size, scale = ctx.sizes
        dy = dy.unflatten(-1, (heads, size)).transpose(1, 2).flatten(0, 1).contiguous()
        dv = torch.bmm(p.transpose(1, 2), dy)
        ds = torch.bmm(dy, v.transpose(1, 2))
        _call("softmax_backward", p, ds, batch * heads, length)
        dq, dk = torch.bmm(ds, k), torch.bmm(ds.transpose(1, 2), q)
        dh = torch.empty(batch, length, 3 * heads * size, dtype=torch.bfloat16)
        parts = dq.contiguous(), dk.contiguous(), dv.contiguous()
        _call("split_backward", *parts, cosine, sine, dh, batch, length, heads, size, scale)
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
