"""What one would write in PyTorch: a tiny transformer, rollouts, RLOO, Adam."""

from __future__ import annotations

import torch  # ty: ignore[import-not-found]
from torch import Tensor, nn  # ty: ignore[import-not-found]
from torch.nn import functional  # ty: ignore[import-not-found]

HEADS, MODULUS, GOAL = 4, 17, 7


class Block(nn.Module):
    """Causal attention and a GELU layer, pre-norm, without biases."""

    def __init__(self, d: int):
        super().__init__()
        self.qkv, self.out = nn.Linear(d, 3 * d, False), nn.Linear(d, d, False)
        self.up, self.down = nn.Linear(d, 4 * d, False), nn.Linear(4 * d, d, False)

    def forward(self, x: Tensor, past: list[Tensor] | None) -> Tensor:
        """Read all tokens, or one more where the past is given (and extended)."""
        n, t, d = x.shape
        qkv = self.qkv(functional.layer_norm(x, (d,)))
        q, k, v = qkv.view(n, t, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
            past[:] = [k, v]
        whole = past is None
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=whole)
        x = x + self.out(mixed.transpose(1, 2).reshape(n, t, d))
        hidden = functional.gelu(self.up(functional.layer_norm(x, (d,))))
        return x + self.down(hidden)


class Transformer(nn.Module):
    """Tokens in, logits of the next token out."""

    def __init__(self, vocabulary: int, length: int, d: int, layers: int):
        super().__init__()
        self.token = nn.Embedding(vocabulary + 1, d)
        self.place = nn.Parameter(0.5 * torch.randn(length, d))
        self.blocks = nn.ModuleList(Block(d) for _ in range(layers))
        self.logit = nn.Linear(d, vocabulary, False)
        self.vocabulary, self.length = vocabulary, length

    def forward(self, read: Tensor, at: int = 0, past: list | None = None) -> Tensor:
        """Read tokens from place ``at`` on."""
        x = self.token(read) + self.place[at : at + read.shape[1]]
        for i, block in enumerate(self.blocks):
            x = block(x, None if past is None else past[i])
        return self.logit(functional.layer_norm(x, x.shape[-1:]))

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw n sequences, token by token."""
        d = self.place.shape[1]
        empty = torch.zeros(n, HEADS, 0, d // HEADS)
        past = [[empty, empty] for _ in self.blocks]
        drawn = [torch.full((n, 1), self.vocabulary)]
        for at in range(self.length):
            law = functional.softmax(self(drawn[-1], at, past)[:, 0], dim=-1)
            drawn.append(torch.multinomial(law, 1))
        return torch.cat(drawn[1:], dim=1)


def rewards(actions: Tensor) -> Tensor:
    """Run programs, as ``retrain_sim.policy.environments.Programs`` does."""
    value = torch.ones(len(actions), dtype=torch.long)
    for token in actions.T:
        added, times = value + token // 2 + 1, value * ((token + 3) // 2)
        value = torch.where(token % 2 == 0, added, times) % MODULUS
    return (value == GOAL).float()


def train(
    seed: int, n_rounds: int, group: int, sizes: tuple[int, int, int, int], rate: float
) -> Tensor:
    """Train one policy, and sample it once more every round, as metrics do."""
    torch.manual_seed(seed)
    policy = Transformer(*sizes)
    optimizer = torch.optim.Adam(policy.parameters(), rate)
    right = torch.zeros(())
    for _ in range(n_rounds):
        actions = policy.sample(group)
        reward = rewards(actions)
        advantage = group / (group - 1) * (reward - reward.mean())
        start = torch.full((group, 1), policy.vocabulary)
        logits = policy(torch.cat([start, actions[:, :-1]], dim=1))
        logs = functional.log_softmax(logits, dim=-1)
        picked = logs.gather(2, actions[..., None])[..., 0].sum(dim=1)
        optimizer.zero_grad()
        (-(advantage * picked).mean()).backward()
        optimizer.step()
        right = rewards(policy.sample(group)).mean()
    return right
