"""PyTorch and transformers on the tasks of tasks.ts: the same shapes under the same names. Argument: threads. The answer is one line of JSON."""

import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
import torch.nn.functional as F
import transformers
from transformers import BlipVisionConfig
from transformers.models.blip.modeling_blip import BlipEncoderLayer

# As limits of measure.ts.
SECONDS, LEAST, MOST = 1, 3, 50
TOKENS, WIDTH, HEADS = 577, 768, 12
INNER = 4 * WIDTH


def layer():
    config = BlipVisionConfig(hidden_size=WIDTH, num_attention_heads=HEADS, intermediate_size=INNER, image_size=384, patch_size=16)
    block = BlipEncoderLayer(config).eval()
    block.requires_grad_(False)
    return block


def first(out):
    return out[0] if isinstance(out, tuple) else out


def passes():
    block, x = layer(), torch.randn(1, TOKENS, WIDTH) * 0.05
    tuned = layer()
    norms = [p for name, p in tuned.named_parameters() if "layer_norm" in name]
    for parameter in norms:
        parameter.requires_grad_(True)
    seed = torch.full((1, TOKENS, WIDTH), 0.01)
    wanted = x.clone().requires_grad_(True)

    def forward():
        with torch.no_grad():
            first(block(x, attention_mask=None))

    def both():
        torch.autograd.grad(first(tuned(wanted, attention_mask=None)), [*norms, wanted], seed)

    return {"layer, forward": forward, "layer, forward and backward to its LayerNorms": both}


def operations():
    rows, wide = torch.randn(TOKENS, WIDTH), torch.randn(TOKENS, INNER)
    out, back = torch.randn(INNER, WIDTH), torch.randn(INNER, WIDTH)
    scores, values = torch.randn(1, HEADS, TOKENS, TOKENS), torch.randn(1, HEADS, TOKENS, WIDTH // HEADS)
    by_head = torch.randn(1, TOKENS, HEADS, WIDTH // HEADS)
    gain, bias = torch.randn(WIDTH), torch.randn(WIDTH)
    return {
        "Gemm, weight transposed": lambda: F.linear(rows, out),
        "Gemm": lambda: wide @ back,
        "MatMul, by head": lambda: scores @ values,
        "Softmax": lambda: torch.softmax(scores, -1),
        "LayerNormalization": lambda: F.layer_norm(rows, (WIDTH,), gain, bias, 1e-5),
        "Gelu": lambda: F.gelu(wide),
        "Transpose, to heads": lambda: by_head.permute(0, 2, 1, 3).contiguous(),
        "Add": lambda: rows + rows,
        "ReduceSum, over rows": lambda: rows.sum(0),
    }


def timed(once):
    wall, cpu = time.perf_counter(), time.process_time()
    once()
    return {"wall": 1000 * (time.perf_counter() - wall), "cpu": 1000 * (time.process_time() - cpu)}


def measured(once):
    first_of_all = timed(once)
    taken, spent = [], 0
    if first_of_all["wall"] > 1000 * SECONDS * LEAST:
        return first_of_all
    while len(taken) < LEAST or (spent < 1000 * SECONDS and len(taken) < MOST):
        taken.append(timed(once))
        spent += taken[-1]["wall"]
    return {clock: sorted(one[clock] for one in taken)[len(taken) // 2] for clock in ("wall", "cpu")}


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    milliseconds = {name: measured(once) for name, once in passes().items()}
    with torch.no_grad():
        milliseconds |= {name: measured(once) for name, once in operations().items()}
    version = f"{torch.__version__}, transformers {transformers.__version__}"
    print(json.dumps({"version": version, "threads": threads, "milliseconds": milliseconds}))


main()
