import { describe, expect, it } from "vitest";
import { comparisonPage } from "../../../src/ui/lab/comparisonPage";
import { aModel, measured } from "../services/lab/labFixtures";

describe("the page of a model with and without an adapter", () => {
  it("has a row for each, and names that are no Markdown", () => {
    const rows = [measured("/m/pocket-F16.gguf"), { ...measured("/m/pocket-F16.gguf", 0.25), perplexity: { value: 8.5, error: 0.1 } }];
    const page = comparisonPage(aModel("/m/pocket-F16.gguf"), { path: "/m/<b>_x_|.gguf", scale: 0.5 }, "a*b.txt", { rows, chunks: 1, warning: "Hardly any Russian." });
    expect(page.split("\n")).toEqual([
      "# pocket F16 with and without \\<b\\>\\_x\\_\\|.gguf",
      "",
      "| | perplexity | KL divergence | same most likely token | size |",
      "|---|---:|---:|---:|---:|",
      "| without | 10.000 | – | – | 1000 B |",
      "| with it, at 0.5 | 8.500 | 0.2500 | 90 % | 1000 B |",
      "",
      expect.stringMatching(/^Measured on 1 chunk of a\\\*b\.txt\./),
      "",
      "Hardly any Russian.",
      "",
    ]);
  });
});
