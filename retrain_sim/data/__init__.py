"""Real data to begin with: one kind, one file."""

from retrain_sim.data.alphabet import Alphabet
from retrain_sim.data.blobs import Blobs
from retrain_sim.data.cifar10 import Cifar10
from retrain_sim.data.digits import Digits
from retrain_sim.data.file import File
from retrain_sim.data.gaussian import EightGaussians, Gaussian
from retrain_sim.data.grid import Grid
from retrain_sim.data.idx import FashionMnist, Mnist
from retrain_sim.data.image_folder import ImageFile, ImageFolder
from retrain_sim.data.markov import Markov
from retrain_sim.data.regression import Regression
from retrain_sim.data.shapes import Circles, SwissRoll, TwoMoons
from retrain_sim.data.text import Text

KINDS = {
    "alphabet": Alphabet,
    "blobs": Blobs,
    "cifar10": Cifar10,
    "circles": Circles,
    "digits": Digits,
    "eight-gaussians": EightGaussians,
    "fashion-mnist": FashionMnist,
    "file": File,
    "gaussian": Gaussian,
    "grid": Grid,
    "image-file": ImageFile,
    "image-folder": ImageFolder,
    "markov": Markov,
    "mnist": Mnist,
    "regression": Regression,
    "swiss-roll": SwissRoll,
    "text": Text,
    "two-moons": TwoMoons,
}

__all__ = [
    "KINDS",
    "Alphabet",
    "Blobs",
    "Cifar10",
    "Circles",
    "Digits",
    "EightGaussians",
    "FashionMnist",
    "File",
    "Gaussian",
    "Grid",
    "ImageFile",
    "ImageFolder",
    "Markov",
    "Mnist",
    "Regression",
    "SwissRoll",
    "Text",
    "TwoMoons",
]
