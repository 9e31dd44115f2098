"""Score rules: how rewards become the scores that decide. One kind, one file."""

from retrain_sim.curation.scores.max_min import MaxMin
from retrain_sim.curation.scores.nash_product import NashProduct
from retrain_sim.curation.scores.noise import AdversarialVoters, CarelessVoters
from retrain_sim.curation.scores.novelty import Novelty, PowerNovelty
from retrain_sim.curation.scores.random_voter import RandomVoter
from retrain_sim.curation.scores.weighted_sum import WeightedSum

KINDS = {
    "adversarial-voters": AdversarialVoters,
    "careless-voters": CarelessVoters,
    "max-min": MaxMin,
    "nash-product": NashProduct,
    "novelty": Novelty,
    "power-novelty": PowerNovelty,
    "random-voter": RandomVoter,
    "weighted-sum": WeightedSum,
}

__all__ = [
    "KINDS",
    "AdversarialVoters",
    "CarelessVoters",
    "MaxMin",
    "NashProduct",
    "Novelty",
    "PowerNovelty",
    "RandomVoter",
    "WeightedSum",
]
