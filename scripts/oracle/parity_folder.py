"""Writes golden values of small models whose sizes are drawn from a seed, in the layout that `medpeft parity` reads: forward, losses, gradients, generation, and for
some methods counts, twelve steps of training, random values with their gradients, PEFT's folder and merged weights.

Usage: python parity_folder.py DIR SEED   (run by `npm run parity:sizes`)
All is computed in float64 and stored as float32. Questions have no padding: transformers 5.23 loses the mask of BLIP's cross-attention. Padding has its goldens elsewhere.
"""
import json
import math
import os
import random
import re
import sys
from types import SimpleNamespace

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import peft
import torch
from safetensors.torch import load_file, save_file
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers import BlipConfig, BlipForQuestionAnswering, LlavaConfig, LlavaForConditionalGeneration

torch.set_num_threads(1)
target, seed = sys.argv[1], int(sys.argv[2])
draw = random.Random(seed)
torch.manual_seed(seed)
ROWS, STEPS, WARMUP, RATE, DECAY = 4, 12, 2, 0.01, 0.05
# large enough that gradients which are all but zero, and differ by rounding, are not blown up to whole steps
EPSILON = 1e-5
NORM = r"(layer_?norm\d?|LayerNorm|pre_layrnorm|norm)\.(weight|bias)$"


def vision(kind, width):
    heads, patch = draw.choice([2, 4]), draw.choice([3, 5, 6])
    return {
        "model_type": kind, "hidden_size": width or heads * draw.choice([6, 7, 9]), "num_attention_heads": heads, "patch_size": patch,
        "image_size": patch * draw.choice([2, 3, 5]), "num_hidden_layers": draw.choice([3, 4]), "intermediate_size": draw.choice([30, 50]),
    }


def blip():
    width = draw.choice([20, 32, 44])
    text = {
        "hidden_size": width, "encoder_hidden_size": width, "num_attention_heads": draw.choice([1, 2, 4]), "num_hidden_layers": draw.choice([1, 3]),
        "intermediate_size": draw.choice([28, 70]), "vocab_size": draw.choice([47, 83]), "max_position_embeddings": 40, "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0, "bos_token_id": 45, "sep_token_id": 2, "pad_token_id": 0, "eos_token_id": 3,
    }
    return BlipForQuestionAnswering(BlipConfig(vision_config=vision("blip_vision_model", width), text_config=text))


def llava():
    keys = draw.choice([1, 2, 3])
    text = {
        "model_type": draw.choice(["mistral", "llama"]), "hidden_size": draw.choice([24, 36]), "num_attention_heads": keys * draw.choice([1, 2, 4]),
        "num_key_value_heads": keys, "head_dim": draw.choice([6, 10]), "num_hidden_layers": draw.choice([1, 3]), "intermediate_size": draw.choice([26, 52]),
        "vocab_size": 61, "max_position_embeddings": 128, "rope_theta": draw.choice([1e4, 1e6]), "tie_word_embeddings": False, "pad_token_id": 0,
        "bos_token_id": 1, "eos_token_id": 2,
    }
    if text["model_type"] == "mistral":
        text["sliding_window"] = None
    config = LlavaConfig(vision_config=vision("clip_vision_model", None), text_config=text, image_token_id=60, vision_feature_layer=-2)
    return LlavaForConditionalGeneration(config)


def numbers(low, high, *shape):
    return torch.tensor([draw.randrange(low, high) for _ in range(math.prod(shape))]).view(*shape)


