import { describe, expect, it } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import { formatBytes, formatCount, formatSecondsLeft } from "../../../src/ui/format";
import { statusMenu } from "../../../src/ui/status/statusMenu";
import { statusSentences, statusText } from "../../../src/ui/status/statusText";

const model: ModelFile = {
  path: "/models/contracts-4m-Q8_0.gguf", family: "contracts-4m", type: "Q8_0", bytes: 4.6 * 1024 ** 2, parameters: 4.3e6, architecture: "llama", contextLength: 512,
};
const running = { kind: "running", pid: 1 } as const;
const failed = { kind: "failed", sentence: "The native runtime crashed 5 times." } as const;
const reading = { residentMemory: 120 * 1024 ** 2, videoMemory: 0, cpu: 0.9, tokensPerSecond: 23.4 };

describe("the status item", () => {
  it("shows the model, the speed while it works, and the memory", () => {
    expect(statusText({ modelName: "contracts-4m Q8_0", reading, runtime: running })).toBe("$(beaker) contracts-4m Q8_0  $(pulse) 23 tok/s  RAM 120 MiB");
    expect(statusText({ runtime: { kind: "stopped" } })).toBe("$(beaker) Decant");
    expect(statusText({ modelName: "m", activity: "Quantizing to Q4_K_M 31 %", runtime: running })).toBe("$(sync~spin) Quantizing to Q4_K_M 31 %");
  });
  it("tells the queue, the settings of what is loaded, and why it was let go of", () => {
    const loaded = { path: model.path, contextSize: 4096, gpuLayers: 33, hasChatTemplate: true, cacheType: "Q8_0" } as const;
    expect(statusText({ modelName: "m", reading: { ...reading, queue: 2 }, runtime: running })).toContain("$(list-ordered) 2");
    expect(statusSentences({ modelName: "m", loaded, runtime: running })).toEqual(["m is loaded.", "4,096 tokens of context · Q8_0 cache · 33 layers on the GPU."]);
    expect(statusSentences({ runtime: running, unloaded: "m was unloaded after 15 minutes without work." })).toEqual(["m was unloaded after 15 minutes without work."]);
  });
  it("says that the runtime has stopped, and why", () => {
    expect(statusText({ runtime: failed })).toContain("Decant stopped");
    expect(statusSentences({ runtime: failed })[0]).toBe(failed.sentence);
  });
  it("offers what is possible now", () => {
    const commands = (facts: Parameters<typeof statusMenu>[0]): string[] => statusMenu(facts).map(({ command }) => command);
    expect(commands({ hasFindings: false, runtime: { kind: "stopped" } })).toEqual([
      "decant.showTradeoffs", "decant.quantize", "decant.compressionLab", "decant.loadModel", "decant.getModels", "decant.showMeter", "decant.restartRuntime", "decant.showLog",
    ]);
    expect(commands({ loaded: model, documentName: "a.md", hasFindings: true, runtime: running })).toEqual(
      expect.arrayContaining(["decant.unloadModel", "decant.whyTheseSettings", "decant.analyseDocument", "decant.goToFinding"]),
    );
    expect(commands({ hasFindings: false, runtime: failed })[0]).toBe("decant.restartRuntime");
  });
});

describe("figures", () => {
  it("read as people write them", () => {
    expect([0, 1023, 1024, 15.04 * 1024 ** 2, 8 * 1024 ** 3].map(formatBytes)).toEqual(["0 B", "1023 B", "1.0 KiB", "15.0 MiB", "8.0 GiB"]);
    expect([12, 4.31e6, 8.03e9].map(formatCount)).toEqual(["12", "4.3 M", "8.0 B"]);
    expect([0.2, 61, 200, 7200].map(formatSecondsLeft)).toEqual(["about 1 s", "about 61 s", "about 3 min", "about 2.0 h"]);
  });
});
