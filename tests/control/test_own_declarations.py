"""What is wrong with a controller of a user is said with file, line and cause before anything starts."""

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.own_code import is_own, own_key, split_own, user_code
from myoassist.control.own import check as own_check
from myoassist.control.own.declare import parameter
from myoassist.files.errors import ConfigError, UnsafeFileError
from myoassist.runs.plugin_trust import check_stored_code, remember_plugins
from myoassist.runs.plugins import imported_plugin
from tests.control.own_files import page_files, write_page_files

HEAD = "import numpy as np\nfrom myoassist.control.own import Human, parameter\n\n"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("MYOASSIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write_page_files(tmp_path)
    return tmp_path


def own(*lines, declared="    state = {'a': 1}\n"):
    body = "".join(f"        {line}\n" for line in lines)
    return f"{HEAD}class Own(Human):\n{declared}    def update(p, x, s, out, dt):\n{body}"


def test_values_that_name_a_file():
    assert [is_own(value) for value in ("reflex", "a.py", "b/a.py:Name", "apy")] == [False, True, True, False]
    assert split_own("b/a.py:Name") == ("b/a.py", "Name")
    assert split_own("a.py") == ("a.py", None)


def test_the_key_of_a_loop_follows_the_content(place):
    before = own_key("clock.py")
    (place / "copy.py").write_text(page_files()["clock.py"])
    assert own_key("copy.py") == before
    (place / "clock.py").write_text(page_files()["clock.py"] + "\n")
    assert own_key("clock.py") != before


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("control.controller=none.py", ["control.controller=none.py", "there is no file none.py"]),
        ("control.controller=clock.py:9", ["no name of a class"]),
        ("control.controller=reflexes", ["one of reflex, cpg, network", "or <file.py>[:Name]", "controller=reflex"]),
        ("exo.controller=npoints", ["or <file.py>[:Name]", "exo.controller=npoint"]),
    ],
)
def test_what_is_no_controller_is_refused_at_once(override, words):
    with pytest.raises(ConfigError) as refused:
        check(compose_run(["exp=baseline", override]).config)
    assert [word for word in words if word not in str(refused.value)] == []


@pytest.mark.parametrize("override", ["control.delayed=true", "cost.trunk_err_type=tgt_diff"])
def test_what_belongs_to_the_reflexes_is_refused_with_another_controller(override):
    with pytest.raises(ConfigError, match=r"control\.controller=cpg"):
        check(compose_run(["exp=baseline", "control=cpg", override]).config)
    check(compose_run(["exp=baseline", override]).config)


def test_a_device_without_a_driven_joint_has_no_controller():
    with pytest.raises(ConfigError, match="needs a driven joint"):
        check(compose_run(["exp=baseline", "exo.controller=spring.py"]).config)
    check(compose_run(["exp=tutorial", "exo.controller=spring.py"]).config)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (own("out[0, 0] = speed"), ["own.py, line 7", "the name speed is not defined"]),
        (own("out[0, 0] = p.gain"), ["own.py, line 7", "there is no gain among"]),
        (own("out[0, 20] = 1.0"), ["own.py", "IndexError"]),
        (own("b = np.zeros(3)", "out[0, 0] = b[0]"), ["own.py, line 7", "zeros makes a new array"]),
        (own("b = [1.0, 2.0]", "out[0, 0] = b[0]"), ["own.py, line 7", "makes a new list"]),
        (own("import math", "out[0, 0] = 1.0"), ["own.py, line 7", "cannot import"]),
        (own("out[0, 0] = 'a'"), ["own.py, line 7", "cannot be stored there"]),
        (own("out[0, 0] = 0.0 / x.a"), ["own.py", "ZeroDivisionError"]),
        (own("x.a = x.a + 1e308 * 10.0", "out[0, 0] = x.a - x.a"), ["no numbers after"]),
        (own("out[0, 0] = 1.0").replace("out, dt", "out"), ["own.py", "takes 4 arguments, and gets 5"]),
        (own("out[0, 0] = 1.0", declared="    state = {'a': 0}\n"), ["Own.state has 'a': 0"]),
        (own("out[0, 0] = 1.0", declared="    channels = {'b': '1'}\n"), ["Own.channels names b"]),
        (f"{HEAD}class Own(Human):\n    state = {{}}\n", ["Own has no update"]),
        (f"{HEAD}class Own:\n    pass\n", ["has no controller"]),
        (HEAD + "parameter('a', 3.0, 0.0, 1.0)\n", ["own.py failed at line 4", "start 3.0 is not within 0.0 to 1.0"]),
        ("import nothing_of_this_name\n", ["own.py failed at line 1", "No module named"]),
        ("def update(:\n", ["own.py failed at line 1"]),
    ],
)
def test_what_is_wrong_is_named_with_its_line(place, text, words):
    (place / "own.py").write_text(text)
    answer = own_check._run("control.controller", "own.py")
    said = " ".join(answer.values())
    assert [word for word in words if word not in said] == [], said


