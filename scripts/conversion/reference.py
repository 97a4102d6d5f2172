"""What llama.cpp's own converter makes of the tiny checkpoints: names, types, shapes, hashes of tensors, and all metadata.

    node scripts/conversion/checkpoints.mjs FOLDER
    python3 scripts/conversion/reference.py LLAMA_CPP FOLDER test/fixtures/conversion

LLAMA_CPP is a clone of llama.cpp's sources of the release that Decant is built for. Needs numpy, torch, PyYAML and sentencepiece.
`transformers` is not needed: the parts of it that the converter calls are stood in for below. They give what tokenizer.json says, as
the fast tokenizers do. The name of the pre-tokenizer, which the converter finds by a hash of what the tokenizer makes of a long text, is
given by hand here, so the fixtures say nothing about it (the unit test of preTokenizers.ts does).
"""
import hashlib
import json
import sys
import types
from pathlib import Path

llama_cpp, checkpoints, fixtures = map(Path, sys.argv[1:4])
sys.path[:0] = [str(llama_cpp), str(llama_cpp / "gguf-py")]
sys.argv = sys.argv[:1]


class AddedToken:
    def __init__(self, entry):
        self.content, self.special, self.normalized = entry["content"], entry.get("special", False), entry.get("normalized", True)


class Tokenizer:
    """A fast tokenizer as far as the converter asks it."""
    is_fast = True

    def __init__(self, folder):
        folder = Path(folder)
        self.json = json.loads((folder / "tokenizer.json").read_text())
        self.config = json.loads((folder / "tokenizer_config.json").read_text())
        self.base = self.json["model"]["vocab"]
        self.added_tokens_decoder = {entry["id"]: AddedToken(entry) for entry in self.json["added_tokens"]}
        self.vocab = {**self.base, **self.get_added_vocab()}
        self.vocab_size = len(self.base)
        named = [self.config.get(f"{role}_token") for role in ("bos", "eos", "unk", "pad")]
        self.all_special_tokens = [token for token in dict.fromkeys(named) if token in self.vocab]
        self.all_special_ids = [self.vocab[token] for token in self.all_special_tokens]

    def get_vocab(self):
        return self.vocab

    def get_added_vocab(self):
        return {token.content: number for number, token in self.added_tokens_decoder.items()}

    def encode(self, text, **_):
        return text

    def decode(self, text, **_):
        return text


def raises(*_, **__):
    raise OSError("no transformers here: the converter reads config.json itself")


transformers = types.ModuleType("transformers")
transformers.AutoConfig = types.SimpleNamespace(from_pretrained=raises)
transformers.AutoTokenizer = types.SimpleNamespace(from_pretrained=lambda folder, **_: Tokenizer(folder))
sys.modules["transformers"] = transformers


class Silent:
    """tqdm's progress bar."""
    def __init__(self, *_, **__):
        pass

    def update(self, *_):
        pass

    def close(self):
        pass


sys.modules["tqdm"] = types.ModuleType("tqdm")
sys.modules["tqdm"].tqdm = Silent

import torch  # noqa: E402

for name in ("uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2", "float8_e8m0fnu"):  # newer than Debian's torch
    if not hasattr(torch, name):
        setattr(torch, name, name)

import gguf  # noqa: E402
import numpy as np  # noqa: E402
from conversion import base, get_model_class  # noqa: E402

pre_tokenizers = {"Tiny-Llama-3.2-1B-Instruct": "llama-bpe", "tiny-qwen2.5": "qwen2", "tiny-embedding": "qwen2", "tiny-phi-4": "dbrx", "tiny-qwen3": "qwen2", "tiny-phi-2": "phi-2"}


def convert(folder, out_type):
    config = base.ModelBase.load_hparams(folder, False)
    model_class = get_model_class(base.get_model_architecture(config, base.ModelType.TEXT))
    model_class.get_vocab_base_pre = lambda self, tokenizer: pre_tokenizers[folder.name]
    out = Path("/tmp") / f"decant-reference-{folder.name}.gguf"
    with torch.inference_mode():
        model_class(folder, out_type, out, eager=True).write()
    reader = gguf.GGUFReader(out)
    metadata = {name: plain(field) for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    tensors = {
        tensor.name: [tensor.tensor_type.name, [int(size) for size in tensor.shape], hashlib.sha256(np.ascontiguousarray(tensor.data).tobytes()).hexdigest()]
        for tensor in reader.tensors
    }
    out.unlink()
    return {"metadata": metadata, "tensors": tensors}


def plain(field):
    """[type, value]; long lists as the hash of their JSON."""
    value = field.contents()
    kind = " ".join(kind.name.lower() for kind in field.types)
    if isinstance(value, list) and len(value) > 20:
        numbers = [int(item) if isinstance(item, float) and item.is_integer() else item for item in value]  # as JavaScript writes them
        text = json.dumps(numbers, ensure_ascii=False, separators=(",", ":"))
        return [kind, {"length": len(value), "sha256": hashlib.sha256(text.encode()).hexdigest()}]
    return [kind, value]


file_types = {"auto": "GUESSED", "F16": "MOSTLY_F16", "F32": "ALL_F32", "BF16": "MOSTLY_BF16", "Q8_0": "MOSTLY_Q8_0"}
fixtures.mkdir(parents=True, exist_ok=True)
for folder in sorted(path for path in checkpoints.iterdir() if path.is_dir()):
    made = {name: convert(folder, gguf.LlamaFileType[file_type]) for name, file_type in file_types.items()}
    lines = [f'"metadata": {json.dumps(made["auto"]["metadata"], ensure_ascii=False, indent=1)}']
    for name, result in made.items():
        tensors = ",\n".join(f"  {json.dumps(tensor)}: {json.dumps(facts)}" for tensor, facts in result["tensors"].items())
        lines.append(f'"{name}": {{\n "fileType": {result["metadata"]["general.file_type"][1]},\n "tensors": {{\n{tensors}\n }}\n}}')
    (fixtures / f"{folder.name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(folder.name)
