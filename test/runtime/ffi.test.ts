import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HumanError } from "../../src/protocol/humanError";
import { loadKoffi } from "../../src/runtime/ffi/koffi";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { llamaRelease } from "../../src/core/llamaRelease";
import { detectNativeLibrary, type Host } from "../../src/runtime/ffi/libraryFiles";
import { lineSplitter } from "../../src/runtime/ffi/nativeLog";
import { llamaStructs } from "../../src/runtime/ffi/structs";

/** Defaults of llama.h and the sources behind it, release v0.4.0. A shifted field shows as a wrong number here. */
describe("struct layouts against the real library", () => {
  const { llama } = openNativeLibrary();

  it("model parameters", () => {
    expect(llama.modelDefaultParams()).toEqual({
      devices: null, tensor_buft_overrides: null, n_gpu_layers: -1, split_mode: 1, load_mode: -1, lazy_mode: 1, main_gpu: 0,
      tensor_split: null, progress_callback: null, progress_callback_user_data: null, kv_overrides: null,
      vocab_only: false, check_tensors: false, use_extra_bufts: true, no_host: false, no_alloc: false, load_mtp: false,
    });
  });

  it("context parameters", () => {
    expect(llama.contextDefaultParams()).toEqual({
      n_ctx: 512, n_batch: 2048, n_ubatch: 512, n_seq_max: 1, n_rs_seq: 0, n_outputs_max: 0, n_outputs_max_per_seq: 1,
      n_threads: 4, n_threads_batch: 4, ctx_type: 0, rope_scaling_type: -1, pooling_type: -1, attention_type: -1, flash_attn_type: -1,
      rope_freq_base: 0, rope_freq_scale: 0, yarn_ext_factor: -1, yarn_attn_factor: -1, yarn_beta_fast: -1, yarn_beta_slow: -1,
      yarn_orig_ctx: 0, defrag_thold: -1, cb_eval: null, cb_eval_user_data: null, type_k: 1, type_v: 1,
      abort_callback: null, abort_callback_data: null, embeddings: false, offload_kqv: true, no_perf: true, op_offload: true,
      swa_full: true, kv_unified: false, samplers: null, n_samplers: 0, ctx_other: null,
    });
  });

  it("quantizer parameters", () => {
    const { max_buf_size, ...rest } = llama.quantizeDefaultParams();
    expect(rest).toEqual({
      nthread: 0, ftype: 7, output_tensor_type: 43, token_embedding_type: 43, // 43 = GGML_TYPE_COUNT: "not chosen"
      allow_requantize: false, quantize_output_tensor: true, only_copy: false, pure: false, keep_split: false, dry_run: false,
      imatrix: null, kv_overrides: null, tt_overrides: null, prune_layers: null,
    });
    expect(Number(max_buf_size)).toBe(8 * 2 ** 30);
  });

  it("sizes, as a 64-bit C compiler lays them out", () => {
    const koffi = loadKoffi();
    const structs = llamaStructs(koffi);
    const sizes = Object.fromEntries(Object.entries(structs).map(([name, type]) => [name, koffi.sizeof(type)]));
    expect(sizes).toEqual({
      modelParams: 80, contextParams: 160, quantizeParams: 64, batch: 56, imatrixData: 24, tensorOverride: 16, metadataOverride: 264,
    });
  });
});

