"""The host side of a simulation: chunks, checkpoints, devices and arms."""

import dataclasses
import functools

import jax
import numpy as np
import pytest
from support import assert_close, assert_identical, prepared_of, slow

from retrain_sim import one_run, program
from retrain_sim.errors import UserError
from retrain_sim.factorizations import may_wait
from retrain_sim.simulate import Progress, Simulation

SEVERAL_DEVICES = True

SMALL = {
    "curation__n_candidates": 200,
    "curation__n_kept": 150,
    "run__rounds": 9,
    "run__seeds": 3,
}


def two_programs():
    """Two arms of different slate sizes: two programs."""
    return prepared_of("two-tribes", **SMALL)


def vectors():
    """A Gaussian with real data: a model whose params and samples are floats."""
    return prepared_of(
        "gaussian-decay",
        run__rounds=6,
        run__seeds=3,
        curation__n_kept=20,
        run__shown=4,
        regime={"kind": "real-share", "real_share": 0.1},
        arms={"little": {}, "much": {"regime": {"real_share": 0.5}}},
        claim=[],
    )


PREPARED = pytest.mark.parametrize("prepared_by", [two_programs, vectors])


@functools.cache
def compiled(prepared_by):
    return Simulation(prepared_by())


def restarted(prepared_by):
    """Begin anew with programs that are compiled once for all tests."""
    simulation = compiled(prepared_by)
    for one in simulation.programs:
        one.restart()
    return simulation


def recorded(simulation, **how):
    """Run, and return what was recorded without the times."""
    simulated = simulation.run(**how)
    return simulated.rows, simulated.infos, simulated.samples


@functools.cache
def reference(prepared_by):
    return recorded(restarted(prepared_by))


@PREPARED
def test_shapes_of_what_is_recorded(prepared_by):
    prepared = prepared_by()
    run, n_arms = prepared.spec.run, len(prepared.arms)
    rows, infos, samples = reference(prepared_by)
    for values in rows.values():
        assert values.shape == (n_arms, run.seeds, run.rounds + 1)
    for values in infos.values():
        assert values.shape == (n_arms, run.seeds, run.rounds)
    shown = min(run.shown, next(iter(prepared.arms.values())).curator.n_candidates)
    assert samples.shape[:4] == (n_arms, run.seeds, run.rounds + 1, shown)


@PREPARED
@pytest.mark.parametrize("chunk_seconds", [1e-9, 1e9])
def test_the_chunk_size_changes_no_bit(prepared_by, chunk_seconds):
    found = recorded(restarted(prepared_by), chunk_seconds=chunk_seconds)
    assert_identical(found, reference(prepared_by))


class KilledError(Exception):
    """Stands for a signal."""


@pytest.mark.parametrize(
    ("prepared_by", "chunks_done"),
    [(two_programs, 1), slow(two_programs, 4), slow(two_programs, 11), (vectors, 4)],
)
def test_a_run_continued_from_a_checkpoint_is_the_same_bit_for_bit(
    prepared_by, chunks_done
):
    saved = []

    def save_or_die(simulation):
        saved.append(simulation.checkpoint())
        if len(saved) == chunks_done:
            raise KilledError

    with pytest.raises(KilledError):
        restarted(prepared_by).run(save_or_die, chunk_seconds=1e-9)
    second = restarted(prepared_by)
    assert second.progress.rounds_done == 0
    second.restore(*saved[-1])
    assert second.progress.rounds_done == chunks_done
    assert_identical(recorded(second), reference(prepared_by))


def test_a_checkpoint_of_nothing_restores_nothing():
    simulation = restarted(two_programs)
    done, leaves = simulation.checkpoint()
    assert (done, leaves) == ([-1, -1], [])
    simulation.restore(done, leaves)
    assert simulation.progress.rounds_done == 0


def test_a_checkpoint_of_another_scenario_is_refused():
    reference(vectors)
    checkpoint = compiled(vectors).checkpoint()
    with pytest.raises(UserError, match="does not belong to this scenario"):
        restarted(two_programs).restore(*checkpoint)


def test_progress_counts_the_rounds_of_all_programs():
    seen = []
    simulation = restarted(two_programs)
    assert simulation.progress == Progress(0, 18)
    simulation.run(lambda s: seen.append(s.progress.rounds_done), chunk_seconds=1e-9)
    assert seen == list(range(1, 19))


