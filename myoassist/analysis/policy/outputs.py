"""Evaluate the policy of a run: every scenario into a folder of its own, with report, metrics, figures and video."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.analysis.page.walk_files import EvaluationReport
from myoassist.analysis.page.walk_page import ReportedWalk, draw_picture
from myoassist.analysis.picture.figures import save_figure
from myoassist.analysis.picture.video_plots import check_video_plots
from myoassist.analysis.policy.evaluation import PolicyEvaluation, describe_policy, evaluate_policy, make_policy
from myoassist.analysis.policy.figures import (
    ACTIONS_NAME,
    REWARD_NAME,
    SPEED_NAME,
    TORQUE_NAME,
    plot_actions,
    plot_exo_cycle,
    plot_reward,
    plot_speed,
)
from myoassist.analysis.policy.gait_data import GAIT_DATA_NAME, write_gait_data
from myoassist.analysis.policy.robustness import (
    FIGURE_NAME,
    TABLE_NAME,
    Robustness,
    choose_speeds,
    measure_robustness,
    plot_robustness,
    write_robustness,
)
from myoassist.analysis.policy.score_table import SCORES_NAME, score_evaluation, score_table, write_scores
from myoassist.analysis.policy.scores import Scores
from myoassist.analysis.policy.start_phase import ChosenStart, choose_start
from myoassist.analysis.policy.training_curves import (
    RETURN_NAME,
    UNWEIGHTED_NAME,
    WEIGHTED_NAME,
    TrainingCurves,
    plot_evaluations,
    plot_parts,
    plot_record_parts,
    plot_return,
    read_training,
)
from myoassist.analysis.policy.trials import TriedPolicy
from myoassist.config.cores import count_cores
from myoassist.config.entries.evaluation import EvaluationEntry, read_evaluation_entries
from myoassist.config.schema.run import RunConfig
from myoassist.report.parts import Picture, Section
from myoassist.rl.env.batch import WalkBatch
from myoassist.rl.policy.plain import NumpyPolicy
from myoassist.rl.policy.source import load_policy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VIDEO_NAME = "replay.mp4"
FOLDER_FORM = "analyze_results_{:02d}"


@dataclass
class PolicyRun:
    """A policy with the environments to evaluate it in.

    Attributes:
        folder: Folder that holds the results.
        config: Run configuration.
        path: File of the policy.
        name: Name in reports.
        overrides: What was changed against the run.
        tried_starts: Start phases to choose from; 0 walks from the first frame of the reference.
    """

    folder: Path
    config: RunConfig
    path: Path
    name: str
    overrides: list[str] = field(default_factory=list)
    tried_starts: int = 0

    def __post_init__(self) -> None:
        file = load_policy(self.path, self.config.rl.trust_checkpoint)
        self.trained_steps = file.num_timesteps
        self.batch = WalkBatch(self.config, 1, self.config.seed, evaluation=True)
        check_video_plots(self.entries(), self.batch.walker.model)
        self.policy: NumpyPolicy = make_policy(file, self.batch)

    @property
    def source(self) -> str:
        """How files name the policy."""
        return f"{describe_policy(self.path, self.folder)}, trained for {self.trained_steps} steps"

    def entries(self) -> list[EvaluationEntry]:
        """Return the scenarios."""
        return read_evaluation_entries(self.config)

    def walk(self, entry: EvaluationEntry) -> PolicyEvaluation:
        """Walk a scenario from the first frame of the reference, or the phase that lasts longest."""
        start = self.choose_start(entry)
        return evaluate_policy(self.config, self.batch, self.policy, entry, start, self.trained_steps)

    def withstand(self, evaluation: PolicyEvaluation) -> PolicyEvaluation:
        """Return an evaluation with the trials of its robustness walked."""
        if evaluation.score is None:
            return evaluation
        threads = self.config.rl.threads or count_cores()
        start, log = evaluation.start.frame, evaluation.log
        tried = TriedPolicy(self.config, self.policy, evaluation.entry, log, start, threads)
        return replace(evaluation, score=replace(evaluation.score, robustness=tried.walk()))

    def choose_start(self, entry: EvaluationEntry) -> ChosenStart:
        """Return where the walk of a scenario starts."""
        if not self.tried_starts:
            return ChosenStart()
        threads = self.config.rl.threads or count_cores()
        batch = WalkBatch(self.config, self.tried_starts, self.config.seed, threads=threads, evaluation=True)
        try:
            return choose_start(batch, self.policy, entry)
        finally:
            batch.close()

    def measure(self, starts: int) -> Robustness:
        """Walk from many start phases at the target speeds of the environment."""
        threads = self.config.rl.threads or count_cores()
        batch = WalkBatch(self.config, starts, self.config.seed, threads=threads, evaluation=True)
        env = self.config.env
        try:
            speeds = choose_speeds(env.min_target_velocity, env.max_target_velocity)
            return measure_robustness(batch, self.policy, speeds)
        finally:
            batch.close()


class PolicyReport(EvaluationReport):
    """Writer of the results of one scenario; see `EvaluationReport`.

    Attributes:
        robustness: Sentences on walks from other starts.
    """

    video = VIDEO_NAME
    optional = (*EvaluationReport.optional, VIDEO_NAME, TABLE_NAME, FIGURE_NAME, TORQUE_NAME, ACTIONS_NAME)
    robustness: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Folder of the scenario."""
        return self._folder

    @property
    def evaluation(self) -> PolicyEvaluation:
        """The walk of the policy."""
        return self._evaluation  # type: ignore[return-value]

    def write_policy_results(self, training: TrainingCurves | None, table: Robustness | None) -> Scores:
        """Write what only policies have: control steps, speed, torque, actions, scores, robustness, the training.

        Args:
            training: Its training; None where unknown.
            table: Walks from many starts; None where not asked for.

        Returns:
            The scores.

        Raises:
            UserError: if the folder cannot be written.
        """
        evaluation = self.evaluation
        with self._writing(GAIT_DATA_NAME) as path:
            write_gait_data(path, evaluation)
        scores = score_evaluation(evaluation)
        with self._writing(SCORES_NAME) as path:
            write_scores(path, scores)
        if table is not None:
            with self._writing(TABLE_NAME) as path:
                write_robustness(path, table)
            figures = self._draw(((FIGURE_NAME, lambda: plot_robustness(table), ""),))
            self.robustness = tuple(table.describe())
            self.sections.append(Section("From other start phases", self.robustness, figures=figures))
        figures = self._draw(
            (
                (SPEED_NAME, lambda: plot_speed(evaluation), ""),
                (TORQUE_NAME, lambda: plot_exo_cycle(evaluation), "Thin lines: single strides. Dotted: toe-off."),
                (ACTIONS_NAME, lambda: plot_actions(evaluation), "Actions, -1 to 1; blue: right, orange: left."),
                (REWARD_NAME, lambda: plot_reward(evaluation), ""),
            )
        )
        self.sections.append(Section("Policy: speed, device, actions, reward", figures=figures))
        self.sections.append(Section(f"Scores: {scores.total:.2f} of 1", table=score_table(scores)))
        if training is not None:
            self._add_training(training)
        return scores

    def _add_training(self, training: TrainingCurves) -> None:
        figures = self._draw(
            (
                (RETURN_NAME, lambda: plot_return(training), ""),
                ("evaluations.png", lambda: plot_evaluations(training), "Evaluations beside the training."),
                (
                    "reward_parts.png",
                    lambda: plot_parts(training.steps, training.parts, training.unit, "Weighted parts of the reward"),
                    "",
                ),
            )
        )
        self._draw(
            (
                (UNWEIGHTED_NAME, lambda: plot_record_parts(training, weighted=False), ""),
                (WEIGHTED_NAME, lambda: plot_record_parts(training, weighted=True), ""),
            )
        )
        self.sections.append(Section("Training", figures=figures))

    def _draw(self, wanted: tuple[tuple[str, Callable[[], "Figure | None"], str], ...]) -> list[Picture]:
        """Draw and write figures; return those that there are for the report, with their captions."""
        drawn = []
        for name, draw, caption in wanted:
            figure = draw()
            if figure is not None:
                with self._writing(name) as path:
                    save_figure(figure, path)
                drawn.append(draw_picture(figure, caption))
        return drawn


