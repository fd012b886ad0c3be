# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Validation: predicted against measured
#
# Reads the tables that the validation tests leave below `results/validation` and draws two figures: the measured swarms
# of a real client beside what the model predicts of them, and what each mechanism of the model, switched off alone,
# does to these predictions. It also writes the tables of `docs/validation.md`, each between its own markers.
#
# Without `PEERSCAPE_WRITE_DOCUMENTATION` everything goes to `results/validation`; with it, to `docs`. It never runs the
# model: `docs/validation.md` names the command that does.

# %%
from pathlib import Path
import os
import sys

import matplotlib

if "ipykernel" not in sys.modules:
    matplotlib.use("Agg")  # without a notebook there is no display to draw on

import matplotlib.pyplot as plt
import pandas as pd

RESULT = Path("results/validation")
start = Path(__file__).resolve() if "__file__" in globals() else Path.cwd().resolve() / "here"
root = next((folder for folder in start.parents if (folder / RESULT / "swarms.csv").exists()), None)
if root is None:
    sys.exit(f"{RESULT}/swarms.csv is missing: docs/validation.md names the command that writes it")

write = "PEERSCAPE_WRITE_DOCUMENTATION" in os.environ
figures = root / ("docs/figures" if write else RESULT)
swarms = pd.read_csv(root / RESULT / "swarms.csv")
scenarios = list(dict.fromkeys(swarms["scenario"]))
swarms.head()

# %% [markdown]
# ## Predicted and measured
#
# A bar is the interval that would hold the mean of as many repetitions as were measured with probability 0.95, if the
# model were right; the dot in it is the predicted mean. The diamond is the mean of the measured repetitions, its
# whisker their standard deviation.

# %%
PANELS = [
    ("mean completion", "mean completion (s)", 1),
    ("last completion", "last completion (s)", 1),
    ("utilisation to first completion", "uplinks busy until the first completion (%)", 100),
    ("inter-ISP share", "payload between ISPs (%)", 100),
    ("mean first piece", "mean time to the first piece (s)", 1),
    ("copies sent by seed", "copies sent by the seed", 1),
    ("seed's bytes to best-fed 8", "seed's bytes taken by 8 leechers (%)", 100),
    ("external partners", "partners in other ISPs", 1),
    ("duplicate share", "payload received twice (%)", 100),
]
PREDICTED, MEASURED = "tab:blue", "black"


def columns(table, quantity):
    """Rows of one quantity by scenario, in the scenarios' order."""
    return table[table["quantity"] == quantity].set_index("scenario").reindex(scenarios)