describe("native batch and log", () => {
  it("fills a batch and reads it back", () => {
    const { newBatch, copy } = openNativeLibrary();
    const batch = newBatch(4);
    try {
      batch.fill(Int32Array.of(7, 8, 9), 2, Int8Array.of(0, 1, 1));
      const positions = new Int32Array(3);
      copy(positions, batch.native.pos!, positions.byteLength);
      expect([batch.native.n_tokens, ...positions]).toEqual([3, 2, 3, 4]);
    } finally {
      batch.dispose();
    }
  });

  it("hears why a model fails to load, and then no more", () => {
    const { llama, log } = openNativeLibrary();
    const lines: string[] = [];
    const stop = log.listen((line, level) => level >= 4 && lines.push(line));
    expect(llama.loadModel(join(tmpdir(), "no-such-model.gguf"), llama.modelDefaultParams())).toBeNull();
    stop();
    expect(lines.join("\n")).toMatch(/failed to (open|load)/);
  });

  it("joins pieces to lines", () => {
    const seen: [string, number][] = [];
    const feed = lineSplitter((line, level) => seen.push([line, level]));
    feed(2, "[   1/  2] a, ");
    feed(2, "size = 1\nnext ");
    feed(5, "line\n");
    feed(4, "bad\n");
    expect(seen).toEqual([["[   1/  2] a, size = 1", 2], ["next line", 2], ["bad", 4]]);
  });
});

describe("finding the library", () => {
  const linux: Host = { platform: "linux", arch: "x64" };

  function install(name: string, release: string, files: readonly string[]): string {
    const modules = mkdtempSync(join(tmpdir(), "decant-modules-"));
    const folder = join(modules, "@node-llama-cpp", name, "bins", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "_nlcBuildMetadata.json"), JSON.stringify({ buildOptions: { llamaCpp: { release } } }));
    for (const file of files) writeFileSync(join(folder, file), "");
    return modules;
  }

  it.each<[Host, string, readonly [string, string]]>([
    [linux, "linux-x64", ["libllama.v0.4.0.so", "libggml.v0.4.0.so"]],
    [linux, "linux-x64-vulkan", ["libllama.vulkan.v0.4.0.so", "libggml.vulkan.v0.4.0.so"]],
    [{ platform: "linux", arch: "arm64" }, "linux-arm64", ["libllama.v0.4.0.so", "libggml.v0.4.0.so"]],
    [{ platform: "darwin", arch: "arm64" }, "mac-arm64-metal", ["libllama.metal.v0.4.0.dylib", "libggml.metal.v0.4.0.dylib"]],
    [{ platform: "darwin", arch: "x64" }, "mac-x64", ["libllama.v0.4.0.dylib", "libggml.v0.4.0.dylib"]],
    [{ platform: "win32", arch: "x64" }, "win-x64", ["llama.v0.4.0.dll", "ggml.v0.4.0.dll"]],
  ])("%o from %s", (host, name, [llama, ggml]) => {
    const modules = install(name, llamaRelease, [llama, ggml, "libllama-common.so", "libggml-base.so", "llama-addon.node"]);
    const files = detectNativeLibrary(host, [join(modules, "none"), modules]);
    expect([files.llama, files.ggml]).toEqual([join(files.folder, llama), join(files.folder, ggml)]);
  });

  it("prefers the CPU build", () => {
    const cpu = install("linux-x64", llamaRelease, ["libllama.v0.4.0.so", "libggml.v0.4.0.so", "libggml-base.so"]);
    const vulkan = install("linux-x64-vulkan", llamaRelease, ["libllama.vulkan.v0.4.0.so", "libggml.vulkan.v0.4.0.so", "libggml-base.so"]);
    expect(detectNativeLibrary(linux, [vulkan, cpu]).folder).toContain(cpu);
  });

  it("refuses another release, half an installation and an unknown machine with a sentence", () => {
    const other = install("linux-x64", "v0.5.0", ["libllama.v0.5.0.so"]);
    expect(() => detectNativeLibrary(linux, [other])).toThrow(/llama\.cpp v0\.5\.0, but Decant works with v0\.4\.0/);
    const half = install("linux-x64", llamaRelease, ["libllama.v0.4.0.so"]);
    expect(() => detectNativeLibrary(linux, [half])).toThrow(/incomplete \(no ggml\)/);
    expect(() => detectNativeLibrary({ platform: "aix", arch: "ppc64" }, [other])).toThrow(HumanError);
  });
});
