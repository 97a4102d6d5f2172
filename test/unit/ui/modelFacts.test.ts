import { describe, expect, it } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import { deletionDetail, deletionQuestion } from "../../../src/ui/models/deletionWords";
import { modelFacts, placeWords } from "../../../src/ui/models/modelFacts";

const model: ModelFile = {
  path: "/models/tiny-Q4_0.gguf", family: "tiny", type: "Q4_0", bytes: 600_000_000, weights: 562_500_000, parameters: 1e9, architecture: "llama", contextLength: 4096,
  license: "apache-2.0", hasChatTemplate: true, lineage: { steps: ["convert F16", "quantize Q4_0"], base: "tiny", parent: "tiny-F16.gguf" },
};

describe("a model's tooltip", () => {
  it("tells all that is known, with the memory by its parts", () => {
    const gib = 1024 ** 3;
    const memory = { weights: 4 * gib, cache: gib, compute: gib / 2 };
    expect(modelFacts(model, { fit: "tight", memory, context: 4096 }, undefined)).toEqual([
      "572 MiB on disk (600,000,000 bytes)",
      "1.0 B weights, 4.50 bits each",
      "llama",
      "trained for 4,096 tokens of context",
      "has a chat template",
      "licence: apache-2.0",
      "tight in RAM: needs 5.5 GiB with 4,096 tokens of context: 4.0 GiB weights, 1.0 GiB context, 512 MiB buffers",
      "lineage: tiny → convert F16 → quantize Q4_0",
      "made from tiny-F16.gguf",
    ]);
  });

  it("says nothing of what is not known", () => {
    expect(modelFacts({ ...model, parameters: 0, contextLength: 0, architecture: "unknown", license: undefined, hasChatTemplate: undefined, lineage: undefined }, undefined, undefined)).toEqual(["572 MiB on disk (600,000,000 bytes)"]);
  });

  it("tells how the model was loaded", () => {
    const loaded = { path: model.path, contextSize: 2048, gpuLayers: 0, hasChatTemplate: true, cacheType: "Q8_0", adapters: [{ path: "/m/law.gguf", scale: 0.5 }] } as const;
    expect(modelFacts(model, undefined, loaded)).toContain("loaded with 2,048 tokens of context, Q8_0 cache, all layers in RAM, adapters law.gguf at 0.5");
  });

  it("names the files of a split model, but not a hundred of them", () => {
    const paths = [1, 2, 3, 4, 5].map((part) => `/h/big-0000${part}-of-00005.gguf`);
    expect(placeWords({ ...model, path: paths[0]!, parts: { paths, expected: 5 }, source: "huggingFace", name: "owner/big" })).toEqual([
      "Hugging Face cache: owner/big",
      "big-00001-of-00005.gguf, big-00002-of-00005.gguf, big-00003-of-00005.gguf and 2 more in /h",
    ]);
  });
});

describe("the question before deleting", () => {
  it("says what goes, what it frees and what stays", () => {
    const paths = ["/h/big-00001-of-00002.gguf", "/h/big-00002-of-00002.gguf"];
    expect(deletionQuestion({ ...model, path: paths[0]!, parts: { paths, expected: 2 }, bytes: 4 * 1024 ** 3 })).toBe("Delete big-00001-of-00002.gguf with its 2 parts?");
    expect(deletionDetail(model, { files: paths, bytes: 4 * 1024 ** 3 }, [], "It can be restored from the trash.")).toBe(
      "It frees 4.0 GiB: big-00001-of-00002.gguf and big-00002-of-00002.gguf.\n\nIt can be restored from the trash.",
    );
  });

  it("knows who depends on it", () => {
    const detail = deletionDetail(model, { files: ["/o/manifest"], bytes: 0, keeps: "Its weights stay: tiny:latest uses them." }, [
      { ...model, role: "projector", path: "/m/mmproj.gguf" }, { ...model, path: "/m/tiny-Q2_K.gguf", type: "Q2_K" },
      { ...model, name: "tiny:1b" }, { ...model, name: "tiny:latest" },
    ], "End.");
    expect(detail.split("\n\n")).toEqual([
      "It frees no space.", "Its weights stay: tiny:latest uses them.", "All its names go with it: tiny:1b and tiny:latest.", "mmproj.gguf is of no use without it.",
      "tiny Q2_K was made from it: still of use, but no longer to be measured against it.", "End.",
    ]);
  });
});