def draw_swarms():
    height = 0.9 + 0.28 * len(scenarios)
    figure, axes = plt.subplots(3, 3, figsize=(10, 3 * height), layout="constrained", sharey=True)
    for axis, (quantity, label, scale) in zip(axes.flat, PANELS):
        rows = columns(swarms, quantity)
        for place, (_, row) in enumerate(rows.iterrows()):
            if pd.notna(row["predicted_mean"]):
                low, high = row["prediction_low"] * scale, row["prediction_high"] * scale
                axis.barh(place, high - low, left=low, height=0.5, color=PREDICTED, alpha=0.3, linewidth=0)
                axis.plot(row["predicted_mean"] * scale, place, "o", color=PREDICTED, markersize=5)
            if pd.notna(row["measured_mean"]):
                spread = 0 if pd.isna(row["measured_sd"]) else row["measured_sd"] * scale
                axis.errorbar(row["measured_mean"] * scale, place, xerr=spread, fmt="D", color=MEASURED,
                              markersize=4, linewidth=1, capsize=2)
            if pd.isna(row["predicted_mean"]) and pd.isna(row["measured_mean"]):
                axis.annotate("one ISP", (0.02, place), xycoords=("axes fraction", "data"), fontsize=7,
                              color="0.6", va="center")
        axis.set_xlabel(label, fontsize=9)
        axis.set_yticks(range(len(scenarios)), scenarios)
        axis.use_sticky_edges = False
        axis.margins(x=0.08)
        axis.tick_params(labelsize=8)
        axis.grid(axis="x", color="0.92", linewidth=0.7)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    axes.flat[0].invert_yaxis()
    runs, repetitions = int(swarms["predicted_n"].max()), int(swarms["measured_n"].max())
    handles = [
        plt.Line2D([], [], marker="o", color=PREDICTED, linewidth=6, alpha=0.5,
                   label=f"predicted: mean of {runs} runs, 95 % interval for {repetitions} repetitions"),
        plt.Line2D([], [], marker="D", color=MEASURED, linewidth=1, label=f"measured: {repetitions} repetitions ± sd"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False, fontsize=9)
    return figure


def save(figure, name):
    figure.savefig(figures / name, dpi=150, metadata={"Software": None})
    print(f"wrote {(figures / name).relative_to(root)}")


save(draw_swarms(), "validation-swarms.png")

# %% [markdown]
# ## Mechanisms switched off alone
#
# A marker is one swarm; its whisker is twice the standard error of the difference, paired by seed.

# %%
SHOWN = [
    ("mean completion", "mean completion (s)", 1),
    ("last completion", "last completion (s)", 1),
    ("utilisation to first completion", "uplinks busy (points)", 100),
]
MARKERS = "osD^vP*X"


def draw_ablation(ablation):
    effect = ablation[ablation["quantity"] == "mean completion"].groupby("mechanism")["change_mean"].mean()
    mechanisms = list(effect.sort_values().index)
    figure, axes = plt.subplots(1, len(SHOWN), figsize=(10, 1.3 + 0.32 * len(mechanisms)), layout="constrained",
                                sharey=True)
    colours = plt.get_cmap("tab10").colors
    for axis, (quantity, label, scale) in zip(axes, SHOWN):
        axis.axvline(0, color="0.6", linewidth=0.8)
        for number, scenario in enumerate(scenarios):
            rows = ablation[(ablation["quantity"] == quantity) & (ablation["scenario"] == scenario)]
            rows = rows.set_index("mechanism").reindex(mechanisms)
            places = [place + 0.14 * (number - (len(scenarios) - 1) / 2) for place in range(len(mechanisms))]
            axis.errorbar(rows["change_mean"] * scale, places, xerr=2 * rows["change_standard_error"] * scale,
                          fmt=MARKERS[number % len(MARKERS)], color=colours[number % len(colours)], markersize=4,
                          linewidth=0.8, label=scenario)
        axis.set_xlabel(f"change of {label}", fontsize=9)
        axis.set_yticks(range(len(mechanisms)), [f"without {mechanism}" for mechanism in mechanisms])
        axis.tick_params(labelsize=8)
        axis.grid(axis="both", color="0.92", linewidth=0.7)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False, fontsize=9)
    return figure


ablation = root / RESULT / "ablation.csv"
ablation = pd.read_csv(ablation) if ablation.exists() else None
if ablation is None:
    print(f"{RESULT}/ablation.csv is missing: the ablation is left as it is")
else:
    save(draw_ablation(ablation), "validation-ablation.png")

# %% [markdown]
# ## Tables


# %%
def line(cells):
    return "| " + " | ".join(cells) + " |"


def markdown(header, rows):
    return "\n".join([line(header), line(["---"] * len(header)), *[line(row) for row in rows]])


def text(value, unit, signed=False):
    """A value with its unit's decimals; shares as percent."""
    if pd.isna(value):
        return "–"
    scale, places = {"share": (100, 1), "s": (1, 1), "peers": (1, 1), "copies": (1, 2)}[unit]
    sign = "+" if signed else ""
    return f"{value * scale:{sign}.{places}f}".replace("-", "−")


UNITS = {"share": "%", "s": "s", "peers": "", "copies": ""}


