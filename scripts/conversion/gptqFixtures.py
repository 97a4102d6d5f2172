"""Makes test/fixtures/gptq/layers.json: small GPTQ layers and what they stand for.

    /usr/bin/python3 scripts/conversion/gptqFixtures.py            writes the fixtures
    /usr/bin/python3 scripts/conversion/gptqFixtures.py --check LLAMA_CPP
        compares them with the converter (dequant_gptq) and with gguf-py of a llama.cpp source tree; needs torch

Written from the description of the format with numpy, apart from src/core/conversion/gptq. A layer is quantized by rounding to the
grid of its group (scale and zero from the smallest and the largest weight); codes are laid out as bits, one behind the other.
"""

import base64
import hashlib
import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "test/fixtures/gptq/layers.json"
IN, OUT = 128, 32

# name, bits, group size, symmetric, act-order, format, extras
LAYERS = [
    ("2 bit, symmetric", 2, 32, True, False, "gptq", ()),
    ("2 bit, asymmetric, act-order", 2, 64, False, True, "gptq", ()),
    ("3 bit, symmetric", 3, 32, True, False, "gptq", ()),
    ("3 bit, asymmetric, v2", 3, 64, False, False, "gptq_v2", ()),
    ("3 bit, asymmetric, act-order", 3, 32, False, True, "gptq", ()),
    ("4 bit, symmetric", 4, 32, True, False, "gptq", ()),
    ("4 bit, symmetric, v2, one group per row", 4, -1, True, True, "gptq_v2", ()),
    ("4 bit, symmetric, act-order", 4, 32, True, True, "gptq", ()),
    ("4 bit, asymmetric", 4, 64, False, False, "gptq", ()),
    ("4 bit, asymmetric, v2, no g_idx", 4, 128, False, False, "gptq_v2", ("no g_idx",)),
    ("4 bit, asymmetric, scales of few digits", 4, 32, False, False, "gptq", ("short scales",)),
    ("4 bit, asymmetric, a zero of 0", 4, 32, False, False, "gptq", ("zero of 0",)),
    ("8 bit, symmetric", 8, 32, True, False, "gptq", ()),
    ("8 bit, symmetric, v2, act-order", 8, 64, True, True, "gptq_v2", ()),
    ("8 bit, asymmetric", 8, 64, False, False, "gptq", ()),
]


def quantized(rng, bits, group_size, symmetric, act_order, extras):
    """codes [in][out], zeros and scales [groups][out], g_idx [in]; the format is told by pack."""
    weights = rng.standard_normal((OUT, IN)) * 0.05
    if "zero of 0" in extras:
        weights[5, :32] = np.abs(weights[5, :32]) + 0.01
        weights[15, 32:64] = np.abs(weights[15, 32:64]) + 0.01  # the last field of its word lends to none
    size = IN if group_size == -1 else group_size
    order = rng.permutation(IN) if act_order else np.arange(IN)
    g_idx = np.empty(IN, np.int32)
    g_idx[order] = np.arange(IN) // size
    most = 2**bits - 1
    groups = IN // size
    scales, zeros = np.empty((groups, OUT), np.float16), np.empty((groups, OUT), np.int64)
    for group in range(groups):
        own = weights[:, g_idx == group]
        low, high = np.minimum(own.min(1), 0), np.maximum(own.max(1), 0)
        if symmetric:
            high = np.maximum(-low, high)
            low = -high
        scale = (high - low) / most
        if "short scales" in extras:
            scale = 2.0 ** np.ceil(np.log2(scale)) * rng.choice([1, 0.75], OUT)
        scales[group] = scale.astype(np.float16)
        zeros[group] = (most + 1) // 2 if symmetric else np.clip(np.round(-low / scales[group].astype(np.float64)), 0, most)
    codes = np.clip(np.round(weights.T / scales[g_idx].astype(np.float64)) + zeros[g_idx], 0, most).astype(np.int64)
    return codes, zeros, scales, g_idx


def packed(values, bits):
    """[count][columns] → int32 [words][columns]: the bits of the values of a column, one behind the other, lowest first."""
    stream = ((values[:, None, :] >> np.arange(bits)[None, :, None]) & 1).astype(np.uint8).reshape(-1, values.shape[1])
    return np.packbits(stream, axis=0, bitorder="little").T.copy().view("<i4").T.copy()


def packed_zeros(zeros, bits, version):
    if version == "gptq_v2":
        return packed(zeros.T, bits).T.copy()
    if bits == 3:
        return packed(((zeros - 1) & 7).T, bits).T.copy()
    # As GPTQModel does it: one is subtracted from every field of a whole word.
    words = packed(zeros.T, bits).T.astype(np.int64) & 0xFFFFFFFF
    ones = sum(1 << shift for shift in range(0, 32, bits))
    return ((words - ones) & 0xFFFFFFFF).astype(np.uint32).view(np.int32)


def halves(values):
    return values.astype(np.float16).view(np.uint16).astype(np.int64)


