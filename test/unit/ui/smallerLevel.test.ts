import { expect, it } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import { smallerLevel } from "../../../src/ui/models/smallerLevel";

const file = (type: ModelFile["type"], bytes: number, more: Partial<ModelFile> = {}): ModelFile =>
  ({ path: `/m/${type}.gguf`, family: "tiny", type, bytes, parameters: 1, architecture: "llama", contextLength: 512, ...more });

it("offers the largest level of the same base that fits well", () => {
  const large = file("F16", 100);
  const models = [large, file("Q8_0", 60), file("Q5_0", 45), file("Q4_0", 40), file("Q6_K", 50, { family: "other" }), file("Q2_K", 49, { problem: "It is cut off." }), file("F32", 20, { role: "adapter" })];
  const fits = (model: ModelFile) => (model.bytes >= 60 ? "tight" : "ram");
  expect(smallerLevel(large, models, fits)?.type).toBe("Q5_0");
  expect(smallerLevel(large, models, () => "no")).toBeUndefined();
  expect(smallerLevel(large, models, () => undefined)).toBeUndefined();
});