def swarms_table():
    rows = []
    for scenario in scenarios:
        for _, row in swarms[swarms["scenario"] == scenario].iterrows():
            unit = row["unit"]
            value = lambda column: text(row[column], unit)
            both = pd.notna(row["predicted_mean"]) and pd.notna(row["measured_mean"])
            if not both:
                off = "–"
            elif unit == "share":
                off = text(row["predicted_mean"] - row["measured_mean"], unit, signed=True) + " points"
            else:
                off = f"{100 * (row['predicted_mean'] / row['measured_mean'] - 1):+.1f} %".replace("-", "−")
            name = row["quantity"] + (f", {UNITS[unit]}" if UNITS[unit] else "")
            inside = both and row["prediction_low"] <= row["measured_mean"] <= row["prediction_high"]
            interval = f"{value('prediction_low')} to {value('prediction_high')}" if both else "–"
            measured = value("measured_mean") + ("" if pd.isna(row["measured_sd"]) else f" ± {value('measured_sd')}")
            predicted = "–" if pd.isna(row["predicted_mean"]) else f"{value('predicted_mean')} ± {value('predicted_sd')}"
            rows.append([f"`{scenario}`", name, predicted, interval, measured, off, "yes" if inside else "no" if both else "–"])
    header = ["swarm", "quantity", "predicted ± sd", "95 % interval", "measured ± sd", "off by", "inside"]
    return markdown(header, rows)


def ablation_table(ablation):
    """A line per mechanism: changes over the swarms, with the standard error of their mean; then swarm by swarm."""
    rows = []
    for (mechanism, key, value), group in ablation.groupby(["mechanism", "key", "value"], sort=False):
        cells = []
        for quantity, _, _ in SHOWN:
            found = group[group["quantity"] == quantity].set_index("scenario").reindex(scenarios)
            unit = found["unit"].dropna().iloc[0]
            each = " / ".join(text(change, unit, signed=True) for change in found["change_mean"])
            mean = found["change_mean"].mean()
            error = (found["change_standard_error"] ** 2).sum() ** 0.5 / found["change_mean"].count()
            cells += [f"**{text(mean, unit, signed=True)}** ± {text(error, unit)} ({each})"]
        censored = int(group.groupby("scenario")["censored"].first().sum())
        rows.append([mechanism, f"`{key} = {value}`", *cells, str(censored)])
    header = ["without", "key", "mean, s", "last, s", "uplinks busy, points", "unfinished"]
    return markdown(header, rows)


def theory_table():
    """What the scenarios below `scenarios/validation/theory` were held against; nothing where none was run."""
    rows = []
    for path in sorted((root / RESULT / "theory").glob("*/references.csv")):
        for _, row in pd.read_csv(path).iterrows():
            number = lambda column: "" if pd.isna(row[column]) else f"{row[column]:.4g}"
            mean = number("mean") if pd.isna(row["ci_low"]) else f"{number('mean')} ({number('ci_low')} to {number('ci_high')})"
            band = "–" if pd.isna(row["low"]) and pd.isna(row["high"]) else f"{number('low')} to {number('high')}"
            metric = row["metric"] if pd.isna(row["against"]) else f"{row['metric']} ÷ {row['against']}"
            met = {"true": "yes", "false": "**no**"}.get(str(row["inside"]).lower(), "–")
            rows.append([f"`{path.parent.name}`", row["arm"], f"`{metric}`", row["label"], number("reference") or "–",
                         mean, str(row["n"]), band, met])
    header = ["scenario", "arm", "figure", "held against", "value", "model, mean (95 %)", "runs", "accepted", "inside"]
    return markdown(header, rows) if rows else None


page = (root / "docs/validation.md").read_text(encoding="utf-8")
tables = {
    "swarms": swarms_table(),
    "ablation": None if ablation is None else ablation_table(ablation),
    "theory": theory_table(),
}
for name, table in tables.items():
    if table is None:
        continue
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    before, rest = page.split(begin)
    _, after = rest.split(end)
    page = f"{before}{begin}\n{table}\n\n{end}{after}"
target = root / ("docs" if write else RESULT) / "validation.md"
target.write_text(page, encoding="utf-8")
print(f"wrote {target.relative_to(root)}")