def micro_batch(model):
    config = model.config
    side, vocabulary = config.vision_config.image_size, config.text_config.vocab_size
    batch = {"pixel_values": torch.randn(ROWS, 3, side, side).double()}
    if isinstance(model, BlipForQuestionAnswering):
        question, answer = draw.randrange(3, 15), draw.randrange(4, 12)
        batch["input_ids"] = numbers(4, 45, ROWS, question)
        batch["attention_mask"] = torch.ones_like(batch["input_ids"])
        ids, lengths = numbers(4, 45, ROWS, answer), [answer] + [draw.randrange(3, answer + 1) for _ in range(ROWS - 1)]
        ids[:, 0] = config.text_config.bos_token_id
        mask = torch.arange(answer)[None] < torch.tensor(lengths)[:, None]
        batch |= {"decoder_input_ids": ids * mask, "decoder_attention_mask": mask.long(), "labels": ids.masked_fill(~mask, -100)}
        return batch
    patches = (side // config.vision_config.patch_size) ** 2
    length = patches + draw.randrange(6, 20)
    ids, mask, labels = numbers(4, 60, ROWS, length), torch.ones(ROWS, length).long(), torch.full((ROWS, length), -100)
    for row in range(ROWS):
        at, end = draw.randrange(1, 4), length - (draw.randrange(0, 3) if row else 0)
        ids[row, at : at + patches] = 60
        ids[row, end:], mask[row, end:] = 0, 0
        labels[row, end - 2 : end] = ids[row, end - 2 : end]
    return batch | {"input_ids": ids, "attention_mask": mask, "labels": labels}


def forward(model, batch):
    """Loss, logits and hidden states by their names in the goldens."""
    states, hooks = {}, []

    def watch(module, name, take=lambda out: out[0] if isinstance(out, tuple) else out):
        hooks.append(module.register_forward_hook(lambda _m, _i, out: states.update({name: take(out)})))

    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    if isinstance(inner, BlipForQuestionAnswering):
        watch(inner.vision_model.embeddings, "vision.embeddings")
        layers = {"vision": inner.vision_model.encoder.layers, "text_encoder": inner.text_encoder.encoder.layer, "text_decoder": inner.text_decoder.bert.encoder.layer}
        watch(inner.text_encoder.embeddings, "text_encoder.embeddings")
        watch(inner.text_decoder.bert.embeddings, "text_decoder.embeddings")
        watch(inner.text_decoder.cls, "logits")
    else:
        tower, language = inner.model.vision_tower, inner.model.language_model
        tower = getattr(tower, "vision_model", tower)
        watch(tower.embeddings, "vision.embeddings")
        watch(tower.pre_layrnorm, "vision.pre_layernorm")
        watch(inner.model.multi_modal_projector, "projector")
        watch(language.norm, "text.norm")
        layers = {"vision": tower.encoder.layers, "text": language.layers}
    for name, modules in layers.items():
        for i, module in enumerate(modules):
            watch(module, f"{name}.layer.{i}")
    out = model(**batch)
    for hook in hooks:
        hook.remove()
    loss = out.loss
    if "logits" not in states:
        states["logits"] = out.logits
    return loss, {name: value.detach().clone().contiguous() for name, value in states.items()}


def loss_of(model, batch):
    return forward(model, batch)[0]


def write(folder, name, value):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w") as file:
        json.dump(value, file)


def save(folder, name, tensors):
    os.makedirs(folder, exist_ok=True)
    save_file({key: (value.float() if value.is_floating_point() else value).detach().clone().contiguous() for key, value in tensors.items()}, os.path.join(folder, name))


def decays(name):
    return not (re.search(NORM, name) or name.endswith("bias") or "ln_tuning" in name)


def train(model, batches, tuned, folder):
    """Twelve steps of the tuned parameters, by name."""
    groups = [{"params": [p], "weight_decay": DECAY if decays(name) else 0.0} for name, p in tuned.items()]
    optimizer, steps = torch.optim.AdamW(groups, lr=RATE, eps=EPSILON), []
    for step in range(STEPS):
        factor = step / WARMUP if step < WARMUP else 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP)))
        for group in optimizer.param_groups:
            group["lr"] = RATE * factor
        optimizer.zero_grad(set_to_none=True)
        batch = batches[step % 3]
        loss = loss_of(model, batch)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([p for p in tuned.values() if p.grad is not None], 1.0)
        optimizer.step()
        count = int((batch["labels"][:, 1:] != -100).sum())
        steps.append({"step": step, "micro_batches": [step % 3], "target_tokens": count, "loss": loss.item(), "grad_norm": norm.item(), "lr": RATE * factor})
    final = {name: {"sum": p.double().sum().item(), "abs_sum": p.double().abs().sum().item(), "max_abs": p.abs().max().item()} for name, p in tuned.items()}
    write(folder, "trajectory.json", {
        "optimizer": {"name": "AdamW", "lr": RATE, "betas": [0.9, 0.999], "eps": EPSILON, "weight_decay": DECAY}, "max_grad_norm": 1.0, "gradient_accumulation": 1, "loss": "hf",
        "schedule": {"name": "cosine", "warmup_steps": WARMUP, "total_steps": STEPS}, "steps": steps, "final": final,
    })
    save(folder, "final.safetensors", tuned)


