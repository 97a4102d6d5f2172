import { expect, it } from "vitest";
import type { ParsedHeader, TensorInfo } from "../../../../src/core/gguf/header";
import { attachProblem } from "../../../../src/core/models/attachProblem";

function tensor(name: string, ...shape: number[]): TensorInfo {
  return { name, type: "F32", shape, bytes: 4 * shape.reduce((a, b) => a * b, 1), offset: 0 };
}

function header(metadata: Readonly<Record<string, string>>, ...tensors: TensorInfo[]): ParsedHeader {
  const entries = new Map(Object.keys(metadata).map((key) => [key, { type: "string" as const, bytes: 1 }]));
  return { version: 3, metadata: { "general.architecture": "llama", ...metadata }, entries: entries.set("general.architecture", { type: "string", bytes: 1 }), tensors, dataOffset: 0, alignment: 32, bigEndian: false };
}

const adapter = header({ "general.type": "adapter", "adapter.type": "lora" }, tensor("token_embd.weight.lora_a", 4, 1000), tensor("token_embd.weight.lora_b", 4, 256));
const embedding = tensor("token_embd.weight", 256, 1000);

it("refuses a change to an embedding that is the output as well", () => {
  expect(attachProblem(header({}, embedding), adapter)).toMatch(/^changes the token embedding, .*merge it into the model instead\.$/);
});

it("takes it where the output is a matrix of its own", () => {
  expect(attachProblem(header({}, embedding, tensor("output.weight", 256, 1000)), adapter)).toBeUndefined();
});

it("finds what is wrong with any adapter", () => {
  expect(attachProblem(header({}, tensor("token_embd.weight", 128, 1000)), adapter)).toMatch(/another model/);
});
