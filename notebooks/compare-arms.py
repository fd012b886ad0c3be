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
# # Compare the arms of a result
#
# Reads the tables of any results folder (the first argument; by default that of the main scenario) and draws what a paper
# would show: paired differences with intervals, distributions of completion times, winners and losers among ISPs, and
# curves where the scenario has a `[sweep]`. It never runs the model, and needs nothing but the CSV files.
#
# `python notebooks/compare-arms.py results/minimal`, or open it as a notebook with jupytext.

# %%
from pathlib import Path
import sys

import matplotlib

if "ipykernel" not in sys.modules:
    matplotlib.use("Agg")  # without a notebook there is no display to draw on

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

DEFAULT = Path("results/managed-vs-unmanaged/file-swarming")
given = Path(sys.argv[1]) if "ipykernel" not in sys.modules and len(sys.argv) > 1 else None
start = Path(__file__).resolve() if "__file__" in globals() else Path.cwd().resolve() / "here"
folders = [given] if given else [folder / DEFAULT for folder in start.parents]
RESULT = next((folder for folder in folders if (folder / "runs.csv").exists()), None)
if RESULT is None:
    sys.exit(f"{given or DEFAULT}/runs.csv is missing: run a scenario first")

runs = pd.read_csv(RESULT / "runs.csv")
summary = pd.read_csv(RESULT / "summary.csv")
comparisons = pd.read_csv(RESULT / "comparisons.csv")
peers = pd.read_csv(RESULT / "peers.csv", usecols=["arm", "replication", "role", "completion_s", "measured"])
isps = pd.read_csv(RESULT / "isps.csv")
sweep = pd.read_csv(RESULT / "sweep.csv") if (RESULT / "sweep.csv").exists() else None

arms = list(dict.fromkeys(runs["arm"]))  # plan order
baseline_of = dict(zip(comparisons["arm"], comparisons["baseline"]))
others = [arm for arm in arms if arm in baseline_of]
# Okabe and Ito (2008), without the yellow that vanishes on white; the baseline is grey.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
DASHES = ["-", "--", ":", "-."]
colour = {arm: COLOURS[n % len(COLOURS)] for n, arm in enumerate(others)}
dash = {arm: DASHES[n % len(DASHES)] for n, arm in enumerate(others)}


def plain(axis):
    axis.spines[["top", "right"]].set_visible(False)


def save(figure, name):
    target = RESULT / name
    figure.savefig(target, dpi=150)
    print(f"wrote {target}")


# %% [markdown]
# ## Paired differences
#
# In each replication all arms have the same peers at the same places and times, so differences are taken inside a
# replication. Dots are replications, the bar is the confidence interval of the mean difference (Student's t, from
# `comparisons.csv`).

# %%
METRICS = [
    ("completion_mean_s", "mean completion time"),
    ("completion_p95_s", "95th percentile of completion"),
    ("local_share", "share of bytes inside the ISP"),
    ("inter_isp_bytes", "bytes between ISPs"),
]
figure, axes = plt.subplots(
    1, len(METRICS), figsize=(13, 1.6 + 0.42 * max(len(others), 2)), sharey=True, layout="constrained")
for axis, (metric, label) in zip(axes, METRICS):
    table = runs.pivot(index="replication", columns="arm", values=metric)
    for place, arm in enumerate(others):
        base = table[baseline_of[arm]]
        difference = 100 * (table[arm] - base) / base.mean()
        axis.scatter(difference, [place] * len(difference), s=14, color=colour[arm], alpha=0.45, linewidths=0)
        row = comparisons[(comparisons["arm"] == arm) & (comparisons["metric"] == metric)].iloc[0]
        if pd.notna(row["ci_low"]) and row["baseline_mean"]:
            ends = 100 * np.array([row["ci_low"], row["ci_high"]]) / abs(row["baseline_mean"])
            axis.plot(ends, [place, place], color=colour[arm], linewidth=5, alpha=0.5, solid_capstyle="butt")
            axis.plot(100 * row["difference"] / abs(row["baseline_mean"]), place, "|", color="black", markersize=11)
    axis.axvline(0, color="0.5", linewidth=0.8)
    axis.set_title(label, fontsize=10)
    axis.set_xlabel("difference, % of the baseline's mean")
    plain(axis)
axes[0].set_yticks(range(len(others)), others)
axes[0].set_ylim(len(others) - 0.5, -0.5)
save(figure, "compare-differences.png")