def describe(folder, tuned, added, base):
    trainable = sum(p.numel() for p in tuned.values())
    extra = trainable if added else 0
    write(folder, "counts.json", {"trainable": trainable, "added": extra, "base_total": base, "percent": 100 * trainable / (base + extra), "tensors": len(tuned)})
    write(folder, "trainable.json", {name: {"shape": list(p.shape), "decay": decays(name)} for name, p in tuned.items()})


def own(model, folder, batches, names, pattern, method):
    """A group of the model's own parameters."""
    to = os.path.join(folder, "methods", method)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for name, p in model.named_parameters():
        p.requires_grad_(bool(re.search(pattern, name)))
    tuned = {names[name]: p for name, p in model.named_parameters() if p.requires_grad}
    describe(to, tuned, False, sum(p.numel() for p in model.parameters()))
    train(model, batches, tuned, to)
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(before[name])


class Prefixed(torch.nn.Module):
    """BLIP with a prefix in its decoder, and a cache of its own for cross-attention: peft's plain one would take both."""

    def __init__(self, model, config):
        super().__init__()
        # in a list, so that only the prefix counts as this module's
        self.model, self.peft = [model], peft.get_peft_model(model.text_decoder, config)

    def get_base_model(self):
        return self.model[0]

    def save_pretrained(self, folder):
        self.peft.save_pretrained(folder)

    def forward(self, pixel_values, input_ids, attention_mask, decoder_input_ids, decoder_attention_mask, labels):
        model, [encoder] = self.model[0], self.peft.prompt_encoder.values()
        images = model.vision_model(pixel_values=pixel_values)[0]
        seen = torch.ones(images.shape[:-1]).long()
        states = model.text_encoder(input_ids=input_ids, attention_mask=attention_mask, encoder_hidden_states=images, encoder_attention_mask=seen)[0]
        text, tokens = model.config.text_config, encoder.embedding.num_embeddings
        flat = encoder(torch.arange(tokens).expand(ROWS, tokens))
        flat = flat.view(ROWS, tokens, 2 * text.num_hidden_layers, text.num_attention_heads, -1).permute(2, 0, 3, 1, 4)
        cache = DynamicCache()
        for layer in range(text.num_hidden_layers):
            cache.update(flat[2 * layer], flat[2 * layer + 1], layer)
        logits = model.text_decoder(
            input_ids=decoder_input_ids, attention_mask=torch.cat([torch.ones(ROWS, tokens).long(), decoder_attention_mask], 1), encoder_hidden_states=states,
            encoder_attention_mask=attention_mask, past_key_values=EncoderDecoderCache(cache, DynamicCache()), use_cache=True,
        ).logits
        return SimpleNamespace(loss=torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()))


def added(folder, batches, method, config):
    """A method of PEFT's, on a model that is read anew."""
    to = os.path.join(folder, "methods", method)
    kind = BlipForQuestionAnswering if "blip" in folder else LlavaForConditionalGeneration
    model = kind.from_pretrained(folder, dtype=torch.float64)
    base = sum(p.numel() for p in model.parameters())
    prefixed = method.startswith("prefix") and kind is BlipForQuestionAnswering
    model = (Prefixed if prefixed else peft.get_peft_model)(model, config).double().eval()
    named = lambda: {name.removeprefix("peft.").replace(".default", ""): p for name, p in model.named_parameters() if p.requires_grad}
    saved = {re.sub(r"lora_magnitude_vector$", "lora_magnitude_vector.weight", name): name for name in named()}
    describe(to, {key: named()[name] for key, name in saved.items()}, True, base)
    initial = {key: named()[name].detach().clone() for key, name in saved.items()}
    save(to, "init.safetensors", initial)
    with torch.no_grad():
        for p in named().values():
            p.copy_(torch.randn(p.shape, dtype=torch.float32) * 0.2 + (1.0 if p.dim() == 1 or "ia3" in method else 0.0))
    tuned = {key: named()[name] for key, name in saved.items()}
    save(to, "probe.safetensors", tuned)
    loss, states = forward(model, batches[0])
    loss.backward()
    unreached = [key for key, p in tuned.items() if p.grad is None]
    save(to, "probe_out.safetensors", {"logits": states["logits"]} | {f"grad.{key}": p.grad for key, p in tuned.items() if p.grad is not None})
    write(to, "probe.json", {"loss": loss.item(), "without_gradient": unreached})
    model.float().save_pretrained(os.path.join(to, "peft_folder"))
    model.double()
    with torch.no_grad():
        for key, p in tuned.items():
            p.copy_(initial[key])
    train(model, batches, tuned, to)