def exact_blocks(bits, codes, zeros, scales, g_idx):
    """(type, bytes of all blocks), or (None, None): the first type that holds every weight of the grid, tried on the numbers."""
    rows = codes.T.reshape(OUT, IN // 32, 32)
    by_block = g_idx.reshape(IN // 32, 32)
    if (by_block != by_block[:, :1]).any():
        return None, None
    group = by_block[:, 0]
    scale, zero = scales[group].T, zeros[group].T  # [out][blocks]
    steps = rows - zero[:, :, None]
    reach = range(int(-zeros.max()), int(2**bits - 1 - zeros.min()) + 1)
    minimum = -scale.astype(np.float64) * zero
    d = halves(scale)[:, :, None].astype("<u2").view(np.uint8)
    m = halves(minimum)[:, :, None].astype("<u2").view(np.uint8)
    nibbles = lambda q: (q[:, :, :16] & 15 | (q[:, :, 16:] & 15) << 4).astype(np.uint8)
    if reach[0] >= -8 and reach[-1] <= 7:
        return "Q4_0", np.concatenate([d, nibbles(steps + 8)], 2)
    if bits <= 4 and (minimum.astype(np.float16).astype(np.float64) == minimum).all():
        return "Q4_1", np.concatenate([d, m, nibbles(rows)], 2)
    if reach[0] >= -16 and reach[-1] <= 15:
        fifth = np.packbits(((steps + 16) >> 4 & 1).astype(np.uint8), axis=2, bitorder="little")
        return "Q5_0", np.concatenate([d, fifth, nibbles(steps + 16)], 2)
    if reach[0] >= -128 and reach[-1] <= 127:
        return "Q8_0", np.concatenate([d, steps.astype(np.int8).view(np.uint8)], 2)
    return None, None


def sha256(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def tensor(array):
    names = {"int32": "I32", "float16": "F16"}
    return {"dtype": names[str(array.dtype)], "shape": list(array.shape), "data": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()}


def layer(index, name, bits, group_size, symmetric, act_order, version, extras):
    codes, zeros, scales, g_idx = quantized(np.random.default_rng(100 + index), bits, group_size, symmetric, act_order, extras)
    weights = (scales[g_idx].astype(np.float32) * (codes - zeros[g_idx]).astype(np.float32)).T  # [out][in]
    kind, blocks = exact_blocks(bits, codes, zeros, scales, g_idx)
    tensors = {"qweight": packed(codes, bits), "qzeros": packed_zeros(zeros, bits, version), "scales": scales, "g_idx": g_idx}
    if "no g_idx" in extras:
        del tensors["g_idx"]
    return {
        "name": name,
        "config": {"quant_method": "gptq", "bits": bits, "group_size": group_size, "sym": symmetric, "desc_act": act_order, "checkpoint_format": version},
        "tensors": {key: tensor(value) for key, value in tensors.items()},
        "expected": {
            "floats": sha256(weights),
            "halves": sha256(weights.astype(np.float16)),
            "type": kind,
            "blocks": None if kind is None else sha256(blocks),
            "firstRow": [float(value) for value in weights[0, :8]],
        },
    }, weights, kind, blocks


def check(llama_cpp, made):
    import ast
    import textwrap
    import types

    import torch

    sys.path.insert(0, str(pathlib.Path(llama_cpp) / "gguf-py"))
    from gguf.constants import GGMLQuantizationType
    from gguf.quants import dequantize

    source = (pathlib.Path(llama_cpp) / "conversion/base.py").read_text().replace("qweight.dtype.itemsize", "qweight.element_size()")  # for older torch
    function = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name == "dequant_gptq")
    for node in function.args.args:
        node.annotation = None
    function.returns = None
    for item, weights, kind, blocks in made:
        config = item["config"]
        line = [item["name"]]
        if config["bits"] == 3:
            line.append("the converter cannot read 3 bit")
        else:
            scope = {"torch": torch, "quant_config": config, "self": types.SimpleNamespace(lazy=False)}
            exec(compile(ast.Module([function], []), "base.py", "exec"), scope)
            arrays = {key: torch.from_numpy(decoded(value)) for key, value in item["tensors"].items()}
            g_idx = arrays.get("g_idx", torch.arange(IN) // (IN if config["group_size"] == -1 else config["group_size"]))
            theirs = scope["dequant_gptq"](g_idx.long(), arrays["qweight"], arrays["qzeros"], arrays["scales"]).numpy()
            different = int((theirs != weights).sum())
            line.append("as the converter reads it" if different == 0 else f"{different} of {weights.size} weights differ from the converter's")
        if kind is not None:
            restored = dequantize(blocks.reshape(OUT, -1), GGMLQuantizationType[kind])
            line.append(f"{kind} restored by gguf-py: {'equal' if np.array_equal(restored, weights) else 'DIFFERENT'}")
        print("; ".join(line))


def decoded(item):
    dtype = {"I32": "<i4", "F16": "<f2"}[item["dtype"]]
    return np.frombuffer(base64.b64decode(item["data"]), dtype).reshape(item["shape"]).copy()


made = [layer(index, *case) for index, case in enumerate(LAYERS)]
if sys.argv[1:2] == ["--check"]:
    check(sys.argv[2], made)
else:
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("[\n" + ",\n".join(json.dumps(item) for item, *_ in made) + "\n]\n")
    print(f"{len(made)} layers, {FILE.stat().st_size} bytes")
