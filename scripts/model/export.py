"""Writes a checkpoint as GGUF (F16), with the scheme of its cues in the metadata.

    /usr/bin/python3 scripts/model/export.py --out media/models/contracts-5m-F16.gguf

Thresholds and the lexicon's share come from thresholds.json beside the checkpoint (see thresholds.py), the lexicon from
lexicon.json.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from data import BEGIN, CUE, END, FIRST_LABEL, NONE
from model import Llama

CHECKOUT = Path(".cache/llama.cpp")
BUNDLE = Path("node_modules/node-llama-cpp/llama/gitRelease.bundle")


def gguf_module():
    """gguf-py of the llama.cpp sources that come with node-llama-cpp."""
    if not CHECKOUT.exists():
        subprocess.run(["git", "clone", "--quiet", str(BUNDLE), str(CHECKOUT)], check=True)
    sys.path.insert(0, str(CHECKOUT / "gguf-py"))
    import gguf

    return gguf


def load(path: Path) -> tuple[Llama, dict]:
    """The model with the running average of its weights, and the rest of the checkpoint."""
    state = torch.load(path)
    model = Llama(state["shape"])
    for p, average in zip(model.parameters(), state["average"]):
        p.data.copy_(average)
    return model.eval(), state


def tensors(model: Llama):
    half = lambda p: p.detach().numpy().astype(np.float16)
    full = lambda p: p.detach().numpy().astype(np.float32)
    yield "token_embd.weight", half(model.embedding)
    yield "output_norm.weight", full(model.norm)
    for i, block in enumerate(model.blocks):
        query, key, value = block.attention_in.chunk(3)
        gate, up = block.feed_forward_in.chunk(2)
        yield f"blk.{i}.attn_norm.weight", full(block.attention_norm)
        yield f"blk.{i}.attn_q.weight", half(query)
        yield f"blk.{i}.attn_k.weight", half(key)
        yield f"blk.{i}.attn_v.weight", half(value)
        yield f"blk.{i}.attn_output.weight", half(block.attention_out)
        yield f"blk.{i}.ffn_norm.weight", full(block.feed_forward_norm)
        yield f"blk.{i}.ffn_gate.weight", half(gate)
        yield f"blk.{i}.ffn_up.weight", half(up)
        yield f"blk.{i}.ffn_down.weight", half(block.feed_forward_out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=".cache/model")
    parser.add_argument("--name", default="checkpoint")
    parser.add_argument("--out", required=True)
    settings = parser.parse_args()
    folder = Path(settings.folder)
    gguf = gguf_module()
    model, state = load(folder / f"{settings.name}.pt")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    categories = tokenizer["categories"]
    chosen = json.loads((folder / "thresholds.json").read_text())
    lexicon = json.loads((folder / "lexicon.json").read_text())
    shape = model.shape

    writer = gguf.GGUFWriter(settings.out, "llama")
    writer.add_name("Decant Contracts 5M")
    writer.add_basename("contracts")
    writer.add_size_label("5M")
    writer.add_description(
        "Reads English contracts and names the categories of their clauses. Trained from scratch on CUAD v1 "
        "(The Atticus Project, arXiv 2103.06268, CC BY 4.0)."
    )
    writer.add_license("cc-by-4.0")
    writer.add_license_name("Creative Commons Attribution 4.0 International")
    writer.add_license_link("https://creativecommons.org/licenses/by/4.0/")
    writer.add_languages(["en"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)

    special = tokenizer["special"]
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    tokens = tokenizer["tokens"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([control if i < special else normal for i in range(len(tokens))])
    writer.add_token_merges([f"{left} {right}" for left, right in tokenizer["merges"]])
    writer.add_bos_token_id(BEGIN)
    writer.add_eos_token_id(END)
    writer.add_pad_token_id(END)
    writer.add_add_bos_token(True)

    writer.add_string("decant.cue", tokens[CUE])
    writer.add_string("decant.none", tokens[NONE])
    writer.add_array("decant.categories", categories)
    writer.add_array("decant.labels", tokens[FIRST_LABEL : FIRST_LABEL + len(categories)])
    writer.add_array("decant.thresholds", chosen["thresholds"])
    writer.add_uint32("decant.window", shape.context)
    # Long lists as one text each: readers of headers take lists element by element.
    writer.add_string("decant.lexicon.terms", "\n".join(lexicon["terms"]))
    writer.add_string("decant.lexicon.idf", lexicon["idf"])
    writer.add_string("decant.lexicon.weights", lexicon["weights"])
    writer.add_array("decant.lexicon.scales", lexicon["scales"])
    writer.add_array("decant.lexicon.bias", lexicon["bias"])
    writer.add_float32("decant.lexicon.share", chosen["share"])

    for name, data in tensors(model):
        writer.add_tensor(name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{settings.out}: {Path(settings.out).stat().st_size} bytes, {parameters} parameters, step {state['step']}")


if __name__ == "__main__":
    main()
