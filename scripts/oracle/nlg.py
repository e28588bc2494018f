"""Generates answer/reference pairs and scores them with the Python package pycocoevalcap (1.2): BLEU-1 to -4, ROUGE-L, CIDEr.

Usage: python nlg.py COUNT SEED   (prints one JSON object; run by `npm run oracle:nlg`, which compares it with this project's values)
The texts are given to the scorers as they are, without pycocoevalcap's PTB tokenizer.
"""
import contextlib
import json
import random
import sys

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

VOCABULARY = """the heart is normal in size . lungs are clear no pleural effusion or pneumothorax mediastinal contours within
limits stable cardiomegaly right left lower lobe opacity may represent atelectasis XXXX é 5.6 cm There Is""".split()


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
    return {"items": items, "values": values, "scores": each}


json.dump(scored(list(pairs(int(sys.argv[1]), int(sys.argv[2])))), sys.stdout)
