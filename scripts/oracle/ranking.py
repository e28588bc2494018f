"""Likelihoods of given answers by transformers, for test/unit/models/ranking.test.ts.

    python scripts/oracle/ranking.py SHARED/parity/blip-vqa test/unit/models/ranking.golden.json

Each question is read alone and without padding, since transformers 5.23 loses the mask of cross-attention. The candidates are scored as `rank_answer` of
BLIP does, in float64: `blip` with its label smoothing of 0.1, `sum` and `mean` without.
"""
import json
import sys

import torch
from safetensors.torch import load_file
from transformers import BlipForQuestionAnswering

folder, target = sys.argv[1:]
model = BlipForQuestionAnswering.from_pretrained(folder, dtype=torch.float64).eval()
inputs = load_file(f"{folder}/inputs.safetensors")
text = model.config.text_config
bos, stop = text.bos_token_id, text.sep_token_id
generator = torch.Generator().manual_seed(7)
candidates = []
for length in [1, 2, 3, 1, 4, 2, 3, 5]:
    candidates.append(torch.randint(5, text.vocab_size - 4, (length,), generator=generator).tolist() + [stop])
candidates.append(candidates[2][:2] + [stop])

rows = []
with torch.no_grad():
    for row in range(4):
        keep = inputs["mb0.attention_mask"][row].bool()
        image = model.vision_model(inputs["mb0.pixel_values"][row : row + 1].double())[0]
        question = model.text_encoder(input_ids=inputs["mb0.input_ids"][row][keep][None], encoder_hidden_states=image)[0]
        scores = {"sum": [], "mean": [], "blip": [], "first": []}
        for tokens in candidates:
            ids = torch.tensor([[bos, *tokens]])
            logits = model.text_decoder(input_ids=ids, encoder_hidden_states=question).logits[0, :-1]
            log = logits.log_softmax(-1)
            own = log.gather(1, ids[0, 1:, None])[:, 0]
            smoothed = torch.nn.functional.cross_entropy(logits, ids[0, 1:], label_smoothing=0.1, reduction="none")
            scores["sum"].append(own.sum().item())
            scores["mean"].append(own.mean().item())
            scores["blip"].append(-smoothed.sum().item())
            scores["first"].append(own[0].item())
        rows.append(scores)
with open(target, "w") as file:
    json.dump({"candidates": candidates, "rows": rows}, file)
    file.write("\n")
