import { describe, expect, it } from "vitest";
import { languageWarning } from "../../../../src/core/evaluation/language";

describe("language of a text", () => {
  it("is foreign to a model that needs more than 2 nats per byte", () => {
    // 4 nats per token, 100 tokens, 199 bytes: 2.01 nats per byte
    expect(languageWarning("model.gguf", 4, 100, 199)).toMatch(/^model\.gguf .*hardly knows the text's language.*\.$/);
    expect(languageWarning("model.gguf", 4, 100, 201)).toBeUndefined();
  });

  it("is not judged without figures", () => {
    expect(languageWarning("model.gguf", Number.NaN, 0, 0)).toBeUndefined();
  });
});
