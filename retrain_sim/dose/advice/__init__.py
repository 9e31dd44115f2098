"""How many synthetic rows to use per real row: advice on a user's own files."""

from retrain_sim.dose.advice.advise import Advice, advise
from retrain_sim.dose.advice.summary import summary

__all__ = ["Advice", "advise", "summary"]
