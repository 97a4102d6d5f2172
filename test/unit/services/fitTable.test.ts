import { describe, expect, it } from "vitest";
import { machinePreset, ownMachine } from "../../../src/core/fit/machines";
import { knownModel } from "../../../src/core/fit/shapes";
import { fitMarkdown, fitTable } from "../../../src/services/fitTable";

const llama = knownModel("llama3-8b")!;
const desktop = machinePreset("desktop-24-64")!;

describe("what fits where", () => {
  it("lists every level with its place and its bound", () => {
    const rows = fitTable(llama, desktop.machine, 8192, "F16");
    const q4 = rows.find(({ level }) => level === "Q4_K_M")!;
    expect(q4).toMatchObject({ fit: "gpu", gpuLayers: 33, layers: 33, bytes: Math.round((8.03e9 * 4.85) / 8) });
    expect(rows.find(({ level }) => level === "F32")!.fit).toBe("partial");
    expect(rows.map(({ bytes }) => bytes)).toEqual(rows.map(({ bytes }) => bytes).sort((a, b) => b - a));
  });

  it("needs less memory with a smaller cache, and never counts more context than the model has", () => {
    const memory = (context: number, cache: "F16" | "Q8_0"): number => fitTable(llama, desktop.machine, context, cache)[0]!.memoryBytes;
    expect(memory(8192, "Q8_0")).toBeLessThan(memory(8192, "F16"));
    expect(memory(1_000_000, "F16")).toBe(memory(8192, "F16"));
  });

  it("names the largest level that runs whole, or says that none does", () => {
    const page = fitMarkdown(llama, "a desktop", desktop.machine, 8192, "F16");
    expect(page).toMatch(/^# Llama 3 8B on a desktop\n/);
    expect(page).toMatch(/runs wholly on the GPU with 8,192 tokens of context \(F16 cache\) is \*\*F16\*\*/);
    expect(page).toContain("| Q4_K_M | 4.53 GiB |");
    expect(fitMarkdown(knownModel("mixtral-8x22b")!, "a phone", ownMachine(4, 0), 4096, "F16")).toContain("No level runs there with room to spare.");
  });
});
