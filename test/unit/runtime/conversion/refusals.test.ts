import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HumanError, type HumanErrorCode } from "../../../../src/protocol/humanError";
import type { ConversionType } from "../../../../src/protocol/rpc";
import { convert, conversionPlan } from "../../../../src/runtime/conversion/converter";
import type { OutputOptions } from "../../../../src/runtime/gguf/ggufOutput";
import { type CheckpointOptions, type CheckpointTensors, checkpointTensors, safetensorsBytes, writeCheckpoint } from "../../../checkpoint";

const folder = mkdtempSync(join(tmpdir(), "decant-refusals-"));
afterAll(() => rmSync(folder, { recursive: true }));
const never = new AbortController().signal;
let made = 0;

function checkpoint(options: CheckpointOptions = {}): string {
  return writeCheckpoint(join(folder, `checkpoint-${made++}`), options);
}

/** The sentence of a conversion that must fail and leave nothing. */
async function refusal(input: string, code: HumanErrorCode, options: { type?: ConversionType; signal?: AbortSignal; output?: string; checks?: OutputOptions } = {}): Promise<string> {
  const output = options.output ?? join(folder, "out.gguf");
  const before = readdirSync(folder);
  const error: unknown = await convert({ input, output, type: options.type ?? "auto" }, () => undefined, options.signal ?? never, options.checks).then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof HumanError)) throw new Error(`No HumanError but ${String(error)}`, { cause: error });
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[^\p{Cc}]{5,500}\.$/u);
  expect(readdirSync(folder)).toEqual(before);
  return error.message;
}

function without(...names: readonly string[]): (tensors: CheckpointTensors) => CheckpointTensors {
  return (tensors) => Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
}

