import { describe, expect, it } from "vitest";
import type { LoadedModel, ModelFile } from "../../../src/protocol/model";
import { inLineageOrder } from "../../../src/ui/models/lineageOrder";
import { modelPage } from "../../../src/ui/models/modelPage";
import { attachmentsOf, distinction, familyDescription, modelContext, modelLabel, modelsOf, spokenLabel, spokenProblem, tagWords } from "../../../src/ui/models/modelNode";
import { attachedAt, partsWords, stateWords } from "../../../src/ui/models/modelWords";
import { toldApart } from "../../../src/ui/models/toldApart";

const file = (path: string, more: Partial<ModelFile> = {}): ModelFile =>
  ({ path, family: "tiny", type: "Q8_0", bytes: 2 ** 30, parameters: 1e9, architecture: "llama", contextLength: 512, ...more });
const family = (...files: ModelFile[]) => ({ name: "tiny", builtIn: false, files });
const loaded: LoadedModel = { path: "/m/a.gguf", contextSize: 512, gpuLayers: 0, hasChatTemplate: false };

describe("a family in the tree", () => {
  it("shows each file right after what it was made from", () => {
    const [base, pruned, other, quantized] = [
      file("/m/base-F16.gguf", { type: "F16" }),
      file("/m/pruned.gguf", { lineage: { steps: [], parentPath: "/m/base-F16.gguf" } }),
      file("/m/other-F16.gguf", { type: "F16" }),
      file("/m/pruned-Q4_0.gguf", { type: "Q4_0", lineage: { steps: [], parentPath: "/m/pruned.gguf" } }),
    ] as const;
    expect(inLineageOrder([base, other, quantized, pruned])).toEqual([base, pruned, quantized, other]);
  });

  it("keeps every file, also when two name each other as their origin", () => {
    const a = file("/m/a.gguf", { lineage: { steps: [], parentPath: "/m/b.gguf" } });
    const b = file("/m/b.gguf", { lineage: { steps: [], parentPath: "/m/a.gguf" } });
    const own = file("/m/own.gguf", { lineage: { steps: [], parentPath: "/m/own.gguf" } });
    expect(inLineageOrder([a, b, own])).toEqual([a, b, own]);
  });

  it("puts projectors and adapters under their model, and those of no model at the end", () => {
    const projector = file("/m/mmproj.gguf", { role: "projector" });
    const loose = file("/m/lora.gguf", { role: "adapter" });
    const model = file("/m/a.gguf", { attachments: ["/m/mmproj.gguf", "/m/gone.gguf"] });
    const nodes = modelsOf(family(projector, loose, model));
    expect(nodes.map(({ model: { path } }) => path)).toEqual(["/m/a.gguf", "/m/lora.gguf"]);
    const children = attachmentsOf(nodes[0]!, [projector, loose, model]);
    expect(children).toEqual([{ kind: "model", model: projector, family: nodes[0]!.family, owner: model }]);
    expect(attachmentsOf(children[0]!, [projector])).toEqual([]);
  });

  it("tells how many files it has and whose they are", () => {
    expect(familyDescription(family(file("/m/a.gguf"), file("/o/b", { source: "ollama" }), file("/o/c", { source: "ollama", role: "projector" })))).toBe("2 files · Ollama");
    expect(familyDescription({ ...family(file("/m/a.gguf")), builtIn: true })).toBe("built in");
  });
});

