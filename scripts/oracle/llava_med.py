"""Scores generated answers with LLaVA-Med's own script, item by item: the values that the unit tests hold.

Usage: git -C CLONE archive b9a98a7 llava/eval | tar -x -C DIR;  python llava_med.py DIR/llava/eval > test/fixtures/metrics/llava_med.json
"""
import json
import random
import sys

sys.path.insert(0, sys.argv[1])
sys.modules.setdefault("tabulate", type(sys)("tabulate")).tabulate = lambda *_, **__: None
from eval_metrics.evaluate_metrics import (  # noqa: E402
    calculate_appearance_with_normalization,
    calculate_exactmatch,
    calculate_f1score,
)
from eval_metrics.glossary import normalize_word  # noqa: E402

WORDS = """yes no normal the a left right lung lobe lower none two Ten abnormal , . ; - / 5.6 cm 1,000 dont isn't hed've
(R) upper not, mass mass X-ray ct/mri e.g. what's somebody'd ? yes. No,""".split()
rng = random.Random(7)


def text(most):
    joined = rng.choice([" ", " ", " ", "  ", "\n"]).join(rng.choice(WORDS) for _ in range(rng.randint(0, most)))
    return rng.choice(["", "", "", " "]) + joined + rng.choice(["", "", "", " ", "\t"])


candidates = [text(4) for _ in range(12)] + ["left lung", "normal", 3]
items = []
for index in range(150):
    answer_type = rng.choice(["OPEN", "OPEN", "CLOSED"])
    reference = rng.choice([text(4), str(rng.choice(candidates)), rng.choice(["yes", "no", "Yes", "normal"])])
    prediction = rng.choice([text(8), reference + " " + text(3), text(2)])
    wanted, own = normalize_word(reference.lower()), normalize_word(prediction.lower())
    if answer_type == "OPEN":
        f1, precision, recall = calculate_f1score(own, wanted)
        scores = {
            "llava_med_open": recall,
            "llava_med_open_precision": precision,
            "llava_med_open_f1": f1,
            "llava_med_exact_match": calculate_exactmatch(own, wanted),
            "llava_med_open_accuracy": calculate_appearance_with_normalization(own, wanted, {"0": candidates}),
        }
    else:  # run_eval.py, evaluate(), under answer_type CLOSED
        scores = {"llava_med_closed": int(("yes" in own or "no" in own) and wanted in own)}
    items.append({"answer_type": answer_type.lower(), "reference": reference, "prediction": prediction, "scores": scores})

json.dump({"candidates": [str(one) for one in candidates], "items": items}, sys.stdout)
