"""What usually helps where a walk misses a bound: one text per name, and which bounds are missed worst."""

from collections.abc import Iterable

from myoassist.gait.score.gate import Gate

ADVICE: dict[str, str] = {
    "strides": "judge a longer walk (env.sim_time=20); if it falls before, search on from more starts",
    "speed_error": "search on with cost.tgt_vel at this speed, from the walk of a neighbouring speed "
    "(optimizer.param_path)",
    "overall_sd": "a cost that pays for the distance from people (cost=kinematics), more evaluations, and a start with "
    "flexed knees",
    "hip_rmse": "weigh the term kinematics higher; a trunk that leans moves the hip with it",
    "hip_r": "weigh the term kinematics higher; too few evaluations also show here",
    "knee_rmse": "a start with flexed knees (knee_tgt 175 to 178 deg), and the knee in the cost (cost=kinematics)",
    "knee_r": "a start with flexed knees (knee_tgt 175 to 178 deg), and the knee in the cost (cost=kinematics)",
    "ankle_rmse": "a start with low calf gains (soleus 1 to 2, gastrocnemius up to 1.5): from high ones a search stays "
    "on tiptoe",
    "ankle_r": "a start with low calf gains (soleus 1 to 2, gastrocnemius up to 1.5): from high ones a search stays on "
    "tiptoe",
    "grf_r": "the ground reaction in the cost (cost=velocity_grf), and the load that feet really carry "
    "(model.sensing=contact)",
    "grf_peak1": "the ground reaction in the cost (cost=velocity_grf), a knee that flexes under load, and soft soles "
    "(model.plant=human)",
    "grf_peak2": "the ground reaction in the cost (cost=velocity_grf); a second peak that is low goes with a weak "
    "push-off",
    "stance_knee_flexion": "a start with flexed knees (knee_tgt 175 to 178 deg), knee torque in the cost "
    "(cost.extra_terms=[pain]), more vasti gain",
    "stance_percent": "search at the speed that people are compared at: stance grows as walking slows; check both legs "
    "for a limp",
    "stride_length": "let the cost pay for speed and energy together (cost=metabolic): short strides are quick to find "
    "and costly",
    "knee_limit": "knee torque in the cost (cost.extra_terms=[pain]), and a start whose knees do not lean on a stop",
    "pushoff": "elastic tendons (model.plant=human), low calf gains at the start, and the ankle's timing in the cost "
    "(cost=kinematics)",
    "trunk_range": "weigh the trunk higher (cost.trunk_err_type, cost.weights.trunk)",
    "knee_left_right": "the symmetry gate in the cost (a smaller cost.tgt_sym_th), and a longer walk that is judged",
    "emg_r": "muscle activity in the cost (cost=vel_musc), and muscles that are neither silent nor saturated",
    "emg_r_gastrocnemius": "low calf gains at the start: a gastrocnemius that works all stance long leaves the soleus "
    "nothing",
    "saturated": "effort in the cost (cost=effort or cost=metabolic); a saturated muscle has no reserve against a push",
    "cot": "energy in the cost once the walk is steady (cost=metabolic); legs that brake against stops are costly",
    "heading": "weigh lateral balance: see the page on walking in space",
    "stance_asymmetry": "judge more strides, and weigh symmetry; on a prosthesis its push-off decides the rest",
    "noise_3_percent": "more than one walk per candidate, a longer walk that is judged, and a cost without cliffs",
    "noise_5_percent": "more than one walk per candidate, a longer walk that is judged, and a cost without cliffs",
    "undisturbed_60_s": "judge at least 20 s: shorter walks are overfitted and fall soon after",
    "start_60_s": "start noise in the search; repeats=10 shows how far the start decides",
    "ground_2_cm": "uneven ground in the search, and more toe clearance: swing knee and tibialis anterior",
    "ground_5_cm": "uneven ground in the search, and more toe clearance: swing knee and tibialis anterior",
    "push_30_ns": "pushes in the search (env.perturbation.push_force), and balance gains of the swing leg",
    "push_50_ns": "pushes in the search (env.perturbation.push_force), and balance gains of the swing leg",
}


def worst_gates(gates: Iterable[Gate], number: int = 3) -> list[Gate]:
    """Return the bounds that are missed farthest, the farthest first; see `Gate.severity`."""
    missed = [gate for gate in gates if gate.judged and not gate.passed]
    return sorted(missed, key=lambda gate: -gate.severity)[:number]
