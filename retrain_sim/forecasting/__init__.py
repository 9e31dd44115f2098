"""Forecasts: what repeated curation does to a user's own pool of scored outputs."""

from retrain_sim.forecasting.forecast import Forecast, forecast
from retrain_sim.forecasting.scores import Pool, load_pool
from retrain_sim.forecasting.settings import Settings
from retrain_sim.forecasting.summary import summary

__all__ = ["Forecast", "Pool", "Settings", "forecast", "load_pool", "summary"]
