"""The fixed set of short runs that scripts/dev/record_runs.py records, as the commands that users type."""

import re

TRAIN, EVALUATE, TOOL = "myoassist.train", "myoassist.evaluate", "myoassist"
# Experiments as they were when these runs were recorded, on the published body.
_TEACHING = "exp=debug overlays=published model=tutorial"
_SEVERAL = f"{_TEACHING} optimizer.popsize=32 optimizer.maxiter=1000"
_SHIPPED = "optimizer.param_path=shipped:"
EXPERIMENTS = {
    "baseline": "exp=baseline overlays=published",
    "exo_npoint": "exp=exo_npoint overlays=published",
    "tutorial": f"{_TEACHING} optimizer.sigma_gain=1 {_SHIPPED}tutorial_4param",
    "hip_exo": "exp=debug overlays=published model=hippo model.physics=fast exo.max_torque=20 cost=effort "
    "cost.l1_weight=0 optimizer.popsize=12 optimizer.maxiter=400 optimizer.sigma_gain=2 "
    f"{_SHIPPED}tutorial_4param_fast",
    "multislope": f"{_SEVERAL} optimizer=multislope",
    "multispeed": f"{_SEVERAL} optimizer=multispeed",
    "prosthesis": "exp=baseline overlays=published model=osl_a exo=impedance cost=velocity cost.l1_weight=0 "
    f"optimizer.popsize=16 optimizer.maxiter=2000 optimizer.sigma_gain=5 {_SHIPPED}walk_22",
    "walk_3d": "exp=baseline overlays=published model=baseline_26 model.physics=fast cost.tgt_vel=1.2 "
    f"optimizer.popsize=24 optimizer.maxiter=200 optimizer.sigma_gain=2 {_SHIPPED}walk_26",
}
# Copied into the folder of every run.
SHARED_FILES = ("tests/data/own_reference.csv", "tests/data/own_terms.py")
# `<run>|<file>:<key>` patterns that may differ, each with its reason: renamed or corrected fields.
EXEMPT: dict[str, str] = {
    "*|*eval_score.json:card*": "the score's lights came after the record",
    "*|*eval_score.json:robustness*": "the score's robustness came after the record",
    "*|*eval_stats.*": "figures of the strides came after the record",
    "*|*eval_score.json:missing*": "names that robustness was not tried",
}

# Five seconds are enough for the strides that two judged ones need; steps this small keep every candidate walking.
WALK = "env.sim_time=5 cost.num_strides=2 cost.tgt_vel=1.1 optimizer.popsize=3 optimizer.maxiter=2 optimizer.threads=1"
WALK += " optimizer.sigma_gain=0.5 logdir=run"
FALL = WALK.replace("sim_time=5", "sim_time=1.5").replace("maxiter=2", "maxiter=1")
ONCE = "optimizer=evaluate optimizer.threads=1 logdir=run"
RL = "env.physics_sim_framerate=510 rl.threads=1 rl.ppo_params.n_steps=16 rl.ppo_params.batch_size=16"
RL += " rl.ppo_params.n_epochs=2 rl.logger_params.evaluate_frequency=2 logdir=run"

