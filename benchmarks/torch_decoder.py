"""The rival's decoder: the language model's network in PyTorch."""

from __future__ import annotations

from typing import Any

import torch  # ty: ignore[import-not-found]
from torch import nn  # ty: ignore[import-not-found]
from torch.nn import functional as F  # ty: ignore[import-not-found]  # noqa: N812


class Block(nn.Module):
    """Causal attention, then a GELU layer four times as wide."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Any, memory: Any = None) -> tuple[Any, Any]:
        """Read [n, t, d]; the memory holds keys and values of earlier positions."""
        n, t, d = x.shape
        split = self.qkv(self.before(x)).view(n, t, 3, self.heads, d // self.heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        if memory is not None:
            keys = torch.cat([memory[0], keys], 2)
            values = torch.cat([memory[1], values], 2)
        mixed = F.scaled_dot_product_attention(
            queries, keys, values, is_causal=memory is None and t > 1
        )
        x = x + self.out(mixed.transpose(1, 2).reshape(n, t, d))
        hidden = F.gelu(self.up(self.between(x)), approximate="tanh")
        return x + self.down(hidden), (keys, values)


class Decoder(nn.Module):
    """Embeddings that serve twice, learned places, blocks."""

    def __init__(self, symbols: int, length: int, layers: int, heads: int, width: int):
        super().__init__()
        self.symbols = symbols
        self.token = nn.Embedding(symbols + 1, width)
        self.place = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.last = nn.LayerNorm(width)
        for name, weight in self.named_parameters():
            if weight.ndim > 1:
                nn.init.normal_(weight, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    def forward(self, read: Any, memory: Any = None, at: int = 0) -> tuple[Any, list]:
        """Return the logits of the next symbols, and the memory."""
        places = torch.arange(at, at + read.shape[1])
        x, written = self.token(read) + self.place(places), []
        for i, block in enumerate(self.blocks):
            x, pair = block(x, None if memory is None else memory[i])
            written.append(pair)
        return self.last(x) @ self.token.weight[: self.symbols].T, written


@torch.no_grad()
def generate(
    network: Decoder, n: int, length: int, top_p: float, with_memory: bool
) -> Any:
    """Draw sequences by nucleus sampling, as one would write it: sort, cut, draw."""
    read = torch.full((n, 1), network.symbols)
    memory = None
    for at in range(length):
        if with_memory and at:
            logits, memory = network(read[:, -1:], memory, at)
        else:
            logits, memory = network(read)
        law, order = logits[:, -1].softmax(-1).sort(-1, descending=True)
        law[law.cumsum(-1) - law >= top_p] = 0
        drawn = order.gather(1, torch.multinomial(law, 1))
        read = torch.cat([read, drawn], 1)
    return read[:, 1:]
