import { basename, resolve } from "node:path";
import { formatBytes } from "../core/format";
import { HumanError } from "../protocol/humanError";
import type { ModelFile } from "../protocol/model";
import type { InspectionDiff, TensorRow } from "../protocol/modelPanels";
import { Inspector } from "../services/models/inspector";
import { type Command, json } from "./command";
import { excerpt, excerpts, valueText } from "./shownValue";
import { table } from "./table";

const [widestName, widestValue] = [60, 50];

export const diff: Command = {
  name: "diff",
  usage: "diff FILE OTHER",
  summary: "Compare the metadata and tensors of two GGUF files; the weights themselves are not read",
  options: {},
  async run(invocation) {
    const [first, second, third] = invocation.positionals;
    if (first === undefined || second === undefined || third !== undefined) throw new HumanError("badArgument", "Say which two files: diff FILE OTHER.");
    const found = await new Inspector().diff(resolve(first), resolve(second));
    invocation.output.result(invocation.json ? json(found) : report(found));
  },
};

function report({ first, second, metadata, tensors, same }: InspectionDiff): string {
  const facts = metadata.map((row) => [excerpt(row.key, widestName), ...excerpts(row.first ? valueText(row.first) : "", row.second ? valueText(row.second) : "", widestValue)]);
  const rows = tensors.map((row) => [excerpt(row.name, widestName), tensorText(row.first), tensorText(row.second)]);
  return [
    `First: ${fileText(first)}\nSecond: ${fileText(second)}`,
    ...(facts.length > 0 ? [table(["Key", "First", "Second"], facts)] : []),
    ...(rows.length > 0 ? [table(["Tensor", "First", "Second"], rows)] : []),
    `Different: ${metadata.length} metadata entries, ${tensors.length} tensors. The same: ${same.metadata} metadata entries, ${same.tensors} tensors.`,
  ].join("\n\n");
}

function fileText({ path, type, bytes, problem }: ModelFile): string {
  return `${basename(path)}, ${type}, ${formatBytes(bytes)}${problem ? ` (${problem})` : ""}`;
}

function tensorText(tensor: TensorRow | undefined): string {
  return tensor ? `${tensor.type} ${tensor.shape.join(" × ")}, ${formatBytes(tensor.bytes)}` : "";
}
