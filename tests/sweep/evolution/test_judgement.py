"""What is made of an answer of a launcher that says nothing about the individual."""

import errno
import pickle
from pathlib import Path

import pytest
from hydra.core.utils import JobReturn, JobStatus

from myoassist.files.errors import ConfigError, FolderError, StorageError
from myoassist.runs.storage import explain_storage, refuse_folder
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.judgement import judge_return
from myoassist.sweep.evolution.settings import EvolutionOptim


def failed(error):
    answer = JobReturn(status=JobStatus.FAILED)
    # As it comes out of a worker process.
    answer.return_value = pickle.loads(pickle.dumps(error))
    return answer


def run_out_of_space(folder):
    with pytest.raises(StorageError) as caught, explain_storage(folder):
        raise OSError(errno.ENOSPC, "No space left on device")
    return caught.value


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_folder_that_cannot_be_opened_ends_the_evolution(number):
    error = refuse_folder(Path("run"), OSError(number, "not now"))
    # On its own it is a refusal before anything was done.
    assert isinstance(error, FolderError) and error.exit_code == 2
    item = Individual(4, 1, 0, {}, 1, "generation_1/rank_0")
    with pytest.raises(StorageError, match="run folder run cannot be used: not now") as caught:
        judge_return(item, failed(error), EvolutionOptim())
    assert caught.value.exit_code == 1
    assert item.status == "pending"


def test_a_disk_that_fills_up_ends_the_evolution(tmp_path):
    item = Individual(4, 1, 0, {}, 1, "generation_1/rank_0")
    with pytest.raises(StorageError, match="No space left on device"):
        judge_return(item, failed(run_out_of_space(tmp_path)), EvolutionOptim())
    assert item.status == "pending"


def test_a_name_that_makes_no_folder_is_the_fault_of_the_individual():
    error = refuse_folder(Path("run"), OSError(errno.ENAMETOOLONG, "File name too long"))
    assert isinstance(error, ConfigError) and not isinstance(error, StorageError)
    item = Individual(4, 1, 0, {}, 1, "generation_1/rank_0")
    judge_return(item, failed(error), EvolutionOptim())
    assert item.status == "failed"