describe("a model's label", () => {
  const node = (model: ModelFile, ...others: ModelFile[]) => ({ kind: "model", model, family: family(model, ...others) }) as const;

  it("is its level where that is enough, else its file, of Ollama its tag", () => {
    expect(modelLabel(node(file("/m/tiny-Q8_0.gguf")))).toBe("Q8_0");
    expect(modelLabel(node(file("/m/tiny-Q8_0.gguf"), file("/n/mmproj.gguf", { role: "projector" })))).toBe("Q8_0");
    expect(modelLabel(node(file("/m/tiny-Q8_0.gguf"), file("/n/other-Q8_0.gguf")))).toBe("tiny-Q8_0.gguf");
    expect(modelLabel(node(file("/b/sha256-00", { source: "ollama", name: "tiny:1b", type: "unknown" })))).toBe("tiny:1b");
    expect(modelLabel(node(file("/m/big-00001-of-00003.gguf", { type: "unknown", parts: { paths: [], expected: 3 } })))).toBe("big.gguf");
    expect(modelLabel(node(file("/m/lora-F16.gguf", { role: "adapter", type: "F16" })))).toBe("lora-F16.gguf");
  });

  it("is read aloud with its family, and as differently from others as it is shown", () => {
    expect(spokenLabel(node(file("/m/tiny-Q8_0.gguf")))).toBe("tiny Q8_0");
    const [base, pruned] = [file("/m/tiny-Q8_0.gguf"), file("/m/tiny-pruned.gguf")];
    expect([spokenLabel(node(base, pruned)), spokenLabel(node(pruned, base))]).toEqual(["tiny-Q8_0.gguf", "tiny-pruned.gguf"]);
  });

  it("is told apart from the same name in another folder, by its source or by its folders", () => {
    const [a, b] = [file("/home/a/models/tiny.gguf"), file("/home/b/models/tiny.gguf")];
    expect(distinction(node(a, b))).toBe("a/models");
    expect(distinction(node(b, a))).toBe("b/models");
    expect(distinction(node(file("/x/tiny.gguf", { source: "lmStudio" }), a))).toBe("LM Studio");
    expect(distinction(node(a))).toBeUndefined();
    expect(toldApart("C:\\a\\x.gguf", ["C:\\b\\x.gguf"])).toBe("a");
    expect(toldApart("/x.gguf", ["/x.gguf"])).toBe("");
  });

  it("of Ollama's files has the tags beside it, unless it is the tag itself", () => {
    const shared = { source: "ollama", name: "tiny:1b, tiny:latest, tiny:x" } as const;
    expect(tagWords(node(file("/b/sha256-00", { source: "ollama", name: "tiny:1b" })))).toBe("tiny:1b");
    expect(tagWords(node(file("/b/sha256-00", shared)))).toBe("tiny:1b and 2 more");
    expect(tagWords(node(file("/b/sha256-00", { ...shared, type: "unknown" })))).toBeUndefined();
    expect(tagWords(node(file("/h/tiny.gguf", { source: "huggingFace", name: "owner/tiny" })))).toBeUndefined();
  });

  it("is read aloud as it is shown where it cannot be used", () => {
    const broken = { type: "unknown", problem: "" } as const;
    expect(spokenProblem(node(file("/m/manifests/x", { ...broken, source: "ollama", name: "empty:x" })), "The manifest is not JSON.")).toBe("empty:x: The manifest is not JSON.");
    expect(spokenProblem(node(file("/m/be.gguf", broken)), "be.gguf is big-endian.")).toBe("be.gguf is big-endian.");
  });

  it("binds menus by its state", () => {
    expect(modelContext(file("/m/a.gguf"), undefined)).toBe("model");
    expect(modelContext(file("/m/a.gguf", { builtIn: true }), { ...loaded, adapters: [{ path: "/m/l.gguf", scale: 1 }] })).toBe("model.loaded.adapted.builtIn");
    expect(modelContext(file("/o/b", { source: "ollama", name: "llama3.2:1b", problem: "It is empty." }), undefined, "https://hub")).toBe("model.ollama.page.problem");
    expect(modelContext(file("/m/l.gguf", { role: "adapter" }), undefined)).toBe("adapter");
  });
});

describe("what stands beside a model", () => {
  it("is size, weights, parts, fit and state", () => {
    const parts = { paths: ["a", "b", "c"], expected: 5 };
    expect(stateWords(file("/m/a.gguf"), "ram", undefined)).toBe("1.0 GiB · 1.0 B · fits in RAM");
    expect(stateWords(file("/m/a.gguf"), "no", undefined)).toBe("1.0 GiB · 1.0 B · does not fit");
    const lineage = { steps: ["convert F16", "prune 1 block (2)", "prune feed-forward to 75 %", "quantize Q4_0 by GPTQ", "distil from a.gguf"] };
    expect(stateWords(file("/m/a.gguf", { lineage }), "ram", undefined)).toBe("1.0 GiB · 1.0 B · pruned · GPTQ · distilled · fits in RAM");
    expect(stateWords(file("/m/a.gguf"), "ram", { ...loaded, adapters: [{ path: "/m/l.gguf", scale: 1 }] })).toBe("1.0 GiB · 1.0 B · loaded · 1 adapter");
    expect(stateWords(file("/m/a.gguf", { parts, problem: "Two parts are missing." }), undefined, undefined)).toBe("1.0 GiB · 3 of 5 parts · cannot be used");
    const used = { ...loaded, adapters: [{ path: "/m/l.gguf", scale: 0.5 }] };
    expect(attachedAt(file("/m/a.gguf"), file("/m/l.gguf"), used)).toBe(0.5);
    expect(attachedAt(file("/m/b.gguf"), file("/m/l.gguf"), used)).toBeUndefined();
    expect(attachedAt(undefined, file("/m/l.gguf"), used)).toBe(0.5);
    expect(attachedAt(undefined, file("/m/l.gguf"), undefined)).toBeUndefined();
    expect(attachedAt(file("/m/a.gguf"), file("/m/other.gguf"), used)).toBeUndefined();
    expect(partsWords(file("/m/a.gguf", { parts: { ...parts, expected: 3 } }))).toBe("3 parts");
  });
});

describe("the page of a model", () => {
  const hub = "https://huggingface.co";
  it("is the hub's or Ollama's", () => {
    expect(modelPage(file("/c/x.gguf", { source: "huggingFace", name: "owner/name-GGUF" }), hub)).toBe("https://huggingface.co/owner/name-GGUF");
    expect(modelPage(file("/o/b", { source: "ollama", name: "llama3.2:1b, llama3.2:latest" }), hub)).toBe("https://ollama.com/library/llama3.2");
    expect(modelPage(file("/o/b", { source: "ollama", name: "me/mine:7b" }), hub)).toBe("https://ollama.com/me/mine");
  });
  it("is none for a name that is not well-formed", () => {
    for (const name of ["../../x", "a/../b", "owner/name?x=1", "owner name/x", "a/b/c", ""]) expect(modelPage(file("/c/x.gguf", { source: "huggingFace", name }), hub), name).toBeUndefined();
    expect(modelPage(file("/c/x.gguf", { name: "owner/name" }), "javascript:alert(1)//")).toBeUndefined();
  });
});
