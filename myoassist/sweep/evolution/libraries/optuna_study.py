"""The study of an evolution as a file that Optuna and its dashboard read; made of the journal, never read back."""

import warnings
from pathlib import Path
from typing import Any

from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.libraries.optuna_sampler import describe_space
from myoassist.sweep.evolution.space import SearchSpace
from myoassist.sweep.evolution.state import EvolutionState

STUDY_NAME = "optuna.log"


class StudyFile:
    """Keeps `optuna.log` at what the journal of an evolution says; what goes wrong with it is told once, no more.

    Args:
        folder: The locked folder of the evolution.
        space: What it searches.
    """

    def __init__(self, folder: Path, space: SearchSpace) -> None:
        self._path = folder / STUDY_NAME
        self._name = folder.resolve().name
        self._distributions, labels = describe_space(space)
        self._labels = {key: {repr(value): label for label, value in named.items()} for key, named in labels.items()}
        self._storage: Any = None
        self._study_id = -1
        self._trials: list[int] = []
        self._open: set[int] = set()
        self._broken = False

    def follow(self, state: EvolutionState) -> None:
        """Add the individuals and results that the file does not have yet."""
        if self._broken:
            return
        try:
            if self._storage is None:
                self._begin(state)
            self._add(state)
        except Exception as error:  # The evolution does not need this file.
            self._broken = True
            warnings.warn(
                f"{self._path.name} is no longer kept ({type(error).__name__}: {error}); the evolution goes on, and "
                "the same command writes the file again",
                stacklevel=2,
            )

    def _begin(self, state: EvolutionState) -> None:
        """Go on with the file of an earlier start, or write it anew where it tells something else."""
        from optuna.study import StudyDirection

        # This folder is locked, so that a lock of a killed writer is nobody's.
        self._path.with_name(f"{STUDY_NAME}.lock").unlink(missing_ok=True)
        try:
            self._load(state)
        except Exception:
            # Cut off by a kill, of another version, or of other individuals: it is only a copy.
            self._path.unlink(missing_ok=True)
            storage = self._connect()
            direction = StudyDirection.MAXIMIZE if state.signature["maximize"] else StudyDirection.MINIMIZE
            self._study_id = storage.create_new_study([direction], self._name)
            self._storage, self._trials, self._open = storage, [], set()

    def _load(self, state: EvolutionState) -> None:
        storage = self._connect()
        (study,) = storage.get_all_studies()
        trials = storage.get_all_trials(study._study_id)
        for trial, item in zip(trials, state.individuals, strict=False):
            if trial.params != self._params(item) or trial.user_attrs.get("folder") != item.folder:
                raise ValueError("another evolution")
            if trial.state.is_finished() and trial.state != _trial_state(item):
                raise ValueError("another outcome")
        if len(trials) > len(state.individuals):
            raise ValueError("more individuals than the journal has")
        self._study_id = study._study_id
        self._trials = [trial._trial_id for trial in trials]
        self._open = {trial.number for trial in trials if not trial.state.is_finished()}
        self._storage = storage

    def _connect(self) -> Any:
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

        place = self._path.as_posix()
        return JournalStorage(JournalFileBackend(place, lock_obj=JournalFileOpenLock(place)))

    def _add(self, state: EvolutionState) -> None:
        for item in state.individuals[len(self._trials) :]:
            self._trials.append(self._storage.create_new_trial(self._study_id, self._template(item)))
            self._open.add(item.job)
        for job in sorted(self._open):
            item = state.individuals[job]
            # One that a kill or a time limit ended is launched again; until then it is not over.
            if item.status == "pending" or (item.generation >= state.told and item.status in ("killed", "timeout")):
                continue
            number = self._trials[job]
            for name in ("status", "error", "seconds"):
                value = getattr(item, name)
                if value not in (None, ""):
                    self._storage.set_trial_user_attr(number, name, value)
            values = None if item.fitness is None else [item.fitness]
            self._storage.set_trial_state_values(number, _trial_state(item), values)
            self._open.discard(job)

    def _template(self, item: Individual) -> Any:
        from optuna.trial import TrialState, create_trial

        attributes = {name: getattr(item, name) for name in ("generation", "rank", "seed", "folder")}
        return create_trial(
            state=TrialState.RUNNING,
            params=self._params(item),
            distributions=self._distributions,
            user_attrs=attributes,
        )

    def _params(self, item: Individual) -> dict[str, Any]:
        """Return the values of an individual as Optuna stores them: choices that it cannot store as their labels."""
        return {key: self._labels.get(key, {}).get(repr(value), value) for key, value in item.params.items()}


def _trial_state(item: Individual) -> Any:
    from optuna.trial import TrialState

    states = {"finished": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "pending": TrialState.RUNNING}
    return states.get(item.status, TrialState.FAIL)