def test_more_devices_give_the_same_answer(monkeypatch):
    """Two arms of three seeds on two devices, or all on one."""
    assert jax.local_device_count() == 2
    monkeypatch.setattr(program, "devices_for", lambda *_: jax.devices()[:1])
    assert_close(recorded(Simulation(vectors())), reference(vectors))


def accumulating():
    """A Gaussian that keeps every sample: its state grows with the rounds."""
    small = {"run__rounds": 4, "run__seeds": 5, "run__shown": 4}
    regime, kept = {"kind": "accumulate", "real_size": 50}, {"curation__n_kept": 20}
    return prepared_of("gaussian-decay", **small, **kept, regime=regime, claim=[])


def in_batches(monkeypatch, room):
    """Compile the accumulating loop with room for the state of few runs only."""
    monkeypatch.setattr(program, "STATE_BYTES", room)
    return Simulation(accumulating())


def test_runs_in_batches_are_the_same_runs(monkeypatch):
    whole = Simulation(accumulating())
    assert (whole.programs[0].n_batches, whole.needs) == (1, "")
    parts = in_batches(monkeypatch, whole.programs[0].state_bytes // 2)
    assert parts.programs[0].n_batches == 2
    assert "2 batches" in parts.needs
    assert parts.progress == Progress(0, 8)
    assert_identical(recorded(parts), recorded(whole))


@pytest.mark.parametrize("chunks_done", [slow(3), 4, 5, slow(12)])
def test_a_run_in_batches_continues_from_a_checkpoint(monkeypatch, chunks_done):
    saved = []

    def save_or_die(simulation):
        saved.append(simulation.checkpoint())
        if len(saved) == chunks_done:
            raise KilledError

    first = in_batches(monkeypatch, 1)
    with pytest.raises(KilledError):
        first.run(save_or_die, chunk_seconds=1e-9)
    for one in first.programs:
        one.restart()
    first.restore(*saved[-1])
    assert first.progress.rounds_done == chunks_done
    assert_identical(recorded(first), recorded(Simulation(accumulating())))


@PREPARED
def test_the_order_of_the_arms_does_not_matter(prepared_by):
    prepared = prepared_by()
    reverse = dict(reversed(prepared.arms.items()))
    found = recorded(Simulation(prepared._replace(arms=reverse)))
    assert_close(jax.tree.map(lambda a: a[::-1], found), reference(prepared_by))


def test_arms_share_their_random_numbers_seed_by_seed():
    prepared = vectors()
    arm = prepared.arms["little"]
    twins = prepared._replace(arms={"a": arm, "b": arm})
    for values in jax.tree.leaves(recorded(Simulation(twins))):
        assert_identical(values[0], values[1])


def test_arms_begin_with_the_same_candidates():
    rows, _, samples = reference(vectors)
    assert_identical(samples[0, :, 0], samples[1, :, 0])
    assert not np.array_equal(samples[0, :, 1], samples[1, :, 1])
    for values in rows.values():
        assert_identical(values[0, :, 0], values[1, :, 0])


def test_seeds_differ_from_each_other():
    _, _, samples = reference(vectors)
    assert not np.array_equal(samples[0, 0, 0], samples[0, 1, 0])


def test_a_run_does_not_depend_on_other_seeds_or_later_rounds():
    """One seed of one device, without a second seed's padding, and fewer rounds."""
    prepared = two_programs()
    run = dataclasses.replace(prepared.spec.run, seeds=1, seed=2, rounds=4)
    spec = dataclasses.replace(prepared.spec, run=run)
    rows, infos, _ = recorded(Simulation(prepared._replace(spec=spec)))
    all_rows, all_infos, _ = reference(two_programs)
    for name, values in rows.items():
        assert_close(values, all_rows[name][:, 2:, :5])
    for name, values in infos.items():
        assert_close(values, all_infos[name][:, 2:, :4])


def test_a_round_is_traced_once_for_all_programs_of_a_simulation(monkeypatch):
    """Besides once to choose the devices; and anew for the next simulation.

    A reward of the user may have changed meanwhile.
    """
    traced, plain = [], one_run.retrain_round

    def counting(*given):
        traced.append(given)
        return plain(*given)

    monkeypatch.setattr(one_run, "retrain_round", counting)
    prepared = prepared_of("coin-drift", run__rounds=2, run__seeds=2)
    for n in (1, 2):
        Simulation(prepared)
        assert len(traced) == n + n * may_wait()