def test_a_file_with_a_human_is_no_device():
    assert "no controller" in own_check._run("exo.controller", "clock.py")["found"]
    assert "Clock is no Device" in own_check._run("exo.controller", "clock.py:Clock")["found"]


def test_a_sound_file_is_tried_out_once(place, monkeypatch):
    config = compose_run(["exp=tutorial", "control.controller=clock.py", "exo.controller=spring.py"]).config
    tried = []
    monkeypatch.setattr(own_check, "_try_out", lambda key, value: tried.append((key, value)))
    own_check.check_own_controllers(config)
    own_check.check_own_controllers(config)
    assert tried == [("control.controller", "clock.py"), ("exo.controller", "spring.py")]


def test_a_process_that_ends_is_an_answer(place):
    (place / "own.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    with pytest.raises(ConfigError, match="ended its process"):
        own_check._try_out("control.controller", "own.py")


def test_the_answer_of_the_process_is_raised(place):
    (place / "own.py").write_text(own("out[0, 0] = speed"))
    with pytest.raises(ConfigError, match=r"control\.controller=own\.py: own\.py, line 7: the name speed"):
        own_check._try_out("control.controller", "own.py")


def test_code_of_foreign_runs_is_refused_until_it_is_trusted():
    config = compose_run(["exp=baseline", "control.controller=clock.py", "plugins=[spring.py]"]).config
    assert user_code(config) == {"plugins": ["spring.py"], "control.controller": ["clock.py"], "exo.controller": []}
    remember_plugins(["spring.py"])
    with pytest.raises(UnsafeFileError, match=r"control\.controller=clock\.py in logs/run would run code"):
        check_stored_code(config, "logs/run")
    # What another key names is not meant by an override of one.
    with pytest.raises(UnsafeFileError, match=r"control\.controller=clock\.py"):
        check_stored_code(config, "logs/run", ["plugins=[spring.py]"])
    check_stored_code(config, "logs/run", ["control.controller=clock.py"])
    check_stored_code(config, "logs/run")


def test_naming_a_controller_trusts_no_plugin():
    config = compose_run(["exp=baseline", "control.controller=clock.py", "plugins=[spring.py]"]).config
    with pytest.raises(UnsafeFileError, match=r"plugins=\[spring\.py\]"):
        check_stored_code(config, "logs/run", ["control.controller=clock.py"])


def test_nothing_imports_a_controller_but_who_decides_about_trust():
    with pytest.raises(UnsafeFileError, match="has not been imported"):
        imported_plugin("clock.py")


def test_another_task_reads_no_controller():
    config = compose_run(["exp=rl_test"]).config
    config.control.controller = "clock.py"
    assert user_code(config) == {"plugins": []}


@pytest.mark.parametrize("numbers", [(2.0, 0.0, 1.0), (0.5, 1.0, 0.0), (float("nan"), 0.0, 1.0)])
def test_numbers_that_do_not_fit_are_refused(numbers):
    with pytest.raises(ValueError, match="parameter a"):
        parameter("a", *numbers)


def test_a_parameter_is_1_at_the_start_and_keeps_its_bounds():
    row = parameter("a", 30.0, 0.0, 90.0, unit="deg").row("control")
    values = [(row.scale * raw + row.offset) * 180.0 / 3.141592653589793 for raw in (row.initial, row.lower, row.upper)]
    assert row.initial == 1.0
    assert values == pytest.approx([30.0, 0.0, 90.0])
