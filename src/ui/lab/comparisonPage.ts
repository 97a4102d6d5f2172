import type { AdapterUse, MeasuredRow, ModelFile } from "../../protocol/model";
import type { MeasureResult } from "../../protocol/rpc";
import { modelName } from "../../services/models/modelLibrary";
import { fileName, formatBytes, formatPercent } from "../format";

/** What an adapter does to a model on a text, as a page that can be kept. */
export function comparisonPage(base: ModelFile, { path, scale }: AdapterUse, text: string, { rows, chunks, warning }: MeasureResult): string {
  const [without, withIt] = rows;
  return [
    `# ${plain(modelName(base))} with and without ${plain(fileName(path))}`,
    "",
    "| | perplexity | KL divergence | same most likely token | size |",
    "|---|---:|---:|---:|---:|",
    ...(without ? [row("without", without)] : []),
    ...(withIt ? [row(`with it, at ${scale}`, withIt)] : []),
    "",
    `Measured on ${chunks} ${chunks === 1 ? "chunk" : "chunks"} of ${plain(text)}. KL divergence and agreement are against the model without the adapter: they tell how much it changes; a lower perplexity tells that it knows this text better.`,
    ...(warning === undefined ? [] : ["", warning]),
    "",
  ].join("\n");
}

function row(name: string, { perplexity, kl, top1Agreement, bytes }: MeasuredRow): string {
  const cells = [name, perplexity.value.toFixed(3), kl ? kl.mean.toFixed(4) : "–", top1Agreement === undefined ? "–" : formatPercent(top1Agreement), formatBytes(bytes)];
  return `| ${cells.join(" | ")} |`;
}

/** Names come from files: they are no Markdown. */
function plain(name: string): string {
  return name.replace(/[\\`*_{}[\]<>#|!]/g, "\\$&").replace(/\s+/g, " ");
}
