import { describe, expect, it } from "vitest";
import type { Download } from "../../../src/protocol/hub";
import { planDetail, planQuestion } from "../../../src/ui/conversion/planWords";
import { tokenProblem } from "../../../src/ui/hub/hubToken";
import { ollamaNameOf, ollamaNameProblem } from "../../../src/ui/models/ollamaName";
import { parseScale, scaleProblem } from "../../../src/ui/models/adapterScale";
import { downloadContext, downloadDescription, downloadSentences, isPending } from "../../../src/ui/models/downloadWords";

const download: Download = { id: "1", repository: "owner/name", label: "Q4_K_M", target: "/m/name-Q4_K_M.gguf", bytes: 1000 * 1024 ** 2, bytesDone: 420 * 1024 ** 2, state: "running" };

describe("a download in the tree", () => {
  it("tells its share, speed and time left, or why it stands still", () => {
    expect(downloadDescription({ ...download, bytesPerSecond: 12 * 1024 ** 2, secondsLeft: 48 })).toBe("42 % · 12.0 MiB/s · about 48 s");
    expect(downloadDescription(download)).toBe("42 %");
    expect(downloadDescription({ ...download, state: "paused" })).toBe("paused at 42 %");
    expect(downloadDescription({ ...download, state: "failed" })).toBe("failed");
    expect(downloadDescription({ ...download, bytes: 0, bytesDone: 0 })).toBe("0 %");
    expect(downloadDescription({ ...download, bytesDone: 2000 * 1024 ** 2 })).toBe("100 %");
    expect(downloadSentences({ ...download, problem: "The connection was cut." })).toContain("The connection was cut.");
  });
  it("binds its buttons by its state, and goes when it is ready", () => {
    expect(downloadContext({ ...download, state: "waiting" })).toBe("download.waiting");
    expect(isPending({ ...download, state: "done" })).toBe(false);
    expect(isPending({ ...download, state: "failed" })).toBe(true);
  });
});

describe("what a person types", () => {
  it("is a scale from 0 to 2", () => {
    expect(["1", " 0.5 ", "0,25", "0", "2"].map(parseScale)).toEqual([1, 0.5, 0.25, 0, 2]);
    expect(["", "-1", "2.1", "one", "NaN", "Infinity", "0x"].map(parseScale)).toEqual(Array(7).fill(undefined));
    expect(scaleProblem("3")).toContain("from 0");
    expect(scaleProblem("1")).toBeUndefined();
    expect(scaleProblem("0")).toBeUndefined();
    // A model that nothing is merged into is no merged model.
    expect(["0", "0,0", "", "3"].map((scale) => scaleProblem(scale, "merge"))).toEqual(Array(4).fill("Type a number above 0, at most 2, e.g. 1 as it was trained."));
    expect(scaleProblem("0.5", "merge")).toBeUndefined();
  });
  it("is a name that Ollama takes, and so is the one that is offered", () => {
    for (const family of ["contracts-5m", "Llama 3.2 Instruct", "...", "Модель", "a".repeat(300)]) expect(ollamaNameProblem(ollamaNameOf({ family, type: "Q4_K_M" })), family).toBeUndefined();
    expect(ollamaNameOf({ family: "Llama 3.2", type: "Q8_0" })).toBe("llama-3.2:q8_0");
    for (const name of ["", "../x", "a b", "a:b:c"]) expect(ollamaNameProblem(name), name).toBeDefined();
  });
  it("is a token without blanks, line ends or letters of other alphabets", () => {
    expect(tokenProblem(" hf_abcDEF123 ")).toBeUndefined();
    for (const text of ["", "   ", "hf_a b", "hf_a\nx-injected: 1", "токен", "x".repeat(257)]) expect(tokenProblem(text), text).toBeDefined();
  });
});

describe("what converting would give", () => {
  const plan = { architecture: "qwen3", parameters: 6e8, bytes: 1.2 * 1024 ** 3, tensors: 310, type: "BF16", notes: ["The vocabulary is padded."] };
  it("is shown before anything is written", () => {
    expect(planQuestion("Qwen3-0.6B", plan)).toBe("Convert Qwen3-0.6B to BF16 (1.2 GiB)?");
    expect(planDetail({ ...plan, gptq: "4 bit, groups of 128, symmetric" }, "/m/qwen3.gguf", 10 * 1024 ** 3).split("\n\n")).toEqual([
      "qwen3, 600 M weights in 310 tensors.", "GPTQ: 4 bit, groups of 128, symmetric.", "The vocabulary is padded.", "It is written to /m/qwen3.gguf, where 10.0 GiB are free.",
    ]);
  });
  it("does not outgrow the dialog", () => {
    const detail = planDetail({ ...plan, notes: Array.from({ length: 200 }, (_, index) => `Note ${index}.`) }, "/m/q.gguf", undefined);
    expect(detail).toContain("And 194 more notes");
    expect(detail.length).toBeLessThan(400);
  });
});