describe("folders that are no checkpoint", () => {
  it.each<[string, Record<string, string | undefined>, HumanErrorCode, RegExp]>([
    ["nothing", { "config.json": undefined }, "notFound", /no config\.json/],
    ["an adapter", { "config.json": undefined, "adapter_config.json": "{}" }, "unsupported", /adapter \(LoRA\).*merge/],
    ["an adapter beside a configuration", { "adapter_config.json": "{}", "adapter_model.safetensors": "", "model.safetensors": undefined }, "unsupported", /adapter \(LoRA\)/],
    ["the maker's own format", { "config.json": undefined, "params.json": "{}" }, "unsupported", /Hugging Face version/],
    ["Mistral's weights", { "model.safetensors": undefined, "consolidated.safetensors": "" }, "unsupported", /Mistral's own format/],
    ["pickles", { "model.safetensors": undefined, "pytorch_model.bin": "" }, "unsupported", /Python pickle \("pytorch_model\.bin"\).*convert the checkpoint to safetensors/],
    ["a GGUF", { "model.safetensors": undefined, "model.gguf": "" }, "unsupported", /needs no conversion/],
    ["no weights", { "model.safetensors": undefined }, "notFound", /no \.safetensors files/],
    ["several files that nothing joins", { "model.safetensors": undefined, "a.safetensors": "", "b.safetensors": "" }, "unsupported", /which belong together/],
    ["a configuration that is a list", { "config.json": "[]" }, "notReadable", /config\.json is damaged/],
    ["a configuration that is cut off", { "config.json": '{"architectures": [' }, "notReadable", /config\.json is damaged/],
    ["no tokenizer", { "tokenizer.model": undefined }, "notFound", /no tokenizer: download tokenizer\.json/],
    ["tekken only", { "tokenizer.model": undefined, "tekken.json": "{}" }, "notFound", /tekken\.json only/],
    ["a tokenizer that is none", { "tokenizer.model": "hello" }, "notReadable", /no SentencePiece model/],
    ["an empty file", { "model.safetensors": "" }, "notReadable", /model\.safetensors is empty/],
  ])("%s", async (_name, files, code, sentence) => {
    expect(await refusal(checkpoint({ files }), code)).toMatch(sentence);
  });

  it("files and places that are not there", async () => {
    expect(await refusal(join(folder, "nowhere"), "notFound")).toMatch(/no folder/);
    const input = checkpoint();
    expect(await refusal(join(input, "model.safetensors"), "badArgument")).toMatch(/is a file: give the folder/);
    expect(await refusal(input, "notFound", { output: join(folder, "nowhere", "out.gguf") })).toMatch(/no folder/);
  });

  it.skipIf(process.platform === "win32").each(["config.json", "model.safetensors", "tokenizer.model"])("a pipe where %s should be", async (name) => {
    const input = checkpoint({ files: { [name]: undefined } });
    execFileSync("mkfifo", [join(input, name)]);
    expect(await refusal(input, "notReadable")).toBe(`${name} is not a file.`);
  });

  it("a folder where a file should be, and a link to itself", async () => {
    const input = checkpoint({ files: { "config.json": undefined } });
    mkdirSync(join(input, "config.json"));
    expect(await refusal(input, "notReadable")).toMatch(/config\.json/);
    const looped = checkpoint({ files: { "model.safetensors": undefined } });
    symlinkSync(join(looped, "model.safetensors"), join(looped, "model.safetensors"));
    expect(await refusal(looped, "notReadable")).toMatch(/cannot be read/);
  });
});

describe("models that are not converted", () => {
  it.each<[string, CheckpointOptions, HumanErrorCode, RegExp]>([
    ["another kind", { config: { architectures: ["MambaForCausalLM"] } }, "unsupported", /"MambaForCausalLM" cannot be converted\. These can: Llama, Mistral, Qwen/],
    ["no kind", { config: { architectures: [] } }, "notReadable", /"architectures"/],
    ["experts", { config: { num_local_experts: 8 } }, "unsupported", /several experts/],
    ["another activation", { config: { hidden_act: "relu2" } }, "unsupported", /"relu2", where llama\.cpp computes llama with silu/],
    ["half of each head rotated", { config: { partial_rotary_factor: 0.5 } }, "unsupported", /rotates 0\.5/],
    ["positions of another kind", { config: { rope_scaling: { rope_type: "zoom", factor: 2 } } }, "unsupported", /"zoom"/],
    ["positions of Phi in a llama", { config: { rope_scaling: { rope_type: "longrope", long_factor: [1], short_factor: [1] } } }, "unsupported", /"longrope", which llama\.cpp does not know for models of its kind/],
    ["AWQ", { config: { quantization_config: { quant_method: "awq", bits: 4 } } }, "unsupported", /AWQ/],
    ["bitsandbytes", { config: { quantization_config: { load_in_4bit: true } } }, "unsupported", /bitsandbytes/],
    ["FP8", { config: { quantization_config: { quant_method: "fp8" } } }, "unsupported", /FP8/],
    ["no width", { config: { hidden_size: undefined } }, "notReadable", /"hidden_size"/],
    ["a width of text", { config: { hidden_size: "64" } }, "notReadable", /as "hidden_size"/],
    ["huge numbers", { config: { num_hidden_layers: 1e15 } }, "notReadable", /as "num_hidden_layers"/],
    ["too many blocks", { config: { num_hidden_layers: 513 } }, "unsupported", /512 at most/],
    ["heads that do not share the width", { config: { num_attention_heads: 5, num_key_value_heads: 5 } }, "notReadable", /among 5 heads/],
    ["keys that do not share the heads", { config: { num_key_value_heads: 3 } }, "notReadable", /3 heads of keys/],
  ])("%s", async (_name, options, code, sentence) => {
    expect(await refusal(checkpoint(options), code)).toMatch(sentence);
  });
});

describe("weights that are not right", () => {
  const norm = "model.layers.1.input_layernorm.weight";
  const extra = { dtype: "F32", shape: [1], data: new Uint8Array(4) };

  it.each<[string, CheckpointOptions, HumanErrorCode, RegExp]>([
    ["a tensor is missing", { tensors: without(norm) }, "notReadable", /no "model\.layers\.1\.input_layernorm\.weight"/],
    ["there is one too many", { tensors: (all) => ({ ...all, "model.layers.0.self_attn.sinks": extra }) }, "unsupported", /"model\.layers\.0\.self_attn\.sinks", which a model of its kind does not have/],
    ["there are many too many", { config: { num_hidden_layers: 1 } }, "unsupported", /and 8 others/],
    ["an adapter was saved with it", { tensors: (all) => ({ ...all, "model.layers.0.self_attn.q_proj.lora_A.weight": extra }) }, "unsupported", /adapter/],
    ["one has another shape", { config: { intermediate_size: 128 } }, "notReadable", /is 96 × 64, but by config\.json it should be 128 × 64/],
    ["one is a single number", { tensors: (all) => ({ ...all, [norm]: { ...extra, shape: [] } }) }, "notReadable", /is a single number, but/],
    ["the output is missing though it is not tied", { tensors: without("lm_head.weight") }, "notReadable", /no "lm_head\.weight"/],
    ["weights are whole numbers", { tensors: (all) => ({ ...all, "lm_head.weight": { dtype: "I8", shape: [320, 64], data: new Uint8Array(320 * 64) } }) }, "unsupported", /kept as I8/],
    ["weights are FP8", { tensors: (all) => ({ ...all, "lm_head.weight": { dtype: "F8_E4M3", shape: [320, 64], data: new Uint8Array(320 * 64) } }) }, "unsupported", /FP8 weights/],
  ])("%s", async (_name, options, code, sentence) => {
    expect(await refusal(checkpoint(options), code)).toMatch(sentence);
  });

  it("numbers that are none, and numbers too large for F16", async () => {
    const with32 = (value: number): CheckpointOptions => ({ dtype: "F32", tensors: (all) => ({ ...all, "lm_head.weight": { ...all["lm_head.weight"]!, data: new Uint8Array(new Float32Array(320 * 64).fill(0.5).fill(value, 7, 8).buffer) } }) });
    for (const value of [NaN, Infinity]) expect(await refusal(checkpoint(with32(value)), "notReadable")).toMatch(/"lm_head\.weight" holds numbers that are none/);
    const large = checkpoint(with32(70_000));
    expect(await refusal(large, "unsupported", { type: "F16" })).toMatch(/F16 cannot hold \(over 65504\): convert to BF16 or F32/);
    expect((await conversionPlan({ input: large, output: "", type: "BF16" })).type).toBe("BF16");
  });

  it("a file that is cut off, one that is missing, and one that the index does not have", async () => {
    const cut = checkpoint();
    truncateSync(join(cut, "model.safetensors"), 50_000);
    expect(await refusal(cut, "truncated")).toMatch(/model\.safetensors is cut off/);
    const missing = checkpoint({ shards: 4 });
    rmSync(join(missing, "model-00003-of-00004.safetensors"));
    expect(await refusal(missing, "notFound")).toMatch(/4 files, and model-00003-of-00004\.safetensors is not there/);
    rmSync(join(missing, "model.safetensors.index.json"));
    rmSync(join(missing, "model-00001-of-00004.safetensors"));
    expect(await refusal(missing, "notFound")).toMatch(/model-00001-of-00004\.safetensors and 1 other are not there/);
    const mixed = checkpoint({ shards: 2 });
    writeFileSync(join(mixed, "model-00002-of-00002.safetensors"), safetensorsBytes({}));
    expect(await refusal(mixed, "notReadable")).toMatch(/has no ".*", which model\.safetensors\.index\.json says it has/);
    writeFileSync(join(mixed, "model-00002-of-00002.safetensors"), safetensorsBytes(checkpointTensors("llama", "BF16")));
    expect(await refusal(mixed, "notReadable")).toMatch(/Two files of the checkpoint have a tensor/);
  });

  it.each(["../secret.safetensors", "/etc/passwd", "a/b.safetensors", "evil\u001b[0m", ""])("an index that leads elsewhere: %j", async (file) => {
    const input = checkpoint({ files: { "model.safetensors.index.json": JSON.stringify({ weight_map: { "lm_head.weight": file } }) } });
    expect(await refusal(input, "notReadable")).toMatch(/not one of its folder/);
  });
});

describe("the output", () => {
  it("is a new file, and has room", async () => {
    const input = checkpoint();
    const output = join(folder, "there.gguf");
    writeFileSync(output, "mine");
    expect(await refusal(input, "outputExists", { output })).toMatch(/exists already/);
    expect(await refusal(input, "sameFile", { output: join(input, "config.json") })).toMatch(/would overwrite/);
    expect(await refusal(input, "outputExists", { output: join(input, "model.safetensors") })).toMatch(/exists already/);
    expect(await refusal(input, "diskFull", { checks: { free: async () => 1000 } })).toMatch(/needs 0\.2 MB, but only 0\.0 MB are free/);
  });

  it("is gone when the work is cancelled, or llama.cpp does not take it", async () => {
    const input = checkpoint();
    expect(await refusal(input, "cancelled", { signal: AbortSignal.abort() })).toBe("Cancelled.");
    expect(await refusal(input, "failed", { checks: { tryLoad: () => Promise.reject(new Error("no such layer.")) } })).toMatch(/llama\.cpp does not take what was made.*no such layer\./);
  });

  it("is written while the checkpoint stays as it is", async () => {
    const input = checkpoint();
    const controller = new AbortController();
    const error: unknown = await convert({ input, output: join(folder, "changing.gguf"), type: "F32" }, ({ tensor }) => {
      if (tensor === 3) writeFileSync(join(input, "model.safetensors"), "other");
    }, controller.signal).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/model\.safetensors changed while it was read/);
    expect(readdirSync(folder).filter((name) => name.startsWith("changing"))).toEqual([]);
  });
});
