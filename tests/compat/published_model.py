"""The published 22-muscle model as its files are: an included ground in a turned body that does not move."""

from pathlib import Path
from xml.etree import ElementTree

import assist_sim
import mujoco
from myo_sim.build.compose import sanitize_spec_xml

from myoassist.config.schema.run import ModelConfig
from myoassist.model.build import _trim, compose_spec
from myoassist.model.fast.geometry import load_fit, simplify_geometry
from myoassist.model.key_poses import add_key_poses

NAME = "models/22muscle_2D/myoLeg22_2D_TUTORIAL.xml"
# The published quarter turn about x has four digits, so that its z axis points a hair below the horizontal.
TURN, BACK = "0.707035 0.707179 0 0", "0.707035 -0.707179 0 0"
# Bones that collide with the ground by name; toes and device by their collision flags alone.
_BONES = (
    *(f"pelvis_geom_{number}" for number in (1, 2, 3)),
    *(f"{bone}_{side}_geom_1" for bone in ("femur", "tibia", "talus", "calcn") for side in "rl"),
    *(f"tibia_{side}_geom_2" for side in "rl"),
)
# Sites that set the height of the start of a reflex walk.
_SOLES = {"heel_btm": (0.01, -0.008, -0.01), "toe_btm": (0.17, -0.003, -0.01)}
_PLANE = '<geom name="ground-plane" quat="{back}" material="matfloor" size="50 2.5 0.125" type="plane"/>'
_FIELD = (
    '<geom name="terrain" type="hfield" hfield="terrain" pos="{pos}" {turn} material="matfloor" conaffinity="1" '
    'contype="1" rgba="1 1 1 1"/>'
)
_GROUND = """<mujocoinclude>
  <asset>
    <texture name="texfloor" type="2d" builtin="checker" width="64" height="64" rgb1="1 0.8 0.7" rgb2="1 0.8 0.7"/>
    <material name="matfloor" reflectance="0" texture="texfloor" texrepeat="1 1" texuniform="true"/>
    <hfield name="terrain" size="50 10 1 {base}" nrow="100" ncol="500"/>
  </asset>
  <worldbody>
    <light dir="0 0 -1" directional="true" pos="0 0 0"/>
    {ground}
  </worldbody>
</mujocoinclude>
"""


def write_ground(model, field="world", plane=True, base="30", extra=""):
    """Write the included file one level above a model; a model without a plane loses its contact pairs with it.

    Args:
        model: The model file.
        field: Where the height field lies: `world`, or `body` for the turned body of the plane.
        plane: With the infinite plane, as in all versions but the newest.
        base: Thickness of the height field, m; 0.001 and 0.1 in older versions.
        extra: More of the world.
    """
    in_world = _FIELD.format(pos="40 0 -0.005", turn="") if field == "world" else ""
    in_body = _FIELD.format(pos="0 -0.005 0", turn=f'quat="{BACK}"') if field == "body" else ""
    held = (_PLANE.format(back=BACK) if plane else "") + in_body
    body = f'<body name="ground" pos="40 0 0" quat="{TURN}">{held}</body>' if held else ""
    (model.parents[1] / "terrain_config.xml").write_text(_GROUND.format(base=base, ground=body + in_world + extra))
    if not plane:
        tree = ElementTree.parse(model)
        contact = tree.getroot().find("contact")
        for pair in [item for item in contact if item.get("geom1") == "ground-plane"]:
            contact.remove(pair)
        tree.write(model)


def write_model(folder, physics="full"):
    """Write `models/` of a checkout below a folder: model, included ground one level above, meshes; return the model.

    Everything collides that does in the published file: the bones too, and by contact pairs as well as by flags.

    Args:
        folder: Root of the checkout.
        physics: As `model.physics`; shipped policies walk with the legs that they were trained with, `fast`.
    """
    spec = compose_spec(ModelConfig(device="tutorial"))
    if physics == "fast":
        simplify_geometry(spec, load_fit())
    for side in "rl":
        for name, (x, y, z) in _SOLES.items():
            place = [x, y, z if side == "r" else -z]
            spec.body(f"calcn_{side}").add_site(name=f"{side}_{name}", pos=place, size=[0.01, 0.01, 0.01])
    add_key_poses(spec)
    _trim(spec)
    # Those of the device lie below its own folder, not where those of the legs do.
    places = (Path(spec.meshdir), Path(assist_sim.__file__).parent / "models" / "Tutorial")
    root = ElementTree.fromstring(sanitize_spec_xml(spec.to_xml()))
    path = folder / NAME
    path.parent.mkdir(parents=True)
    (folder / "models" / "mesh").mkdir()
    for element in root.iter("mesh"):
        if "file" in element.attrib:
            source = next(place / element.get("file") for place in places if (place / element.get("file")).is_file())
            (folder / "models" / "mesh" / source.name).symlink_to(source)
            element.set("file", f"../mesh/{source.name}")
    for element in root.iter("compiler"):
        element.attrib.pop("meshdir", None)
        element.attrib.pop("texturedir", None)
    # Published bones have colours; the only texture is that of the included ground.
    for asset in root.iter("asset"):
        for element in [item for item in asset if item.tag in ("texture", "material")]:
            asset.remove(element)
    for geom in root.iter("geom"):
        geom.attrib.pop("material", None)
    root.insert(list(root).index(root.find("worldbody")), ElementTree.Element("include", file="../terrain_config.xml"))
    contact = root.find("contact")
    present = {geom.get("name") for geom in root.iter("geom")}
    for name in ("ground-plane", "terrain"):
        for bone in _BONES:
            if bone in present:
                ElementTree.SubElement(contact, "pair", geom1=name, geom2=bone)
    path.write_text(ElementTree.tostring(root, encoding="unicode"))
    write_ground(path)
    mujoco.MjModel.from_xml_path(str(path))
    return path
