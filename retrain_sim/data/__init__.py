"""Real data to begin with: one kind, one file."""

from retrain_sim.data.alphabet import Alphabet
from retrain_sim.data.blobs import Blobs
from retrain_sim.data.digits import Digits
from retrain_sim.data.file import File
from retrain_sim.data.gaussian import EightGaussians, Gaussian
from retrain_sim.data.grid import Grid
from retrain_sim.data.markov import Markov
from retrain_sim.data.regression import Regression
from retrain_sim.data.shapes import Circles, SwissRoll, TwoMoons
from retrain_sim.data.text import Text

KINDS = {
    "alphabet": Alphabet,
    "blobs": Blobs,
    "circles": Circles,
    "digits": Digits,
    "eight-gaussians": EightGaussians,
    "file": File,
    "gaussian": Gaussian,
    "grid": Grid,
    "markov": Markov,
    "regression": Regression,
    "swiss-roll": SwissRoll,
    "text": Text,
    "two-moons": TwoMoons,
}

__all__ = [
    "KINDS",
    "Alphabet",
    "Blobs",
    "Circles",
    "Digits",
    "EightGaussians",
    "File",
    "Gaussian",
    "Grid",
    "Markov",
    "Regression",
    "SwissRoll",
    "Text",
    "TwoMoons",
]
