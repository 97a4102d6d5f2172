import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { HumanError } from "../protocol/humanError";
import { type Command, json, onePositional } from "./command";
import { formatBytes } from "../core/format";
import { formatCount, table } from "./table";

export const models: Command = {
  name: "models",
  usage: "models DIR",
  summary: "List every GGUF file below a folder",
  options: {},
  async run(invocation) {
    const folder = resolve(onePositional(invocation, "folder"));
    const status = await stat(folder).catch(() => undefined);
    if (!status?.isDirectory()) throw new HumanError("notFound", `There is no folder at ${folder}.`);
    const found = await invocation.services.library([folder]).models();
    if (invocation.json) {
      const rows = found.map(({ path, family, type, bytes, parameters, architecture, problem }) => ({ path, family, type, bytes, parameters, architecture, problem }));
      invocation.output.result(json({ models: rows }));
      return;
    }
    if (found.length === 0) return invocation.output.result(`No GGUF files below ${folder}.`);
    const rows = found.map((m) => [m.family, m.type, formatBytes(m.bytes), formatCount(m.parameters), m.architecture, m.problem ?? m.path]);
    invocation.output.result(table(["Family", "Level", "Size", "Weights", "Architecture", "File"], rows));
  },
};
