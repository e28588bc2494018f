"""Generates answer/reference pairs and scores them with the Python package pycocoevalcap (1.2): BLEU-1 to -4, ROUGE-L, CIDEr; and with
the METEOR 1.5 program that it carries (needs `java`), with the options that docs/metrics.md names.

Usage: python nlg.py COUNT SEED   (prints one JSON object; run by `npm run oracle:nlg`, which compares it with this project's values)
The texts are given to the scorers as they are, without pycocoevalcap's PTB tokenizer.
"""
import contextlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import pycocoevalcap
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

VOCABULARY = """the heart is normal in size . lungs are clear no pleural effusion or pneumothorax mediastinal contours within
limits stable cardiomegaly right left lower lobe opacity may represent atelectasis XXXX é 5.6 cm There Is
lung opacities opacified effusions limited represents Lungs lower. generally generic heart's""".split()


def sentence(rng):
    """A bag of words whose first ones are frequent; sometimes empty, sometimes with a word many times."""
    length = rng.choice([0, 1, 2, 3, 5, 8, 13, 21, 40, 70])
    return [VOCABULARY[min(int(rng.expovariate(0.12)), len(VOCABULARY) - 1)] for _ in range(length)]


def corrupted(rng, words):
    """The reference with words left out, put in, changed and repeated."""
    out = []
    for word in words:
        chance = rng.random()
        if chance < 0.1:
            continue
        out.append(rng.choice(VOCABULARY) if chance < 0.2 else word)
        if chance > 0.95:
            out.append(word)
    return out


def joined(rng, words):
    """Mostly single blanks; sometimes others, which the scorers treat each in their own way."""
    text = " ".join(words)
    chance = rng.random()
    if chance < 0.03:
        return text.replace(" ", "  ", 1)
    if chance < 0.05:
        return f" {text}\t"
    if chance < 0.06:
        return text.replace(" ", "\u00a0", 1)
    return text


def pairs(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        references = [sentence(rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        own = corrupted(rng, references[0]) if rng.random() < 0.8 else sentence(rng)
        yield {"prediction": joined(rng, own), "references": [joined(rng, words) for words in references]}


METEOR = ["-l", "en", "-m", "exact stem", "-w", "1.0 0.6", "-p", "0.85 0.2 0.6 0.5", "-q"]


def meteor(items):
    """The score of all items, and of each. The program wants one number of references: the last one is repeated, which changes no maximum."""
    count = max(len(item["references"]) for item in items)
    references = [text for item in items for text in (item["references"] + item["references"][-1:] * count)[:count]]
    jar = pathlib.Path(pycocoevalcap.__path__[0], "meteor", "meteor-1.5.jar")
    with tempfile.TemporaryDirectory() as folder:
        answers, truths = pathlib.Path(folder, "answers"), pathlib.Path(folder, "references")
        answers.write_text("".join(f"{item['prediction']}\n" for item in items), "utf8")
        truths.write_text("".join(f"{text}\n" for text in references), "utf8")
        command = ["java", "-Dfile.encoding=UTF-8", "-jar", jar, answers, truths, "-r", str(count), *METEOR]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(run.stdout), [float(line) for line in run.stderr.split()]


def scored(items):
    truth = {i: item["references"] for i, item in enumerate(items)}
    answers = {i: [item["prediction"]] for i, item in enumerate(items)}
    with contextlib.redirect_stdout(sys.stderr):
        bleu, bleu_items = Bleu(4).compute_score(truth, answers)
        rouge, rouge_items = Rouge().compute_score(truth, answers)
        cider, cider_items = Cider().compute_score(truth, answers)
    values = {f"bleu_{n + 1}": float(bleu[n]) for n in range(4)} | {"rouge_l": float(rouge), "cider": float(cider)}
    each = {f"bleu_{n + 1}": [float(x) for x in bleu_items[n]] for n in range(4)}
    each |= {"rouge_l": [float(x) for x in rouge_items], "cider": [float(x) for x in cider_items]}
    values["meteor_exact_stem_delta_half"], each["meteor_exact_stem_delta_half"] = meteor(items)
    return {"items": items, "values": values, "scores": each}


json.dump(scored(list(pairs(int(sys.argv[1]), int(sys.argv[2])))), sys.stdout)
