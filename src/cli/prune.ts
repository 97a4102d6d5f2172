import { leastImportant } from "../core/pruning/leastImportant";
import { keptNeurons } from "../core/pruning/keptNeurons";
import { formatBytes } from "../core/format";
import type { BlockRanking, PruneResult, SparsifyResult } from "../protocol/compression";
import { HumanError } from "../protocol/humanError";
import type { ModelFile } from "../protocol/model";
import type { PruneStep, SparsifyStep } from "../protocol/recipe";
import { readGgufHeader } from "../services/ggufFile";
import { type Command, type Invocation, json, onePositional } from "./command";
import { givenText, readingDetails, readingOf, readingOptions } from "./lab/labText";
import { pruneWish, type PruneWish } from "./lab/pruneWish";
import { rankingTable } from "./lab/rankingTable";
import { withMatrix } from "./lab/scratchMatrix";
import { resultOf } from "./lab/workProgress";
import { checkPlace } from "./outputPlace";
import { modelFor } from "./studyOptions";
import { formatCount } from "./table";

export const prune: Command = {
  name: "prune",
  usage: "prune MODEL --rank | --drop 1,2 | --blocks N | --ffn 0.75 | --sparsity 0.5 [--text F…] [--out F]",
  summary: "Rank the blocks of a model, leave out the least important ones or neurons of its feed-forward parts, or set weights to zero",
  details: [
    "  --rank           tell how much each block does to the text; alone, nothing is written",
    "  --leave-out      also the perplexity without each block (reads the text once per block)",
    "  --drop 1,2       leave out these blocks, numbered from 0",
    "  --blocks N       leave out the N least important blocks",
    "  --by W           … by influence (default) or by perplexity",
    "  --ffn SHARE      keep this share of the neurons of each feed-forward part",
    "  --sparsity S     set this share of the weights to zero; file size and speed stay as they are",
    "  --method M       … by magnitude, or by wanda (|weight| × activation: default with --text or --imatrix)",
    "  --pattern 2:4    … two of every four neighbours",
    "  --imatrix F      importance matrix that tells activations; with --text one is made for the occasion",
    ...readingDetails,
  ],
  options: {
    ...readingOptions,
    rank: { type: "boolean" }, "leave-out": { type: "boolean" }, drop: { type: "string" }, blocks: { type: "string" }, by: { type: "string" }, ffn: { type: "string" },
    sparsity: { type: "string" }, method: { type: "string" }, pattern: { type: "string" }, imatrix: { type: "string" }, out: { type: "string" },
  },
  async run(invocation) {
    const wish = pruneWish(invocation);
    const model = await modelFor(invocation, onePositional(invocation, "model"));
    const target = (step: PruneStep | SparsifyStep): string => wish.out ?? invocation.services.lab.pruning.outputPath(model, step);
    if (wish.kind !== "rank") checkPlace(model, wish.out);
    switch (wish.kind) {
      case "rank": {
        const ranking = await rank(invocation, model, wish.leaveOut);
        return invocation.output.result(invocation.json ? json(ranking) : `${rankingTable(ranking)}\n\n${ranking.tokens} tokens read, ${ranking.seconds.toFixed(1)} s`);
      }
      case "sparsify":
        return await sparsify(invocation, model, wish, target);
      case "structured":
        return await structured(invocation, model, wish, target);
    }
  },
};

async function rank(invocation: Invocation, model: ModelFile, leaveOut: boolean): Promise<BlockRanking> {
  const { services, output, token } = invocation;
  const text = (await givenText(invocation)) ?? (await services.sampleText());
  return resultOf(output, services.lab.pruning.rank(model, text, { leaveOut, ...readingOf(invocation) }, token), "Ranking the blocks");
}

async function structured(invocation: Invocation, model: ModelFile, wish: PruneWish & { kind: "structured" }, target: (step: PruneStep) => string): Promise<void> {
  const { services, output, token } = invocation;
  const { least, by, feedForward: share } = wish;
  const blocks = model.shape?.blocks;
  if (least !== undefined && blocks !== undefined && least >= blocks) throw new HumanError("badArgument", `At least one of the ${blocks} blocks must stay: leave out ${blocks - 1} or fewer.`);
  const ranking = least !== undefined || wish.rank ? await rank(invocation, model, by === "perplexity" || wish.leaveOut) : undefined;
  const dropBlocks = ranking && least !== undefined ? leastImportant(ranking, least, by) : wish.drop;
  const feedForward = share === undefined ? undefined : keptNeurons((await readGgufHeader(model.path)).header, share);
  const path = target({ kind: "prune", ...(dropBlocks.length > 0 && { blocks: dropBlocks }), ...(share !== undefined && { feedForward: share }) });
  const prunedWith = (imatrix: string | undefined): Promise<PruneResult> =>
    resultOf(output, services.lab.pruning.prune(model, { dropBlocks, feedForward, imatrix }, token, path), "Pruning");
  const result = await (feedForward === undefined ? prunedWith(undefined) : withMatrix(invocation, model, wish.imatrix, prunedWith));
  if (invocation.json) return output.result(json({ ...result, dropped: dropBlocks, ranking }));
  output.result([...(ranking && wish.rank ? [rankingTable(ranking), ""] : []), ...prunedLines(model, result, dropBlocks)].join("\n"));
}

function prunedLines(model: ModelFile, { path, bytes, parameters, blocks, feedForward, notes, seconds }: PruneResult, dropped: readonly number[]): readonly string[] {
  const without = dropped.length === 0 ? "" : ` without ${dropped.length === 1 ? "block" : "blocks"} ${dropped.join(", ")}`;
  return [
    `${path}: ${blocks} blocks${without}, ${feedForward} feed-forward neurons in each, ${formatCount(parameters)} weights, ${seconds.toFixed(1)} s`,
    `${formatBytes(model.bytes)} → ${formatBytes(bytes)} (${percent(bytes / model.bytes)})`,
    ...notes,
  ];
}

async function sparsify(invocation: Invocation, model: ModelFile, wish: PruneWish & { kind: "sparsify" }, target: (step: SparsifyStep) => string): Promise<void> {
  const { services, output, token } = invocation;
  const { method, sparsity, pattern } = wish;
  const settings = { method, sparsity, ...(pattern && { pattern }) };
  const path = target({ kind: "sparsify", ...settings });
  const sparse = (imatrix: string | undefined): Promise<SparsifyResult> =>
    resultOf(output, services.lab.pruning.sparsify(model, { ...settings, ...(imatrix !== undefined && { imatrix }) }, token, path), "Setting weights to zero");
  const result = await (method === "wanda" ? withMatrix(invocation, model, wish.imatrix, sparse) : sparse(undefined));
  if (invocation.json) return output.result(json(result));
  const { zeros, tensors, bytes, seconds, notes } = result;
  output.result([`${result.path}: ${percent(zeros)} of the weights of ${tensors} matrices are zero, ${formatBytes(bytes)}, ${seconds.toFixed(1)} s`, ...notes].join("\n"));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
