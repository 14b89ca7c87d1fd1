"""The score card of a walk: its distance from people, and every bound with its light."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from myoassist.analysis.walk.score import ScoredWalk


class ScoreCard:
    """The score of a walk; every field of `eval_score.json` is an attribute, such as `speed_m_s` and `overall_sd`.

    Args:
        scored: The scored walk.
    """

    _scored: "ScoredWalk"

    def __init__(self, scored: "ScoredWalk") -> None:
        self._scored = scored

    @property
    def content(self) -> dict[str, Any]:
        """What `eval_score.json` holds; what is None is named in `missing` with its reason."""
        return self._scored.content

    @property
    def passed(self) -> bool:
        """Whether every bound is known and met."""
        return bool(self.content["gate"]["passed"])

    @property
    def missed(self) -> list[str]:
        """Names of the bounds that are missed."""
        return [gate.name for gate in self._scored.card_gates if gate.judged and not gate.passed]

    @property
    def bounds(self) -> "pd.DataFrame":
        """A row per bound: `value`, `low` and `high` (the bound), `goal_low` and `goal_high`, `light`."""
        import pandas as pd

        rows = [
            {
                "bound": gate.name,
                "value": gate.value,
                "low": gate.low,
                "high": gate.high,
                "goal_low": gate.goal[0],
                "goal_high": gate.goal[1],
                "light": gate.light,
            }
            for gate in self._scored.card_gates
        ]
        return pd.DataFrame(rows).set_index("bound")

    def __getattr__(self, name: str) -> Any:
        """Return a field of `eval_score.json`."""
        if not name.startswith("_") and name in (content := self._scored.content):
            return content[name]
        raise AttributeError(
            f"the score has no {name}; it has {', '.join(self.__dir__())}" if name[:1] != "_" else name
        )

    def __dir__(self) -> list[str]:
        return ["bounds", "content", "missed", "passed", *self._scored.content]

    def __repr__(self) -> str:
        lights: dict[str, list[str]] = {}
        for gate in self._scored.card_gates:
            value = "" if gate.value is None else f" {gate.value:.3g}"
            lights.setdefault(gate.light, []).append(f"{gate.name}{value}")
        return "\n".join(f"{light}: {', '.join(names)}" for light, names in lights.items())

    def _repr_html_(self) -> str:
        from myoassist.analysis.page.card_table import bounds_table, parts_table
        from myoassist.api.html import format_table

        parts = format_table(parts_table(self._scored)) if self._scored.score.channels else ""
        return (
            '<div style="display:flex;flex-wrap:wrap;gap:2em">'
            f"<div>{format_table(bounds_table(self._scored.card_gates))}</div><div>{parts}</div></div>"
        )
