import { describe, expect, it } from "vitest";
import { filesOf, hubModelOf, revisionOf, weightTypesOf } from "../../../../src/core/hub/answer";
import { contentRangeOf } from "../../../../src/core/hub/contentRange";
import { isRepositoryId, repositoryIdOf } from "../../../../src/core/hub/repositoryId";
import { retryAfterOf, retryDelay } from "../../../../src/core/hub/retry";
import { Speed } from "../../../../src/core/hub/speed";

describe("names of repositories", () => {
  it("are taken from ids and addresses", () => {
    expect(repositoryIdOf(" meta-llama/Llama-3.2-1B ")).toBe("meta-llama/Llama-3.2-1B");
    expect(repositoryIdOf("https://huggingface.co/Qwen/Qwen2.5-0.5B-Instruct-GGUF/tree/main?x=1#a")).toBe("Qwen/Qwen2.5-0.5B-Instruct-GGUF");
    expect(repositoryIdOf("gpt2")).toBe("gpt2");
    expect(repositoryIdOf("llama 3 8b")).toBeUndefined();
  });

  it.each(["../x", "a/..", "a/../b", "/a", "a/", "a/b/c", "a\\b", "a/b?c", "con/x", "a/nul", "a/b.", "-a/b", `a/${"x".repeat(97)}`, "a\u0000/b", "ａ/b", "C:/x", ""])("%j is none", (text) => expect(isRepositoryId(text)).toBe(false));
});

describe("what a hub answers", () => {
  it("lists files with sizes and sums; what is none is left out", () => {
    const sha256 = "a".repeat(64);
    expect(filesOf({
      siblings: [
        { rfilename: "a", size: 5, blobId: "B".repeat(40) }, { rfilename: "b", size: 135, blobId: "c".repeat(40), lfs: { size: 1e10, sha256 } },
        { rfilename: "c" }, { rfilename: 5, size: 5 }, { rfilename: "d", size: -1 }, { rfilename: "e", size: 1.5 }, { rfilename: "f", size: 2 ** 60 }, null, "x", { rfilename: "g", size: 0, lfs: { sha256: "short" } },
      ],
    })).toEqual([{ path: "a", bytes: 5, gitBlob: "b".repeat(40) }, { path: "b", bytes: 1e10, sha256 }, { path: "g", bytes: 0 }]);
    for (const value of [undefined, null, 5, "x", [], { siblings: {} }]) expect(filesOf(value)).toEqual([]);
  });

  it("has a commit of forty digits, or none", () => {
    expect(revisionOf({ sha: "0".repeat(40) })).toBe("0".repeat(40));
    for (const sha of ["main", "../".repeat(14), "G".repeat(40), 5, undefined]) expect(revisionOf({ sha })).toBeUndefined();
  });

  it("counts weights only where they are not packed into other numbers", () => {
    const checkpoint = { id: "a/b", tags: ["safetensors"], safetensors: { total: 1000 } };
    expect(hubModelOf(checkpoint)).toMatchObject({ format: "safetensors", parameters: 1000 });
    expect(hubModelOf({ ...checkpoint, config: { quantization_config: { quant_method: "gptq", bits: 4 } } })).toMatchObject({ format: "gptq", parameters: undefined });
    expect(hubModelOf({ ...checkpoint, tags: ["awq", "safetensors"] })?.parameters).toBeUndefined();
    expect(hubModelOf({ ...checkpoint, gguf: { total: 7 } })).toMatchObject({ format: "gguf", parameters: 7 });
  });

  it("names the storage types of weights, the most common first", () => {
    expect(weightTypesOf({ safetensors: { parameters: { F32: 10, BF16: 1000, "<b>": 5000, I32: "x" } } })).toEqual(["BF16", "F32"]);
  });
});

describe("headers", () => {
  it("reads Content-Range", () => {
    expect(contentRangeOf("bytes 100-299/300")).toEqual({ from: 100, to: 299, total: 300 });
    expect(contentRangeOf("bytes 0-0/*")).toEqual({ from: 0, to: 0 });
    for (const header of [undefined, "", "bytes */300", "bytes 5-4/10", "items 0-1/2", "bytes 0-1", "bytes -1-5/6", `bytes ${"9".repeat(20)}-1/2`]) expect(contentRangeOf(header)).toBeUndefined();
  });

  it("reads Retry-After as seconds or a date", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(retryAfterOf("120", now)).toBe(120_000);
    expect(retryAfterOf("Thu, 01 Jan 2026 00:00:30 GMT", now)).toBe(30_000);
    expect(retryAfterOf("Wed, 31 Dec 2025 00:00:00 GMT", now)).toBe(0);
    expect(retryAfterOf("soon", now)).toBeUndefined();
    expect(retryAfterOf(undefined, now)).toBeUndefined();
  });
});

describe("waiting before another try", () => {
  const policy = { tries: 4, first: 100, longest: 300 };
  it("doubles up to the longest, then ends", () => {
    expect([1, 2, 3, 4].map((failures) => retryDelay(policy, failures))).toEqual([100, 200, 300, undefined]);
  });
  it("does as the server asks, unless that is too long", () => {
    expect(retryDelay(policy, 1, 0)).toBe(0);
    expect(retryDelay(policy, 3, 250)).toBe(250);
    expect(retryDelay(policy, 1, 301)).toBeUndefined();
    expect(retryDelay({ ...policy, longestAsked: 1000 }, 1, 1000)).toBe(1000);
    expect(retryDelay({ ...policy, longestAsked: 1000 }, 1, 1001)).toBeUndefined();
  });
});

describe("speed", () => {
  it("is that of the last five seconds", () => {
    const speed = new Speed();
    expect(speed.at(0)).toBeUndefined();
    speed.add(0, 1e9);
    expect(speed.at(100)).toBeUndefined();
    for (let at = 100; at <= 1000; at += 100) speed.add(at, 1000);
    // Ten times 1000 bytes after the first.
    expect(speed.at(1000)).toBeCloseTo(10_000, 5);
    for (let at = 1100; at <= 10_000; at += 100) speed.add(at, 2000);
    expect(speed.at(10_000)).toBeGreaterThan(18_000);
    expect(speed.at(10_000)).toBeLessThan(21_000);
    expect(speed.at(30_000)).toBeUndefined();
  });
});
