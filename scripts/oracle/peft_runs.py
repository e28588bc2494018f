"""Hugging Face transformers and peft on what finished runs have trained: losses, answers and gradients of the items in CASES.json, printed as JSON."""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import BlipForQuestionAnswering
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.utils import logging

torch.set_num_threads(1)
logging.disable_progress_bar()


def one_at_a_time(items, folder):
    """Items without padding: transformers 5.23 loses the mask of BLIP's cross-attention, which then does not matter."""
    for item in items:
        tensors = load_file(os.path.join(folder, item["file"]))
        yield {
            "pixel_values": tensors["pixel_values"],
            "input_ids": tensors["input_ids"].long(),
            "decoder_input_ids": tensors["decoder_input_ids"].long(),
        }


def plain_loss(model, item):
    """The whole model's own forward."""
    inputs = {**item, "attention_mask": torch.ones_like(item["input_ids"])}
    inputs["decoder_attention_mask"] = torch.ones_like(item["decoder_input_ids"])
    return model(**inputs, labels=item["decoder_input_ids"]).loss


def question_states(model, item):
    images = model.vision_model(pixel_values=item["pixel_values"])[0]
    seen = torch.ones(images.shape[:-1], dtype=torch.long)
    mask = torch.ones_like(item["input_ids"])
    return model.text_encoder(
        input_ids=item["input_ids"], attention_mask=mask, encoder_hidden_states=images, encoder_attention_mask=seen
    )[0]


def prefixed_loss(model, item):
    """The decoder behind a prefix, with a cache of its own for cross-attention: peft's plain cache would take both."""
    wrapped = model.text_decoder
    config = wrapped.active_peft_config
    flat = wrapped.prompt_encoder["default"].embedding.weight
    n, heads = config.num_virtual_tokens, config.num_attention_heads
    layers = flat.view(1, n, 2 * config.num_layers, heads, config.token_dim // heads).permute(2, 0, 3, 1, 4)
    cache = DynamicCache()
    for layer in range(config.num_layers):
        cache.update(layers[2 * layer], layers[2 * layer + 1], layer)
    ids = item["decoder_input_ids"]
    states = question_states(model, item)
    logits = wrapped.base_model(
        input_ids=ids,
        attention_mask=torch.ones(1, n + ids.shape[1], dtype=torch.long),
        encoder_hidden_states=states,
        encoder_attention_mask=torch.ones(states.shape[:-1], dtype=torch.long),
        past_key_values=EncoderDecoderCache(cache, DynamicCache()),
        use_cache=True,
    ).logits
    return torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, 1:])


def prompted_loss(model, item):
    """peft's own forward, which pads the labels."""
    states = question_states(model, item)
    ids = item["decoder_input_ids"]
    return model.text_decoder(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        encoder_hidden_states=states,
        encoder_attention_mask=torch.ones(states.shape[:-1], dtype=torch.long),
        labels=ids,
    ).loss


def answer(model, item, tokens):
    """Greedy, without the start token and from the stop token on cut off."""
    mask = torch.ones_like(item["input_ids"])
    out = model.generate(
        input_ids=item["input_ids"],
        pixel_values=item["pixel_values"],
        attention_mask=mask,
        max_new_tokens=tokens,
        do_sample=False,
        num_beams=1,
    )[0].tolist()[1:]
    stop = 2
    return out[: out.index(stop)] if stop in out else out


def examine(case, folder, base):
    model = BlipForQuestionAnswering.from_pretrained(base, dtype=torch.float32).eval()
    kind, loss = case["kind"], plain_loss
    if kind == "delta":
        unknown = model.load_state_dict(load_file(case["weights"]), strict=False).unexpected_keys
        if unknown:
            raise ValueError(f"{case['name']}: transformers does not know {unknown}")
    elif kind == "decoder":
        model.text_decoder = PeftModel.from_pretrained(model.text_decoder, case["folder"])
        loss = prefixed_loss if "prefix" in case["name"] else prompted_loss
    else:
        model = PeftModel.from_pretrained(model, case["folder"])
    items = list(one_at_a_time(case["items"], folder))
    with torch.no_grad():
        result = {
            "losses": [loss(model, item).item() for item in items],
            "answers": [answer(model, item, case["tokens"]) for item in items],
        }
    if case["gradients"]:
        golden = load_file(os.path.join(folder, case["gradients"]))
        for parameter in model.parameters():
            parameter.requires_grad_(True)
        plain_loss(model, items[0]).backward()
        own = dict(model.named_parameters())
        result["gradients"] = {
            name: {"difference": (own[name].grad - value).abs().max().item(), "largest": own[name].grad.abs().max().item()}
            for name, value in golden.items()
        }
    return result


def main(file):
    with open(file) as stream:
        wanted = json.load(stream)
    folder = os.path.dirname(file)
    print(json.dumps([examine(case, folder, wanted["base"]) for case in wanted["cases"]]))


main(sys.argv[1])
