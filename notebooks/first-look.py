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
# # First look: what does the order of peer lists change?
#
# Reads the tables that `peerscape run scenarios/managed-vs-unmanaged/file-swarming.toml` wrote, and draws one figure:
# for each arm the share of traffic that stays inside the ISP, and the mean completion time. A dot is a replication;
# replications of the same number share their peers, places and arrivals in all arms (common random numbers), hence
# the thin lines between them. The bar is the mean, the whisker its confidence interval from `summary.csv`.
#
# Run it with `python notebooks/first-look.py`, or open it as a notebook with jupytext. It never runs the model.

# %%
from pathlib import Path
import sys

import matplotlib

if "ipykernel" not in sys.modules:
    matplotlib.use("Agg")  # without a notebook there is no display to draw on

import matplotlib.pyplot as plt
import pandas as pd

RESULT = Path("results/managed-vs-unmanaged/file-swarming")
start = Path(__file__).resolve() if "__file__" in globals() else Path.cwd().resolve() / "here"
root = next((folder for folder in start.parents if (folder / RESULT / "runs.csv").exists()), None)
if root is None:
    sys.exit(f"{RESULT}/runs.csv is missing: run scenarios/managed-vs-unmanaged/file-swarming.toml first")

runs = pd.read_csv(root / RESULT / "runs.csv")
summary = pd.read_csv(root / RESULT / "summary.csv").set_index(["arm", "metric"])
arms = list(dict.fromkeys(runs["arm"]))  # plan order
runs.groupby("arm", sort=False)[["local_share", "completion_mean_s", "peers_censored"]].mean()

# %%
PANELS = [
    ("local_share", "share of bytes inside the ISP", 1.0),
    ("completion_mean_s", "mean completion time (min)", 1 / 60),
]

figure, axes = plt.subplots(1, len(PANELS), figsize=(9, 4), layout="constrained")
for axis, (metric, label, scale) in zip(axes, PANELS):
    table = runs.pivot(index="replication", columns="arm", values=metric)[arms] * scale
    for _, replication in table.iterrows():
        axis.plot(range(len(arms)), replication, color="0.8", linewidth=0.7, marker="o", markersize=4,
                  markerfacecolor="tab:blue", markeredgecolor="none", alpha=0.8, zorder=1)
    for place, arm in enumerate(arms):
        row = summary.loc[(arm, metric), ["mean", "ci_low", "ci_high"]].astype(float) * scale
        if pd.isna(row["mean"]):
            continue  # censored in every replication: there is no mean to draw
        axis.hlines(row["mean"], place - 0.2, place + 0.2, color="black", linewidth=2, zorder=2)
        if not pd.isna(row["ci_low"]):
            axis.vlines(place, row["ci_low"], row["ci_high"], color="black", linewidth=1, zorder=2)
    if metric == "local_share" and "local_share_random" in runs:
        random_lists = runs["local_share_random"].mean()
        axis.axhline(random_lists, color="tab:red", linestyle=":", linewidth=1)
        axis.annotate("random lists would give", (0.98, random_lists), xycoords=("axes fraction", "data"),
                      color="tab:red", fontsize=8, ha="right", va="bottom")
    axis.set_xticks(range(len(arms)), arms)
    axis.set_xlim(-0.5, len(arms) - 0.5)
    axis.set_ylim(bottom=0)
    axis.set_ylabel(label)
    axis.spines[["top", "right"]].set_visible(False)

censored = int(runs["peers_censored"].sum())
figure.suptitle(f"{len(runs)} runs, {int(runs['peers'].iloc[0])} peers each; {censored} peers did not complete")
target = root / "results" / "first-look.png"
figure.savefig(target, dpi=150)
print(f"wrote {target.relative_to(root)}")
