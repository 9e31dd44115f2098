"""Real data to begin with: one kind, one file."""

from retrain_sim.data.alphabet import Alphabet
from retrain_sim.data.digits import Digits
from retrain_sim.data.file import File
from retrain_sim.data.gaussian import EightGaussians, Gaussian

KINDS = {
    "alphabet": Alphabet,
    "digits": Digits,
    "eight-gaussians": EightGaussians,
    "file": File,
    "gaussian": Gaussian,
}

__all__ = ["KINDS", "Alphabet", "Digits", "EightGaussians", "File", "Gaussian"]