def pieces(model, folder):
    folder = os.path.join(target, folder)
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.randn(p.shape) * (0.3 / math.sqrt(p.shape[-1]) * 2 if p.dim() > 1 else 0.1) + (1.0 if re.search(r"norm\d?\.weight$", name, re.I) else 0.0))
    model.eval().save_pretrained(folder)
    stored = load_file(os.path.join(folder, "model.safetensors"))
    places = {tensor.numpy().tobytes(): name for name, tensor in stored.items()}
    names = {name: places[p.detach().numpy().tobytes()] for name, p in model.named_parameters()}
    model.double()
    batches = [micro_batch(model) for _ in range(3)]
    save(folder, "inputs.safetensors", {f"mb{i}.{key}": value for i, batch in enumerate(batches) for key, value in batch.items()})
    loss, states = forward(model, batches[0])
    loss.backward()
    save(folder, "forward.safetensors", states)
    gradients = {names[name]: p.grad for name, p in model.named_parameters() if p.grad is not None}
    save(folder, "grads.safetensors", gradients)
    zero = {name: 0.0 for name in gradients if re.search(r"(\.key|\.k_proj)\.bias$", name)}
    told = {"loss": loss.item(), "without_gradient": [n for n in names.values() if n not in gradients], "exactly_zero_gradient_float32_residue": zero}
    write(folder, "forward.json", told | {"losses": {"hf_mean_over_target_tokens": loss.item()}})
    model.zero_grad(set_to_none=True)
    return folder, names, batches


def answers(model, folder, batch):
    cases = {}
    for name, settings in {"greedy": {"num_beams": 1, "max_length": 9}, "beam3": {"num_beams": 3, "max_length": 10, "min_length": 4}, "beam2_penalty": {"num_beams": 2, "max_length": 9, "length_penalty": 0.5}}.items():
        out = model.generate(input_ids=batch["input_ids"], pixel_values=batch["pixel_values"], attention_mask=batch["attention_mask"], do_sample=False, return_dict_in_generate=True, output_scores=True, **settings)
        cases[name] = {"settings": settings, "sequences": out.sequences.tolist()}
        if settings["num_beams"] > 1:
            cases[name]["sequences_scores"] = out.sequences_scores.tolist()
    write(folder, "generate.json", {"token_ids": {"bos": 45, "pad": 0, "stop": 2}, "rows": "mb0", "cases": cases})


def main():
    rank, alpha = draw.choice([1, 3, 7]), draw.choice([2, 9])
    lora = lambda modules, **more: peft.LoraConfig(r=rank, lora_alpha=alpha, target_modules=modules, **more)
    tokens = draw.choice([1, 2, 5])
    prefix = lambda **more: peft.PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=tokens, **more)
    projection = {"prefix_projection": True, "encoder_hidden_size": draw.choice([5, 11])}
    model = blip()
    folder, names, batches = pieces(model, "blip-vqa")
    answers(model, folder, batches[0])
    own(model, folder, batches, names, NORM, "layernorm")
    own(model, folder, batches, names, r"bias$", "bias")
    own(model, folder, batches, names, "", "full")
    text = r"(text_encoder|text_decoder).*\.(query|value)"
    for method, more in {"lora": {}, "rslora": {"use_rslora": True}, "dora": {"use_dora": True}}.items():
        added(folder, batches, method, lora(text, **more))
    ia3 = peft.IA3Config(target_modules=r"(text_encoder|text_decoder).*(\.key|\.value|layer\.\d+\.output\.dense)", feedforward_modules=r".*layer\.\d+\.output\.dense")
    added(folder, batches, "ia3", ia3)
    added(folder, batches, "prefix", prefix())
    added(folder, batches, "prefix-projection", prefix(**projection))
    model = llava()
    folder, names, batches = pieces(model, "llava")
    own(model, folder, batches, names, NORM, "layernorm")
    own(model, folder, batches, names, "", "full")
    added(folder, batches, "lora", lora(r".*language_model.*\.(q_proj|v_proj)"))
    added(folder, batches, "dora", lora(r".*language_model.*\.(q_proj|v_proj)", use_dora=True))
    added(folder, batches, "ia3", peft.IA3Config(target_modules=r".*language_model.*\.(k_proj|v_proj|down_proj)", feedforward_modules=r".*language_model.*\.down_proj"))
    added(folder, batches, "prefix", prefix())
    added(folder, batches, "prefix-projection", prefix(**projection))


main()