SEARCHES = {
    "muscles_80": f"exp=baseline model=baseline_80 {FALL}",
    "muscles_80_ind": f"exp=baseline model=baseline_80 model.reflex_mode=ind {FALL}",
    "fast": f"exp=tutorial model.physics=fast optimizer.param_path=shipped:tutorial_4param_fast {WALK}",
    "delayed": f"exp=tutorial env.delayed=true {FALL}",
    "slope": f"exp=baseline optimizer.param_path=shipped:walk_22 env.slope_deg=2 {WALK}",
    "slope_compat": f"exp=baseline optimizer.param_path=shipped:walk_22 env.slope_deg=-3 env.slope_mode=compat {WALK}",
    "npoint": f"exp=exo_npoint model=tutorial exo.n_points=4 optimizer.param_path=shipped:tutorial_4point {WALK}",
    "npoint_resampled": f"exp=exo_npoint model=tutorial optimizer.param_path=shipped:tutorial_4point {WALK}",
    "four_to_npoint": f"exp=exo_npoint model=dephy optimizer.param_path=shipped:tutorial_4param {WALK}",
    "exo_fixed": f"exp=tutorial exo.fixed=true exo.mass=2 optimizer.param_path=shipped:walk_22 {WALK}",
    "stride_clock": f"exp=hip_exo {WALK}",
    "own_device": f"exp=hip_exo model=hip_example {WALK}",
    "prosthesis": f"exp=prosthesis optimizer.param_path=shipped:osl_a {WALK}",
    "prosthesis_knee": f"exp=prosthesis model=osl_ka optimizer.param_path=shipped:osl_ka {WALK}",
    "multislope": f"exp=multislope optimizer.param_path=shipped:tutorial_4param {WALK}",
    "multispeed": f"exp=multispeed optimizer.param_path=shipped:tutorial_4param {WALK}",
    "chain": f"exp=multislope optimizer.multi_strategy=chain optimizer.param_path=shipped:tutorial_4param {WALK}",
    "processes": f"exp=baseline model.physics=fast optimizer.executor=processes {FALL}".replace(
        "threads=1", "threads=2"
    ),
    "disturbed": "exp=baseline optimizer.param_path=shipped:walk_22 env.perturbation.push_force=30 "
    f"env.perturbation.push_interval=1 env.perturbation.sensor_noise=0.5 {WALK}",
    "other_body": "exp=baseline optimizer.param_path=shipped:walk_22 model.mass_scale=1.05 model.height_scale=0.98 "
    f"model.muscle_strength={{all:1.1,soleus_r:0.9}} model.foot_contact=primitive env.init_pose=walk_right {WALK}",
    "own_terms": "exp=baseline optimizer.param_path=shipped:walk_22 plugins=[own_terms.py] "
    f"cost.extra_terms=[knee_power,metabolic] cost.weights.knee_power=3 {WALK}",
    "own_reference": f"exp=baseline optimizer.param_path=shipped:walk_22 cost.reference=own_reference.csv {WALK}",
}
COSTS = (
    *("classic", "combined", "effort", "effort_knee", "kinematics", "kinematics_grf", "kinematics_grf_musc"),
    *("metabolic", "vel_musc", "vel_musc_grf", "velocity", "velocity_grf"),
)
COMPAT_COSTS = ("combined", "effort_knee", "kinematics_grf_musc", "vel_musc_grf")
# The rest of what their controller.json says is what the experiment says.
SHIPPED = {
    "walk_22": "exp=baseline",
    "walk_22_075": "exp=baseline cost.tgt_vel=0.75",
    "walk_22_100": "exp=baseline cost.tgt_vel=1.0",
    "walk_22_150": "exp=baseline cost.tgt_vel=1.5",
    "walk_26": "exp=walk_3d cost=effort cost.tgt_vel=1.2",
    "walk_26_full": "exp=walk_3d cost=effort cost.tgt_vel=1.2 model.physics=full env.sim_time=12",
    "tutorial_4param": "exp=tutorial",
    "tutorial_4param_fast": "exp=tutorial model.physics=fast",
    "tutorial_4point": "exp=exo_npoint model=tutorial exo.n_points=4",
    "osl_a": "exp=prosthesis",
    "osl_ka": "exp=prosthesis model=osl_ka",
}
TRAININGS = {
    "rl_single": f"exp=rl_test rl.total_timesteps=64 {RL}",
    "rl_batched": f"exp=rl_test env.num_envs=4 rl.total_timesteps=192 {RL}".replace("threads=1", "threads=2"),
    "rl_hybrid": f"exp=rl_hybrid env.num_envs=2 rl.total_timesteps=64 {RL}".replace(
        "physics_sim_framerate=510", "seed=3"
    ),
    "rl_rough": f"exp=rl_walk_rough env.num_envs=2 rl.total_timesteps=64 {RL}",
    "rl_speeds": f"exp=rl_walk_speeds env.num_envs=2 rl.total_timesteps=64 {RL}",
}
EVOLUTION = "exp=debug evo=evo +exp/mutations=[exo_torque,optimizer] task=fake evo.population_size=4"
EVOLUTION += " evo.num_generations=3 hydra/launcher=basic logdir=run"
GRID = "exp=exo_npoint task=fake exo.max_torque=10,20 seed=0,1 logdir=run overlays=sweep -m"
# With the basic launcher all runs share a process.
COST_GRID = "exp=tutorial model.physics=fast optimizer=evaluate optimizer.param_path=shipped:tutorial_4param_fast"
COST_GRID += " optimizer.threads=1 hydra/launcher=basic logdir=run overlays=[published,sweep] -m"
LISTS = (
    "params exp=tutorial",
    "params exp=exo_npoint exo.n_points=6",
    "params exp=multispeed",
    "params exp=walk_3d",
    "params exp=prosthesis",
    "params exp=baseline model=baseline_80 model.reflex_mode=ind",
    "observation exp=rl_walk",
    "actions exp=rl_walk",
    "observation exp=rl_hybrid",
)

