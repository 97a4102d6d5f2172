import { describe, expect, test } from "vitest";
import type { Download, HubChoice, HubDetails, HubModel } from "../../../src/protocol/hub";
import { canCheck, downloadOf, memoryOf, orderedChoices, recommendedChoice } from "../../../webview/getModels/choices";
import { isViewState } from "../../../webview/getModels/viewState";
import { agoWords, compactCount, downloadShare, downloadWords, downloadsWords, gateWords, idParts } from "../../../webview/getModels/words";

const MiB = 1024 ** 2;

function choice(level: HubChoice["level"], bytes: number, fit?: HubChoice["fit"], more: Partial<HubChoice> = {}): HubChoice {
  return { id: `${level}.gguf`, label: level, format: "gguf", level, role: "model", bytes, files: [], fit, ...more };
}
function download(state: Download["state"], more: Partial<Download> = {}): Download {
  return { id: state, repository: "o/n", label: "Q4_0", target: "/m/x.gguf", bytes: 400 * MiB, bytesDone: 100 * MiB, state, ...more };
}
const repository: HubModel = { id: "o/n", format: "gguf", downloads: 1, likes: 1, gated: false };

describe("the choice to take", () => {
  const advised = (...choices: readonly HubChoice[]): string | undefined => recommendedChoice(choices)?.label;
  test("is the largest that fits well", () => {
    expect(advised(choice("Q8_0", 800, "tight"), choice("Q6_K", 600, "ram"), choice("Q4_0", 400, "ram"))).toBe("Q6_K");
  });
  test("on the GPU before in RAM", () => {
    expect(advised(choice("Q8_0", 800, "ram"), choice("Q5_K_M", 500, "partial"), choice("Q4_0", 400, "gpu"), choice("Q2_K", 200, "gpu"))).toBe("Q4_0");
  });
  test("unquantized only where nothing else fits", () => {
    expect(advised(choice("F16", 1600, "ram"), choice("Q4_0", 400, "ram"))).toBe("Q4_0");
    expect(advised(choice("F16", 1600, "ram"), choice("F32", 3200, "no"))).toBe("F16");
  });
  test("never a projector, a checkpoint, or what cannot be used", () => {
    expect(advised(choice("F16", 600, "gpu", { role: "projector" }), choice("Q4_0", 400, "gpu", { problem: "It is damaged." }), choice("unknown", 500, "gpu", { format: "gptq" }), choice("Q8_0", 900, "no"))).toBeUndefined();
  });
});

test("choices stand by size, what belongs to them and what cannot be used last", () => {
  const choices = [choice("Q2_K", 200, "gpu", { problem: "Damaged." }), choice("F16", 60, undefined, { role: "projector" }), choice("Q4_0", 400), choice("Q8_0", 800)];
  expect(orderedChoices(choices).map(({ level }) => level)).toEqual(["Q8_0", "Q4_0", "F16", "Q2_K"]);
});

test("a choice knows its download and its memory", () => {
  const details: HubDetails = { model: repository, revision: "r", choices: [] };
  const running = download("running");
  expect(downloadOf([download("failed"), download("paused", { repository: "o/other" }), running], details, choice("Q4_0", 1))).toBe(running);
  expect(downloadOf([download("failed")], details, choice("Q4_0", 1))).toBeUndefined();
  expect([memoryOf(choice("Q4_0", 1)), memoryOf(choice("Q4_0", 1, "ram", { memory: { weights: 5, cache: 2, compute: 1 } }))]).toEqual([undefined, 8]);
  const header = { architecture: "llama", parameters: 1, contextLength: 1, bitsPerWeight: 4, hasChatTemplate: true };
  expect([canCheck(choice("Q4_0", 1)), canCheck(choice("Q4_0", 1, "ram", { header })), canCheck(choice("unknown", 1, "ram", { format: "gptq" })), canCheck(choice("F16", 1, "ram", { role: "projector" }))]).toEqual([true, false, false, false]);
});

describe("words", () => {
  test.each([[0, "0"], [812, "812"], [4812, "4.8 k"], [9949, "9.9 k"], [9950, "10 k"], [312_345, "312 k"], [999_499, "999 k"], [999_500, "1.0 M"], [2_412_345, "2.4 M"]])("%d is %s", (count, words) => expect(compactCount(count)).toBe(words));
  test("how long ago", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(["2026-11-22T01:00:00Z", "2026-11-21T11:00:00Z", "2026-11-10T12:00:00Z", "2026-10-01T00:00:00Z", "2024-01-01T00:00:00Z", "2026-11-23T12:00:00Z", "soon", undefined].map((iso) => agoWords(iso, now))).toEqual(["today", "1 day ago", "1 week ago", "1 month ago", "2 years ago", "today", undefined, undefined]);
  });
  test("downloads", () => {
    expect(downloadWords(download("running", { bytesPerSecond: 12.5 * MiB }))).toBe("100 MiB of 400 MiB · 12.5 MiB/s");
    expect(downloadWords(download("paused", { bytesPerSecond: 5 }))).toBe("Paused · 100 MiB of 400 MiB");
    expect(downloadWords(download("done"))).toBe("Done · 400 MiB");
    expect([download("running"), download("checking"), download("waiting", { bytes: 0 }), download("running", { bytesDone: 900 * MiB })].map(downloadShare)).toEqual([0.25, 1, 0, 1]);
    expect(downloadsWords([download("done"), download("running"), download("done")])).toBe("1 running, 2 done");
    expect(downloadsWords([])).toBe("");
  });
  test("who may fetch", () => {
    expect(gateWords(repository, false)).toBeUndefined();
    expect(gateWords({ ...repository, gated: true }, false)).toContain("sign in");
    expect(gateWords({ ...repository, gated: true }, true)).not.toContain("sign in");
    expect(gateWords({ ...repository, private: true }, false)).toContain("private");
    expect(gateWords({ ...repository, private: true }, true)).toBeUndefined();
    expect([idParts("owner/name"), idParts("bare")]).toEqual([["owner/", "name"], ["", "bare"]]);
  });
});

test("a kept state of another form is not taken", () => {
  expect([{}, { query: "x", format: "gguf" }, { format: "all" }].every(isViewState)).toBe(true);
  expect([null, "x", { query: 1 }, { format: "onnx" }].some(isViewState)).toBe(false);
});
