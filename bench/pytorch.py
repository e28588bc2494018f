"""PyTorch + transformers + peft: the other side of the benchmark. Speaks the protocol of protocol.ts over standard input and output."""

import json
import os
import re
import resource
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import numpy as np
import peft
import torch
from transformers import BlipForQuestionAnswering

TEXT = "text_encoder|text_decoder"


def trained(method):
    """Pattern of the base parameters that a method tunes, as rows.ts selects them."""
    norm = r"(LayerNorm|layer_norm1|layer_norm2|post_layernorm)\.(weight|bias)$"
    attention = r"(self_attn\.(qkv|projection)|attention\.self\.(query|key|value)|attention\.output\.dense)\.(weight|bias)$"
    return {
        "layernorm": norm,
        "layernorm (text)": rf"^({TEXT}).*{norm}",
        "attention": attention,
        "full": "",
    }[method]


def adapted(method):
    """Pattern of the modules that LoRA adapts."""
    text = rf"({TEXT}).*\.(query|value)"
    return {"lora (text)": text, "lora (all)": rf"{text}|.*self_attn\.qkv"}.get(method)


class Side:
    def __init__(self, folder, pixels, imageSize, method, threads, **_):
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        self.model = BlipForQuestionAnswering.from_pretrained(folder, dtype=torch.float32)
        modules = adapted(method)
        if modules:
            config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=modules)
            self.model = peft.get_peft_model(self.model, config)
        else:
            pattern = re.compile(trained(method))
            for name, parameter in self.model.named_parameters():
                parameter.requires_grad_(bool(pattern.search(name)))
        self.model.train()
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-5, weight_decay=0.05)
        self.pixels = torch.from_numpy(np.fromfile(pixels, dtype=np.float32).reshape(-1, 3, imageSize, imageSize))

    def step(self, items):
        start = time.perf_counter()
        question, mask = pad([item["question"] for item in items], 0)
        answer, answer_mask = pad([item["answer"] for item in items], 0)
        self.optimizer.zero_grad(set_to_none=True)
        # as transformers' own examples do it: every question comes with its image
        loss = self.model(
            pixel_values=self.pixels[[item["image"] for item in items]],
            input_ids=question,
            attention_mask=mask,
            decoder_input_ids=answer,
            decoder_attention_mask=answer_mask,
            labels=answer.masked_fill(answer_mask == 0, -100),
        ).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        return {"loss": loss.item(), "seconds": time.perf_counter() - start}


def pad(rows, value):
    length = max(map(len, rows))
    ids = torch.tensor([row + [value] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    return ids, mask


def ceiling():
    x, w = torch.full((2308, 768), 0.5), torch.full((3072, 768), 0.5)
    best = 0.0
    for _ in range(8):
        start = time.perf_counter()
        torch.nn.functional.linear(x, w)
        best = max(best, 2 * 2308 * 768 * 3072 / (time.perf_counter() - start) / 1e9)
    return best


def main():
    side = None
    for line in sys.stdin:
        command = json.loads(line)
        match command.pop("do"):
            case "open":
                side = Side(**command)
                answer = {"trainable": sum(p.numel() for p in side.parameters), "versions": versions()}
            case "step":
                answer = side.step(command["items"])
            case "ceiling":
                answer = {"gflops": ceiling()}
            case "peak":
                answer = {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        print(json.dumps(answer), flush=True)


def versions():
    import transformers

    return {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}


main()