PLAIN = f"exp=baseline optimizer.param_path=shipped:walk_22 {WALK}"
# Each run is a sequence of `python -m <module> <arguments>` in a folder of its own.
_LINES: dict[str, list[str]] = {
    # Extended by a generation, then by two more in another folder.
    "muscles_22": [
        f"{TRAIN} {PLAIN.replace('maxiter=2', 'maxiter=1')}",
        f"{TRAIN} {PLAIN}",
        f"{TRAIN} exp=baseline optimizer.pickle_path=run {WALK.replace('logdir=run', 'logdir=continued')}",
    ],
    "muscles_26": [f"{TRAIN} exp=walk_3d {WALK}", f"{TOOL} export run --out exported env.sim_time=2"],
    "four_param": [
        f"{TRAIN} exp=tutorial {WALK}",
        f"{EVALUATE} run=run env.render_modes=[] repeats=1 env.slope_deg=1",
        f"{TOOL} export run --out exported",
    ],
    **{name: [f"{TRAIN} {line}"] for name, line in SEARCHES.items()},
    "costs": [f"{TRAIN} {COST_GRID} cost={','.join(COSTS)}"],
    "costs_compat": [f"{TRAIN} {COST_GRID} cost.mode=compat cost={','.join(COMPAT_COSTS)}"],
    **{
        f"shipped_{name}": [f"{TRAIN} {line} {ONCE} optimizer.param_path=shipped:{name}"]
        for name, line in SHIPPED.items()
    },
    **{name: [f"{TRAIN} {line}"] for name, line in TRAININGS.items()},
    "rl_evaluated": [
        f"{EVALUATE} run=shipped:walk_rl env.render_modes=[] starts=1 rl.threads=1",
        f"{TOOL} export policy=shipped:walk_rl --out exported",
    ],
    "evolution": [f"{TRAIN} {EVOLUTION}", f"{TOOL} evos run"],
    "grid": [f"{TRAIN} {GRID}", f"{TOOL} sweeps run"],
    "lists": [f"{TOOL} list {line}" for line in LISTS],
}


def _as_recorded(line: str) -> list[str]:
    """Return the words of a command, its experiment as it was; of a key that is named twice the last one counts."""
    return re.sub(r"exp=(\w+)(?!.*task=fake)", lambda found: EXPERIMENTS.get(found[1], found[0]), line).split()


RUNS: dict[str, list[list[str]]] = {name: [*map(_as_recorded, lines)] for name, lines in _LINES.items()}