# %% [markdown]
# ## Completion times
#
# Empirical distribution functions over all measured peers of all replications. A curve that ends below 1 leaves out the
# censored: they never completed.

# %%
measured = peers[peers["measured"] & (peers["role"] == "peer")]
figure, axis = plt.subplots(figsize=(8, 4.5), layout="constrained")
shown = arms if len(arms) <= 8 else arms[:8]
for arm in shown:
    times = measured.loc[measured["arm"] == arm, "completion_s"]
    done = np.sort(times.dropna().to_numpy())
    share = np.arange(1, len(done) + 1) / max(len(times), 1)
    axis.step(done, share, where="post", label=f"{arm} ({times.isna().sum()} of {len(times)} censored)",
              color=colour.get(arm, "0.35"), linestyle=dash.get(arm, "-"))
axis.set_xlabel("time since arrival, s")
axis.set_ylabel("share of arrived peers that have completed")
axis.set_ylim(0, 1.02)
axis.set_xlim(left=0)
axis.legend(frameon=False, fontsize=9, loc="lower right")
if len(arms) > len(shown):
    axis.set_title(f"the first {len(shown)} of {len(arms)} arms", fontsize=10)
plain(axis)
save(figure, "compare-completions.png")

# %% [markdown]
# ## Winners and losers among ISPs
#
# Bytes exchanged with providers are what an ISP pays for. Each bar is an ISP: its change in mean bytes per run.

# %%
transit = isps.assign(transit=isps["provider_in_bytes"] + isps["provider_out_bytes"])
transit = transit.pivot_table(index="name", columns="arm", values="transit", aggfunc="sum") / runs["replication"].nunique()
transit = transit.fillna(0) / 1e6
chosen = others[:4]
if chosen:
    figure, axes = plt.subplots(1, len(chosen), figsize=(4 * len(chosen) + 1, 4), squeeze=False, sharey=True,
                                layout="constrained")
    for axis, arm in zip(axes[0], chosen):
        change = (transit[arm] - transit[baseline_of[arm]]).sort_values().to_numpy()
        axis.bar(range(len(change)), change, width=1.0,
                 color=["#009e73" if value < 0 else "#d55e00" for value in change])
        axis.axhline(0, color="0.4", linewidth=0.8)
        less, more = int((change < 0).sum()), int((change > 0).sum())
        axis.set_title(f"{arm}\n{less} ISPs exchange less with providers, {more} more", fontsize=9)
        axis.set_xlabel("ISPs, by change")
        plain(axis)
    axes[0][0].set_ylabel("change in bytes exchanged\nwith providers, MB per run")
    save(figure, "compare-isps.png")

# %% [markdown]
# ## Curves over a swept key
#
# Only where the scenario has a `[sweep]`: means with confidence intervals over the first swept key with numbers.

# %%
if sweep is not None and sweep["number"].notna().any():
    axis_of = sweep[sweep["number"].notna()].iloc[0]
    column = axis_of["column"]
    further = [name for name in dict.fromkeys(sweep["column"]) if name != column]
    figure, axes = plt.subplots(1, len(METRICS), figsize=(15, 4), layout="constrained")
    for axis, (metric, label) in zip(axes, METRICS):
        table = summary[summary["metric"] == metric]
        for n, (name, line) in enumerate(table.groupby(["base_arm", *further], sort=False, dropna=False)):
            title = ", ".join(str(part) for part in np.atleast_1d(np.array(name, dtype=object)) if pd.notna(part))
            line = line.sort_values(column)
            swept = line[column].notna().all()
            x = line[column] if swept else sweep.loc[sweep["column"] == column, "number"].agg(["min", "max"])
            mean, low, high = (line[key] if swept else [line[key].iloc[0]] * 2 for key in ["mean", "ci_low", "ci_high"])
            tint = "0.35" if not swept else COLOURS[n % len(COLOURS)]
            axis.plot(x, mean, DASHES[n % len(DASHES)], marker="o" if swept else None, color=tint, label=title)
            axis.fill_between(x, low, high, color=tint, alpha=0.18, linewidth=0)
        if axis_of["scale"] == "log":
            axis.set_xscale("log")
        axis.set_title(label, fontsize=10)
        axis.set_xlabel(axis_of["label"])
        axis.set_ylim(bottom=0)
        plain(axis)
    axes[0].legend(frameon=False, fontsize=8)
    save(figure, "compare-sweep.png")
else:
    print("no sweep with numbers in this result: no curves")
