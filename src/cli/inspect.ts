import { resolve } from "node:path";
import { formatBytes } from "../core/format";
import { isFolded, isFoldedText } from "../core/gguf/metadata";
import { inspectionOf } from "../core/models/inspection";
import { HumanError } from "../protocol/humanError";
import { readGgufHeader } from "../services/ggufFile";
import { readWholeModel } from "../services/models/modelParts";
import { type Command, json, onePositional } from "./command";
import { excerpt, valueText } from "./shownValue";
import { ollamaModel } from "./studyOptions";
import { table } from "./table";

/** Longer arrays are shown by their length and first values. */
const shownValues = 8;
const widest = 100;

export const inspect: Command = {
  name: "inspect",
  usage: "inspect FILE",
  summary: "Show a GGUF file's metadata and tensors; of one that cannot be used, what can be read and why",
  options: {},
  async run(invocation) {
    const asked = onePositional(invocation, "file");
    const path = (await ollamaModel(invocation, asked))?.path ?? resolve(asked);
    const { model, header } = await readWholeModel(path, readGgufHeader);
    const inspection = inspectionOf(model, header);
    const { version, bigEndian, bitsPerWeight } = inspection;
    if (invocation.json) {
      const metadata = Object.fromEntries(Object.entries(header.metadata).map(([key, value]) => [key, folded(value)]));
      const types = Object.fromEntries([...header.entries].map(([key, { type, element }]) => [key, element ? `${type} of ${element}` : type]));
      const tensors = header.tensors.map((tensor, index) => ({ ...tensor, ...inspection.tensors[index] }));
      invocation.output.result(json({ ...model, version, bigEndian, bitsPerWeight, dataOffset: header.dataOffset, alignment: header.alignment, metadata, types, tensors }));
    } else {
      const facts = inspection.metadata.map(({ key, value }) => [excerpt(key, widest), excerpt(valueText(value), widest)]);
      const tensors = inspection.tensors.map((t) => [excerpt(t.name, widest), t.type, t.shape.join(" × "), formatBytes(t.bytes), t.bitsPerWeight.toFixed(2)]);
      invocation.output.result([
        `${model.family}: ${model.type}, ${formatBytes(model.bytes)}${model.parts ? ` in ${model.parts.paths.length} of ${model.parts.expected} parts` : ""}, ${bitsPerWeight.toFixed(2)} bits per weight, GGUF version ${version}${bigEndian ? ", big-endian" : ""}`,
        table(["Key", "Value"], facts),
        table(["Tensor", "Type", "Shape", "Size", "Bits per weight"], tensors),
      ].join("\n\n"));
    }
    if (header.problem) throw header.problem;
    if (model.problem !== undefined) throw new HumanError("notGguf", model.problem);
  },
};

function folded(value: unknown): unknown {
  if (isFolded(value)) return { length: value.length, first: value.first };
  if (isFoldedText(value)) return value.first;
  if (!Array.isArray(value) || value.length <= shownValues) return value;
  return { length: value.length, first: value.slice(0, shownValues) as unknown[] };
}
