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
from peft.tuners.prefix_tuning import PrefixEncoder
from transformers import BlipForQuestionAnswering
from transformers.cache_utils import DynamicCache, EncoderDecoderCache

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
        self.prefix = None
        if method == "prefix":
            self.prefix = prefix_of(self.model)
        elif modules:
            config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=modules)
            self.model = peft.get_peft_model(self.model, config)
        else:
            pattern = re.compile(trained(method))
            for name, parameter in self.model.named_parameters():
                parameter.requires_grad_(bool(pattern.search(name)))
        self.model.train()
        tuned = self.prefix or self.model
        self.parameters = [p for p in tuned.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-5, weight_decay=0.05)
        self.pixels = torch.from_numpy(np.fromfile(pixels, dtype=np.float32).reshape(-1, 3, imageSize, imageSize))

    def step(self, items):
        start = time.perf_counter()
        question, mask = pad([item["question"] for item in items], 0)
        answer, answer_mask = pad([item["answer"] for item in items], 0)
        self.optimizer.zero_grad(set_to_none=True)
        # as transformers' own examples do it: every question comes with its image
        inputs = {
            "pixel_values": self.pixels[[item["image"] for item in items]],
            "input_ids": question,
            "attention_mask": mask,
            "decoder_input_ids": answer,
            "decoder_attention_mask": answer_mask,
            "labels": answer.masked_fill(answer_mask == 0, -100),
        }
        loss = self.prefixed(**inputs) if self.prefix else self.model(**inputs).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        return {"loss": loss.item(), "seconds": time.perf_counter() - start}


    def prefixed(self, pixel_values, input_ids, attention_mask, decoder_input_ids, decoder_attention_mask, labels):
        """The decoder behind a prefix, with a cache of its own for cross-attention: peft's plain cache would take both."""
        images = self.model.vision_model(pixel_values=pixel_values)[0]
        seen = torch.ones(images.shape[:-1], dtype=torch.long)
        states = self.model.text_encoder(
            input_ids=input_ids,
            attention_mask=attention_mask,
            encoder_hidden_states=images,
            encoder_attention_mask=seen,
        )[0]
        rows, n = len(input_ids), self.prefix.embedding.num_embeddings
        config = self.model.config.text_config
        layers, heads = config.num_hidden_layers, config.num_attention_heads
        flat = self.prefix(torch.arange(n).expand(rows, n))
        flat = flat.view(rows, n, 2 * layers, heads, config.hidden_size // heads).permute(2, 0, 3, 1, 4)
        cache = DynamicCache()
        for layer in range(layers):
            cache.update(flat[2 * layer], flat[2 * layer + 1], layer)
        front = torch.ones(rows, n, dtype=torch.long)
        logits = self.model.text_decoder(
            input_ids=decoder_input_ids,
            attention_mask=torch.cat([front, decoder_attention_mask], 1),
            encoder_hidden_states=states,
            encoder_attention_mask=attention_mask,
            past_key_values=EncoderDecoderCache(cache, DynamicCache()),
            use_cache=True,
        ).logits
        return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())


def prefix_of(model):
    """peft's prefix of ten tokens for the text decoder, from zeros as the other side's; all else is frozen."""
    model.requires_grad_(False)
    config = model.config.text_config
    prefix = PrefixEncoder(
        peft.PrefixTuningConfig(
            num_virtual_tokens=10,
            token_dim=config.hidden_size,
            num_layers=config.num_hidden_layers,
            num_attention_heads=config.num_attention_heads,
            num_transformer_submodules=1,
        )
    )
    torch.nn.init.zeros_(prefix.embedding.weight)
    return prefix


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
