import { expect, it } from "vitest";
import { listIn, modelCardOf, textIn } from "../../../../../src/core/conversion/general/modelCard";

it("reads texts and lists of a card's head", () => {
  const card = modelCardOf(["---", "license: mit # free", 'license_name: "my: own"', "language:", "- en", "- 'no'", "tags: [a, \"b\"]", "base_model: acme/x", "widget:", "  - text: hello", "    more: 1", "nested:", "  key: value", "long: >", "  folded", "---", "name: not of the head"].join("\r\n"));
  expect(card).toEqual({ license: "mit", license_name: "my: own", language: ["en", "no"], tags: ["a", "b"], base_model: "acme/x", widget: [] });
  expect(listIn(card, "tags", "language")).toEqual(["a", "b", "en", "no"]);
  expect(textIn(card, "missing", "license")).toBe("mit");
  expect(textIn(card, "tags")).toBeUndefined();
});

it.each(["", "# Title", "---\nlicense: mit", "\u0000", "---\n---\nlicense: mit", `---\n${"-".repeat(300_000)}`])("says nothing of a card without a head", (readme) => {
  expect(modelCardOf(readme)).toEqual({});
});

it("is not slowed down by a hostile head", () => {
  const started = performance.now();
  modelCardOf(`---\n${"a: [".repeat(20_000)}\n${"- ".repeat(50_000)}\n---`);
  expect(performance.now() - started).toBeLessThan(500);
});
