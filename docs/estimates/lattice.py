#!/usr/bin/env python3
"""What it costs to find a secret from what is published, by the public lattice estimator.

    python3 -m venv estimator && estimator/bin/pip install passagemath-standard
    git clone https://github.com/malb/lattice-estimator
    PYTHONPATH=lattice-estimator estimator/bin/python docs/estimates/lattice.py

The estimator (Albrecht, Player, Scott, ePrint 2015/046, and later additions) runs on SageMath; the package
passagemath-standard is SageMath from PyPI, 4 GB once installed. Half an hour on one core; `--quick` leaves the slow attacks
out. docs/protocol.md, section 2.3, has what came out.

Nothing here is specific to rings: no attack on ring LWE of these sizes is known that does better.
"""

import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

try:
    import estimator
    from estimator import LWE, RC
    from estimator.nd import Binary, TUniform
    from sage.all import log, oo
except ImportError as error:
    sys.exit(f"{error}: install SageMath and the estimator first, as the beginning of this file says")

# docs/protocol.md, section 2.1.
RING = {"n": 2048, "q": 2**64, "Xe": TUniform(17)}
SMALL = {"n": 918, "q": 2**32, "Xe": TUniform(13)}

# What an attack may use is samples of one secret: a row of a ring has 2,048.
ROW = 2048
CASES = [
    # h is public, so a row under t = s - h is one under s: (a, b + a h).
    ("public key", "s", dict(RING, Xs=Binary, m=ROW)),
    ("automorphism, square, zero and packing keys (V25)", "t, h known", dict(RING, Xs=Binary, m=2254 * ROW)),
    ("the same, if h were secret", "t", dict(RING, Xs=TUniform(0), m=2254 * ROW)),
    ("bootstrapping and packing key", "s", dict(RING, Xs=Binary, m=(918 * 2 + 2048) * ROW)),
    ("everything under the big key, without a limit", "s", dict(RING, Xs=Binary, m=oo)),
    ("one bin of a table, to whoever has the public key", "r", dict(RING, Xs=Binary, m=2 * ROW)),
    ("keyswitching key", "z", dict(SMALL, Xs=Binary, m=2048 * 4)),
]

# What a call of lattice reduction costs: the estimator's own choice, and an older, simpler one.
MODELS = [RC.MATZOV, RC.BDGL16]
# Far from the others: coded BKW takes 2^209 for the small key and 2^341 for the big one, and Arora and Ge's attack does
# not end for noise as wide as this.
SKIPPED = ("arora-gb", "bkw")
SLOW = ("dual", "bdd_hybrid", "bdd_mitm_hybrid", "dual_hybrid")


def version():
    folder = Path(estimator.__file__).resolve().parent
    commit = subprocess.run(["git", "-C", folder, "log", "-1", "--format=%h of %cs"], capture_output=True, text=True)
    return commit.stdout.strip() or "of unknown commit"


def estimates(parameters, model, denied):
    found = LWE.estimate(LWE.Parameters(**parameters), red_cost_model=model, deny_list=denied, quiet=True)
    costs = {attack: float(log(cost["rop"], 2)) for attack, cost in found.items() if cost["rop"] != oo}
    return dict(sorted(costs.items(), key=lambda item: item[1]))


def main():
    denied = SKIPPED + (SLOW if "--quick" in sys.argv[1:] else ())
    sage = next((f"{name} {metadata.version(name)}" for name in ("passagemath-standard", "sagemath-standard")
                 if any(found.name == name for found in metadata.distributions())), "SageMath")
    print(f"lattice-estimator {version()}, {sage}")
    known, least = {}, float("inf")
    for name, secret, parameters in CASES:
        for model in MODELS:
            start = time.monotonic()
            # The estimator's attacks use at most a few thousand samples: many cases come out alike.
            key = (repr(LWE.Parameters(**parameters)), model.__name__)
            if key not in known:
                known[key] = estimates(parameters, model, denied)
            costs = known[key]
            least = min(least, *costs.values())
            line = ", ".join(f"{attack} {cost:.1f}" for attack, cost in costs.items())
            print(f"{name} ({secret}), {model.__name__}: {line} [{time.monotonic() - start:.0f} s]", flush=True)
    print(f"least: 2^{least:.1f}")


if __name__ == "__main__":
    main()
