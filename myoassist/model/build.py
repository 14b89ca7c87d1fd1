"""Compose, edit and compile the walker in memory: once per process, for all candidates."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from myoassist.config.schema.plant import has_firm_couplings, human_version, is_human, muscles_of
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.config.sources.model_file import check_model_file
from myoassist.files.errors import ModelError
from myoassist.model.actuators import check_actuators
from myoassist.model.devices.device import Device
from myoassist.model.devices.edits import fit_device, sole_shapes
from myoassist.model.devices.table import MSK_KEYS, device_of
from myoassist.model.fast.geometry import load_fit, simplify_geometry
from myoassist.model.fast.reduce import find_obstacle, reduce_model
from myoassist.model.felt_load import GRAVITY_FOR_WEIGHT, TOUCH
from myoassist.model.ground.foot_contact import add_capsules
from myoassist.model.ground.footholds import add_second_plane
from myoassist.model.ground.ground import Terrain, add_ground, fit_own_ground, make_ground, make_terrain
from myoassist.model.ground.height_field import HeightField
from myoassist.model.ground.sensors import add_ground_sensors
from myoassist.model.key_poses import add_key_poses
from myoassist.model.layout import TOUCH_SENSORS, Layout, resolve_layout
from myoassist.model.older_mujoco import match_older
from myoassist.model.plant.couplings import firm_couplings
from myoassist.model.plant.feet import add_feet, settle_feet
from myoassist.model.plant.fibres import Fibres, find_fibres, hand_over, reserve_state
from myoassist.model.plant.height import scale_height
from myoassist.model.plant.joints import add_ligaments, settle_joints
from myoassist.model.plant.lumbar import hold_lumbar, lean_torso
from myoassist.model.plant.person import Person, shape_person
from myoassist.model.plant.scaling import scale_model, worn_mass
from myoassist.model.plant.spatial import repair_spatial_legs
from myoassist.model.support import hold_pelvis
from myoassist.model.world_frame import moving_mass

_LEFT_TOE_SITE = "l_toes_touch"


@dataclass(frozen=True)
class Walker:
    """A compiled model with everything that is looked up by name.

    Attributes:
        model: Compiled model; never changed after the build, so that threads share it.
        layout: Ids and addresses.
        mass: Mass of all that moves, kg.
        own: Built from the model library (True) or read from `model.path` (False).
        init_pose: Name of the key pose at the start.
        terrain: Heights of the ground.
        device: Worn device; None without one and in an own file.
        ground: Heights of uneven ground; None on level ground and slopes.
        sensing: Load that reflexes, cost and policies feel.
        fibres: Fibres and tendons in the order of `layout.all_muscles`; None where MuJoCo's own muscles work.
        device_mass: Mass of what is worn besides the person, kg; 0 without, and of a prosthesis, which is a leg.
    """

    model: mujoco.MjModel
    layout: Layout
    mass: float
    own: bool
    init_pose: str
    terrain: Terrain = Terrain()
    device: Device | None = None
    ground: HeightField | None = None
    sensing: str = TOUCH
    fibres: Fibres | None = None
    device_mass: float = 0.0

    @property
    def body_weight(self) -> float:
        """Body weight in N, device included."""
        return self.mass * GRAVITY_FOR_WEIGHT

    def log_facts(self) -> dict[str, Any]:
        """Return what the log of a walk says of its walker, by the names of `WalkLog`."""
        return {
            "mass": self.mass,
            "device_mass": self.device_mass,
            "slope_deg": self.terrain.nominal_deg,
            "sensing": self.sensing,
        }


def build_walker(
    model: ModelConfig,
    env: EnvConfig,
    visual: bool = False,
    exo: ExoConfig | None = None,
    seed: int = 0,
    footholds: bool = False,
) -> Walker:
    """Build the walker of a configuration.

    Args:
        model: Musculature and device, or a path.
        env: Time step, start pose and slope.
        visual: Keep everything that is only drawn; the dynamics are the same.
        exo: Mass of the device; None keeps the modelled one.
        seed: Seed of the run, for random ground.
        footholds: Prepare a plane for each foot, see `model.ground.footholds`; plane ground of own models only.

    Raises:
        ModelError: if a file cannot be read or a needed name is missing.
    """
    person = Person()
    if model.path is not None:
        check_model_file(Path(model.path), f"model.path={model.path}", model.trust_path)
        compiled = unfused = _scaled(_load_file(model, Path(model.path), env, seed), model, exo)
        name, own = model.path, False
    else:
        spec = compose_spec(model)
        if model.physics == "fast":
            simplify_geometry(spec, load_fit(), model.steady_paths)
        worn = device_of(model)
        scale_height(spec, model.height_scale, worn.prefix if worn is not None else None)
        person = shape_person(spec, model, worn, compose_spec)
        if has_firm_couplings(model):
            firm_couplings(spec, worn.prefix if worn is not None else None)
        _edit(spec, env, seed)
        if footholds:
            add_second_plane(spec)
        reserve_state(spec, model)
        if is_human(model):
            add_feet(spec, spec.compile(), person.foot, worn)
        elif model.foot_contact == "primitive":
            add_capsules(spec, spec.compile())
        add_key_poses(spec)
        if is_human(model):
            add_ligaments(spec, spec.compile(), env.init_pose, person.joints, worn, human_version(model))
        if visual:
            add_ground_sensors(spec, model.sensing)
            compiled = unfused = _scaled(spec.compile(), model, exo)
        else:
            unfused, compiled = _compile_reduced(spec, model, exo)
        name, own = f"{model.musculature} muscles, device {model.device or 'none'}", True
    compiled.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_AUTORESET)
    device = device_of(model)
    fibres = find_fibres(compiled, model, person.muscles)
    layout = resolve_layout(compiled, name, env.init_pose, unfused, device, model.sensing)
    if is_human(model):
        version = human_version(model)
        settle_joints(compiled, env.init_pose, person.joints, device, version)
        if own:
            settle_feet(compiled, device, version)
    if not own or (device is not None and device.config is not None):
        check_actuators(compiled, layout, name, exo)
    if fibres is not None:
        hand_over(compiled, layout.all_muscles)
    if own:
        # A walker is one island: looking for islands costs 4 to 8 % of a step. (A sparse Jacobian would save 6 % of
        # the planar full model too, but with it the solver ends the process when a state is beyond rescue.)
        compiled.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_ISLAND)
    if env.support > 0.0:
        hold_pelvis(compiled, layout, env.support)
    mass = moving_mass(compiled)
    terrain, ground = make_terrain(env), make_ground(env, seed)
    extra = worn_mass(unfused, device)
    return Walker(compiled, layout, mass, own, env.init_pose, terrain, device, ground, model.sensing, fibres, extra)


def _load_file(model: ModelConfig, path: Path, env: EnvConfig, seed: int) -> mujoco.MjModel:
    """Read an own MJCF file, changing nothing but the time step, the ground and what is asked for."""
    if env.slope_deg != 0.0:
        raise ModelError(
            f"env.slope_deg={env.slope_deg} with model.path",
            "0: the ground of an own file is not edited",
            "env.slope_deg=0",
        )
    try:
        spec = mujoco.MjSpec.from_file(os.fspath(path))
        if model.mujoco_compat is None and muscles_of(model) != "mujoco":
            reserve_state(spec, model)
            if has_firm_couplings(model):
                firm_couplings(spec)
            if is_human(model):
                add_ligaments(spec, spec.compile(), env.init_pose, 1.0, None, human_version(model))
        add_ground_sensors(spec, model.sensing)
        compiled = spec.compile() if model.mujoco_compat is None else match_older(spec)
    except (ValueError, OSError) as error:
        raise ModelError(f"model.path={path} cannot be loaded: {error}", "an MJCF file that MuJoCo compiles") from error
    compiled.opt.timestep = env.timestep
    fit_own_ground(compiled, env, seed)
    hold_lumbar(compiled, env)
    return compiled


def compose_spec(model: ModelConfig) -> mujoco.MjSpec:
    """Compose musculature and device into an editable spec."""
    import assist_sim
    from assist_sim.root_frame import to_planar_root

    key = MSK_KEYS[model.musculature]
    device = device_of(model)
    # The library resolves a musculature only together with one of its devices; the spec is bare until it is combined.
    known = device.key if device is not None and device.config is None else "Tutorial_L1"
    spec, device_config = assist_sim.resolve_model_path(key, known)
    if device is not None:
        _combine(spec, device, device.config or device_config, key)
    else:
        to_planar_root(spec)
    repair_spatial_legs(spec, model.hip_rotation_stiffness)
    if device is not None:
        fit_device(spec, device)
    return spec


def _combine(spec: mujoco.MjSpec, device: Device, config: Path, key: str) -> None:
    """Put a device onto a bare spec.

    Raises:
        ModelError: if the model library refuses an own device.
    """
    import assist_sim
    from assist_sim.combine import ModelCombiner

    try:
        ModelCombiner().combine(spec, assist_sim.DeviceConfig.from_yaml(str(config)), msk_key=key, planar_root=True)
    except (ValueError, OSError, KeyError) as error:
        if device.config is None:
            raise
        raise ModelError(
            f"model.device={device.short} ({config.name}) cannot be put on: {error}",
            "a device that assist_sim combines",
            "docs/devices.md shows a worked example",
        ) from error


def _edit(spec: mujoco.MjSpec, env: EnvConfig, seed: int) -> None:
    """Set the time step, mirror the left toe site, let only feet collide, and add the ground."""
    spec.option.timestep = env.timestep
    lean_torso(spec, env)
    feet = set()
    for sensor_name in TOUCH_SENSORS:
        sensor = spec.sensor(sensor_name)
        if sensor is None:
            names = ", ".join(s.name for s in spec.sensors)
            raise ModelError(f"the model has no touch sensor {sensor_name} (it has {names})", ", ".join(TOUCH_SENSORS))
        site = spec.site(sensor.objname)
        feet.add(site.parent.name)
        if site.name == _LEFT_TOE_SITE:
            # The library copies the right site; unmirrored it misses a third of the left toe load.
            site.pos = site.pos * np.array([1.0, 1.0, -1.0])
            site.quat = site.quat * np.array([1.0, -1.0, -1.0, 1.0])
    for item in [*spec.pairs, *spec.excludes]:
        spec.delete(item)
    for geom in spec.geoms:
        if geom.parent.name not in feet:
            geom.contype = geom.conaffinity = 0
    for foot in feet:
        soles = sole_shapes(spec.body(foot))
        for geom in spec.body(foot).geoms:
            geom.contype = geom.conaffinity = 0
        for geom in soles:
            geom.conaffinity = 1
    add_ground(spec, env, seed)


def _compile_reduced(
    spec: mujoco.MjSpec, model: ModelConfig, exo: ExoConfig | None
) -> tuple[mujoco.MjModel, mujoco.MjModel]:
    """Compile without what headless physics does not need; return the model with all bodies and the reduced one."""
    unfused = spec.compile()
    if find_obstacle(unfused):
        _trim(spec)
        add_ground_sensors(spec, model.sensing)
        unfused = _scaled(spec.compile(), model, exo)
        return unfused, unfused
    scale_model(unfused, model, exo)
    reduced = reduce_model(unfused)
    add_ground_sensors(reduced, model.sensing, unfused)
    return unfused, reduced.compile()


def _scaled(compiled: mujoco.MjModel, model: ModelConfig, exo: ExoConfig | None) -> mujoco.MjModel:
    """Return the model scaled, with its derived constants."""
    if scale_model(compiled, model, exo):
        mujoco.mj_setConst(compiled, mujoco.MjData(compiled))
    return compiled


def _trim(spec: mujoco.MjSpec) -> None:
    """Delete geoms and meshes that neither collide nor guide a tendon; masses and inertias stay as compiled."""
    compiled = spec.compile()
    for body in spec.bodies:
        if body.name == "world":
            continue
        reference = compiled.body(body.name)
        if reference.mass[0] > 0:
            body.explicitinertial = True
            body.mass = float(reference.mass[0])
            body.ipos, body.iquat, body.inertia = reference.ipos, reference.iquat, reference.inertia
            body.fullinertia = [np.nan] * 6
    wraps = np.isin(compiled.wrap_type, (mujoco.mjtWrap.mjWRAP_SPHERE, mujoco.mjtWrap.mjWRAP_CYLINDER))
    # By name: the numbers of a spec's elements move up when one is deleted.
    guides = {compiled.geom(int(i)).name for i in compiled.wrap_objid[wraps]}
    for geom in list(spec.geoms):
        if geom.contype == 0 and geom.conaffinity == 0 and geom.name not in guides:
            spec.delete(geom)
    used = {geom.meshname for geom in spec.geoms}
    for mesh in list(spec.meshes):
        if mesh.name not in used:
            spec.delete(mesh)
