"""The classifier behind rewards and groups: as good as it must be, or refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import prepared_of, slow, spec_of

from retrain_sim import prepare
from retrain_sim.classifier import Classifier, accuracy, train_classifier
from retrain_sim.errors import UserError
from retrain_sim.kit import Kit

SMALL = {
    "model": {"kind": "gaussian"},
    "metrics__names": ["diversity", "shares"],
    "run": {"rounds": 1, "seeds": 1, "atoms": 50},
}


@pytest.fixture(scope="module")
def prepared():
    return prepared_of("digits", **SMALL)


def test_digits_are_told_apart_on_samples_it_has_not_seen(prepared):
    assert prepared.notes["classifier_accuracy"] > 0.9


def test_rewards_and_groups_share_one_classifier(prepared):
    scenario = next(iter(prepared.arms.values()))
    used = [reward.classifier for reward in scenario.rewards]
    for classifier in used:
        assert classifier is used[0]
    assert scenario.groups.classifier is used[0]


def test_probabilities_sum_to_one(prepared):
    scenario = next(iter(prepared.arms.values()))
    probs = scenario.groups.classifier.probabilities(scenario.real[0][:20])
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-6)
    assert float(probs.min()) >= 0


def test_the_splits_are_disjoint_and_named(prepared):
    kit = Kit(prepared.spec, lambda line: None)
    parts = [part.x for part in kit.splits]
    assert sum(map(len, parts)) == 1797
    rows = np.concatenate(parts)
    originals = np.unique(kit.data.x, axis=0, return_counts=True)
    for found, expected in zip(
        np.unique(rows, axis=0, return_counts=True), originals, strict=True
    ):
        np.testing.assert_array_equal(found, expected)
    assert kit.notes["splits"] == {"model": 599, "reference": 599, "classifier": 599}


def test_accuracy_is_the_share_of_right_answers(monkeypatch):
    """A classifier that always answers the first class."""
    monkeypatch.setattr(Classifier, "probabilities", one_answer)
    labels = np.array([0, 0, 1, 2])
    found = accuracy(Classifier(jnp.zeros(()), 3), np.zeros((4, 2)), labels)
    assert found == 0.5


def one_answer(self, x):
    return jnp.tile(jnp.eye(self.n_classes)[:1], (len(x), 1))


def test_a_classifier_that_has_learned_nothing_is_refused(monkeypatch):
    def useless(key, x, labels, n_classes, image_shape):
        return Classifier(jnp.zeros(()), n_classes)

    monkeypatch.setattr("retrain_sim.kit.train_classifier", useless)
    monkeypatch.setattr(Classifier, "probabilities", one_answer)
    with pytest.raises(UserError, match="the classifier has learned nothing"):
        prepare(spec_of("digits", **SMALL, run__seed=12345))


def bars(n, side=16):
    """Images with one bright row (class 0) or column (class 1), and noise."""
    rng = np.random.default_rng(n)
    images, labels = 0.3 * rng.normal(size=(n, side, side)), np.arange(n) % 2
    at = rng.integers(side, size=n)
    images[labels == 0, at[labels == 0]] += 1
    images[labels == 1, :, at[labels == 1]] += 1
    return jnp.asarray(images.reshape(n, -1), jnp.float32), jnp.asarray(labels)


@pytest.mark.parametrize("shape", [(), slow((16, 16))])
def test_logits_are_linear_in_the_features(shape, monkeypatch, key):
    """Of both networks; in chunks as at once."""
    monkeypatch.setattr("retrain_sim.classifier.STEPS", 2)
    x, labels = bars(30)
    made = train_classifier(key, x, labels, 2, shape)
    last = made.params["params"]["last" if shape else "Dense_1"]
    logits = made.features(x) @ last["kernel"] + last["bias"][None]
    expected = jax.nn.softmax(logits)
    np.testing.assert_allclose(made.probabilities(x), expected, atol=1e-6)
    monkeypatch.setattr("retrain_sim.classifier.CHUNK", 7)
    np.testing.assert_allclose(made.probabilities(x), expected, atol=1e-6)
