import { resolve } from "node:path";
import { bitsPerWeight, describeModel } from "../core/gguf/header";
import { readGgufFile } from "../services/ggufFile";
import { type Command, json, onePositional } from "./command";
import { formatBytes } from "../core/format";
import { table } from "./table";

/** Longer arrays are shown by their length and first values. */
const shownValues = 8;

export const inspect: Command = {
  name: "inspect",
  usage: "inspect FILE",
  summary: "Show a GGUF file's metadata and tensors",
  options: {},
  async run(invocation) {
    const path = resolve(onePositional(invocation, "file"));
    const { header, bytes } = await readGgufFile(path);
    const model = describeModel(path, header, bytes);
    const metadata = Object.fromEntries(Object.entries(header.metadata).map(([key, value]) => [key, folded(value)]));
    const average = bitsPerWeight(header);
    if (invocation.json) {
      invocation.output.result(json({ ...model, version: header.version, bitsPerWeight: average, metadata, tensors: header.tensors }));
      return;
    }
    const facts = Object.entries(metadata).map(([key, value]) => [key, typeof value === "string" ? value : json(value).replace(/\s+/g, " ")]);
    const tensors = header.tensors.map((t) => [t.name, t.type, t.shape.join(" × "), formatBytes(t.bytes)]);
    invocation.output.result([
      `${model.family}: ${model.type}, ${formatBytes(bytes)}, ${average.toFixed(2)} bits per weight, GGUF version ${header.version}`,
      table(["Key", "Value"], facts),
      table(["Tensor", "Type", "Shape", "Size"], tensors),
    ].join("\n\n"));
  },
};

function folded(value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= shownValues) return value;
  return { length: value.length, first: value.slice(0, shownValues) as unknown[] };
}