def write_evaluations(
    run: PolicyRun,
    starts: int,
    notices: list[str],
    pictures: bool,
    finished: Callable[[ReportedWalk, PolicyReport, Scores], None],
    compared: Sequence[ReportedWalk] = (),
    trials: bool = False,
) -> ReportedWalk:
    """Walk every scenario and write its folder.

    Args:
        run: The policy.
        starts: Number of start phases of the robustness table; 0 for none.
        notices: Sentences for people that are known already.
        pictures: Draw still and video.
        finished: Told every walk, its report and its scores.
        compared: Walks to compare with.
        trials: Walk through the trials of its robustness too.

    Returns:
        The first walk.

    Raises:
        UserError: if a folder cannot be written.
    """
    table = run.measure(starts) if starts else None
    training = read_training(run.folder)
    first = None
    for number, entry in enumerate(run.entries()):
        folder = run.folder / FOLDER_FORM.format(number)
        folder.mkdir(parents=True, exist_ok=True)
        evaluation = run.walk(entry)
        if trials:
            evaluation = run.withstand(evaluation)
        walk = ReportedWalk(run.name, evaluation, run.source, run.overrides)
        said = [*notices, evaluation.start.note] if evaluation.start.note else notices
        report = PolicyReport(folder, walk, compared, said)
        report.write_results()
        scores = report.write_policy_results(training, table)
        if pictures:
            report.write_pictures()
        report.write_page()
        report.name_leftovers()
        finished(walk, report, scores)
        first = first or walk
    assert first is not None, "a run has a scenario"
    return first
