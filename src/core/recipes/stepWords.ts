import type { AdapterSettings } from "../../protocol/compression";
import type { PruneStep, RecipeStep } from "../../protocol/recipe";

/** A step in a few words, e.g. "Prune 1 block", "Quantize to Q4_K_M". */
export function stepTitle(step: RecipeStep): string {
  switch (step.kind) {
    case "prune":
      return pruneTitle(step);
    case "sparsify":
      return step.pattern === undefined ? `Make ${percent(step.sparsity)} sparse` : `Make ${step.pattern} sparse`;
    case "quantize":
      return `Quantize to ${step.level}${step.rounding === "gptq" ? " by GPTQ" : ""}`;
    case "distil":
      return step.adapter ? `Distil an adapter of rank ${step.adapter.rank}` : "Distil";
    case "lora":
      return `Train an adapter of rank ${step.adapter.rank}`;
    case "merge":
      return `Merge ${fileName(step.adapter)}${step.scale === 1 ? "" : ` × ${step.scale}`}`;
  }
}

/** Its settings in one line, e.g. "the least important by influence"; empty where the title says all. */
export function stepDetail(step: RecipeStep): string {
  switch (step.kind) {
    case "prune":
      return pruneDetail(step);
    case "sparsify":
      return step.method === "wanda" ? "by Wanda" : "by magnitude";
    case "quantize":
      return step.imatrix && step.rounding !== "gptq" ? "with an importance matrix" : "";
    case "distil":
      return joined(step.teacher === undefined ? "from the original" : `from ${fileName(step.teacher)}`, step.adapter ? adapterDetail(step.adapter) : "all weights", step.merge && step.adapter && "merged", epochs(step.settings?.epochs));
    case "lora":
      return joined(step.examples === undefined ? "on the text" : `on ${fileName(step.examples)}`, adapterDetail(step.adapter), step.merge && "merged", epochs(step.settings?.epochs));
    case "merge":
      return "";
  }
}

/** How many blocks a step leaves out. */
export function droppedBlocks({ blocks = [] }: PruneStep): number {
  return "least" in blocks ? blocks.least : blocks.length;
}

function pruneTitle(step: PruneStep): string {
  const dropped = droppedBlocks(step);
  const parts = [
    ...(dropped > 0 ? [`${dropped} ${dropped === 1 ? "block" : "blocks"}`] : []),
    ...(step.feedForward !== undefined && step.feedForward < 1 ? [`feed-forward to ${percent(step.feedForward)}`] : []),
  ];
  return parts.length === 0 ? "Prune nothing" : `Prune ${parts.join(" and ")}`;
}

function pruneDetail({ blocks = [] }: PruneStep): string {
  if ("least" in blocks) return `the least important by ${blocks.by}`;
  if (blocks.length === 0) return "";
  return blocks.length === 1 ? `number ${blocks[0]}` : `numbers ${blocks.join(", ")}`;
}

function adapterDetail({ alpha, targets }: AdapterSettings): string {
  return `alpha ${alpha}, ${targets.length} ${targets.length === 1 ? "kind" : "kinds"} of matrices`;
}

function epochs(count: number | undefined): string | undefined {
  return count === undefined ? undefined : `${count} ${count === 1 ? "epoch" : "epochs"}`;
}

function joined(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(" · ");
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}
