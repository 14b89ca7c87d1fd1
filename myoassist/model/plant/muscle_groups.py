"""The 13 muscles per leg that the walking controller knows, and which actuators of the 80-muscle legs are one."""

# Controller muscle -> actuator without its side suffix. Order is the order of the controller's outputs.
MUSCLES = {
    "HAB": "abd",
    "HAD": "add",
    "HFL": "iliopsoas",
    "GLU": "glutmax",
    "HAM": "hamstrings",
    "RF": "rectfem",
    "VAS": "vasti",
    "BFSH": "bifemsh",
    "GAS": "gastroc",
    "SOL": "soleus",
    "TA": "tibant",
    "FDL": "fdl",
    "EDL": "edl",
}
FRONTAL_MUSCLES = ("HAB", "HAD")
# Controller muscle -> actuators without their side suffix. Every muscle of the leg is in one group or in REST.
GROUPS = {
    "HAB": ("glmed1", "glmed2", "glmed3", "glmin1", "glmin2", "glmin3", "tfl", "piri", "sart"),
    "HAD": ("addbrev", "addlong", "addmagDist", "addmagIsch", "addmagMid", "addmagProx", "grac"),
    "HFL": ("psoas", "iliacus"),
    "GLU": ("glmax1", "glmax2", "glmax3"),
    "HAM": ("bflh", "semimem", "semiten"),
    "RF": ("recfem",),
    "VAS": ("vasint", "vaslat", "vasmed"),
    "BFSH": ("bfsh",),
    "GAS": ("gaslat", "gasmed"),
    "SOL": ("soleus", "tibpost", "perbrev", "perlong"),
    "TA": ("tibant",),
    "FDL": ("fdl", "fhl"),
    "EDL": ("edl", "ehl"),
}
