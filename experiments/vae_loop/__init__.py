"""VAE loop: autoencoders trained on the decoder means of their predecessors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.base import Experiment
from experiments.compare import run_scenario, save_figure
from experiments.vae_loop.figure import draw
from experiments.vae_loop.judge import judge
from retrain_sim.tables import arms_table
from retrain_sim.terminal import console, print_table, print_warnings
from retrain_sim.verdicts import Verdict

SCENARIO = Path(__file__).parent / "scenario.toml"
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"run.seeds": 4, "model.initial_steps": 500, "run.atoms": 500},
    "default": {},
    "full": {
        "data.side": 16,
        "run.seeds": 16,
        "model.network": "conv",
        "model.hidden": [64, 128],
        "model.initial_steps": 4000,
        "model.batch": 256,
    },
}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run six generations of autoencoders in three arms, and judge their latents."""
    about = f"vae-loop ({profile})"
    result = run_scenario(SCENARIO, SETTINGS[profile], folder, about)
    save_figure(draw(result), folder)
    print_warnings(console(), result)
    print_table(console(), arms_table(result))
    return judge(result)


EXPERIMENT = Experiment(
    name="vae-loop",
    claim="autoencoders trained on what the last one decodes narrow their latents "
    "until nothing is left; accumulated data slow it, real data alone stop it",
    source="Shumailov et al., 2023, arXiv 2305.17493 (there MNIST), Nature 2024",
    minutes={"smoke": 2, "default": 4, "full": 60},
    expected="sd of the latents, 0.338 at first: 0.008 after 3 generations, 0.004 "
    "after 5 (0.176 if data accumulate, 0.330 on real data)",
    run=run,
)
