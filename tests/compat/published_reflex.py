"""The published model file as reflex runs need it: included ground in a turned body, margins, contact pairs, sites."""

from pathlib import Path
from xml.etree import ElementTree

import assist_sim
from myo_sim.build.compose import sanitize_spec_xml

from myoassist.config.schema.run import ModelConfig
from myoassist.model.build import _trim, compose_spec
from myoassist.model.key_poses import add_key_poses

# What does not move lies in a body of its own, which a quarter turn of four digits tilts.
_GROUND = """<mujocoinclude>
  <asset><hfield name="terrain" size="50 10 1 0.001" nrow="100" ncol="500"/></asset>
  <worldbody>
    <body name="ground" pos="40 0 0" quat="0.707035 0.707179 0 0">
      <geom name="ground-plane" quat="0.707035 -0.707179 0 0" size="50 2.5 0.125" type="plane" margin="0.001"/>
    </body>
    <geom name="terrain" type="hfield" hfield="terrain" pos="40 0 -0.005" margin="0.001"/>
  </worldbody>
</mujocoinclude>
"""
_LISTED = [f"{bone}_{side}_geom_1" for bone in ("femur", "tibia", "talus", "calcn") for side in "rl"]


def write_reflex_model(folder):
    """Write `models/` as in a checkout below a folder; return the model, which needs `model.trust_path`.

    Heels and thighs meet the ground by contact pairs, which have no margin; toes, device and legs among one another by
    their flags, with the margin of 1 mm that all geoms have.
    """
    spec = compose_spec(ModelConfig(device="tutorial"))
    add_key_poses(spec)
    _trim(spec)
    spec.compile()
    root = ElementTree.fromstring(sanitize_spec_xml(spec.to_xml()))
    # Meshes of the device lie below its own folder.
    worn = Path(assist_sim.__file__).parent / "models" / "Tutorial"
    for mesh in root.iter("mesh"):
        if "file" in mesh.attrib and not (Path(spec.meshdir) / mesh.get("file")).is_file():
            mesh.set("file", str(worn / mesh.get("file")))
    for geom in root.iter("geom"):
        geom.set("margin", "0.001")
    for body in root.iter("body"):
        side = body.get("name", "")[-1:]
        if body.get("name") in ("calcn_r", "calcn_l"):
            z = "-0.01" if side == "r" else "0.01"
            ElementTree.SubElement(body, "site", name=f"{side}_heel_btm", pos=f"0.01 -0.008 {z}")
            ElementTree.SubElement(body, "site", name=f"{side}_toe_btm", pos=f"0.17 -0.003 {z}")
    for ground in ("ground-plane", "terrain"):
        for name in _LISTED:
            ElementTree.SubElement(root.find("contact"), "pair", geom1=ground, geom2=name)
    option = root.find("option")
    option = ElementTree.SubElement(root, "option") if option is None else option
    ElementTree.SubElement(option, "flag", warmstart="disable")
    root.insert(list(root).index(root.find("worldbody")), ElementTree.Element("include", file="../terrain_config.xml"))
    path = folder / "models" / "22muscle_2D" / "myoLeg22_2D_TUTORIAL.xml"
    path.parent.mkdir(parents=True)
    path.parent.with_name("terrain_config.xml").write_text(_GROUND)
    path.write_text(ElementTree.tostring(root, encoding="unicode"))
    return path
