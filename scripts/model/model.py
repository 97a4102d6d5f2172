"""The sample model: a small llama, computed as llama.cpp computes it (interleaved rotary pairs, RMS norm, SwiGLU, tied
embeddings). Weights are kept in float32; matrices are multiplied in bfloat16, which is many times faster on a CPU that
has instructions for it."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kernels import AddDropout, Attention, Gate, RmsNorm


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 4096
    context: int = 512
    width: int = 256
    layers: int = 5
    heads: int = 4
    feed_forward: int = 768
    rope_base: float = 10000.0
    norm_epsilon: float = 1e-5


def product(x: Tensor, weight: Tensor) -> Tensor:
    return F.linear(x, weight.bfloat16())


class Block(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        width = shape.width
        small = 0.02 / (2 * shape.layers) ** 0.5
        self.attention_norm = nn.Parameter(torch.ones(width))
        self.attention_in = nn.Parameter(torch.randn(3 * width, width) * 0.02)  # queries, keys, values
        self.attention_out = nn.Parameter(torch.randn(width, width) * small)
        self.feed_forward_norm = nn.Parameter(torch.ones(width))
        self.feed_forward_in = nn.Parameter(torch.randn(2 * shape.feed_forward, width) * 0.02)  # gate, up
        self.feed_forward_out = nn.Parameter(torch.randn(width, shape.feed_forward) * small)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, dropout: float) -> Tensor:
        h = RmsNorm.apply(x, self.attention_norm, self.shape.norm_epsilon)
        h = Attention.apply(product(h, self.attention_in), cosine, sine, self.shape.heads)
        x = AddDropout.apply(x, product(h, self.attention_out), dropout)
        h = RmsNorm.apply(x, self.feed_forward_norm, self.shape.norm_epsilon)
        h = Gate.apply(product(h, self.feed_forward_in))
        return AddDropout.apply(x, product(h, self.feed_forward_out), dropout)


class Llama(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.randn(shape.vocabulary, shape.width) * 0.02)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(shape.width))
        half = shape.width // shape.heads // 2
        speeds = shape.rope_base ** -(torch.arange(half).float() / half)
        angles = torch.outer(torch.arange(shape.context).float(), speeds)
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    def forward(self, tokens: Tensor, dropout: float = 0.0) -> Tensor:
        """The state (bfloat16) after the last norm for tokens [batch, length]; `logits` turns it into scores."""
        x = F.embedding(tokens, self.embedding)
        for block in self.blocks:
            x = block(x, self.cosine, self.sine, dropout)
        return RmsNorm.apply(x, self.norm, self.shape.norm_epsilon)

    def logits(self, state: Tensor) -> Tensor:
        return product(state, self.embedding)
