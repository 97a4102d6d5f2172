import { HumanError } from "../../protocol/humanError";
import { type Invocation, optionalCount, optionalNumber, optionalPath, optionalWord, severalTexts } from "../command";

/** What a command line asks "prune" for. */
export type PruneWish = { readonly out?: string; readonly imatrix?: string } & (
  | { readonly kind: "rank"; readonly leaveOut: boolean }
  | {
      readonly kind: "structured";
      /** Blocks to leave out, by number, or the so many least important. */
      readonly drop: readonly number[];
      readonly least?: number;
      readonly by: "influence" | "perplexity";
      readonly feedForward?: number;
      /** Also show the ranking, perhaps with each block left out. */
      readonly rank: boolean;
      readonly leaveOut: boolean;
    }
  | { readonly kind: "sparsify"; readonly sparsity: number; readonly method: "magnitude" | "wanda"; readonly pattern?: "2:4" }
);

const shareWords = "a share above 0 and below 1, e.g. 0.5";
const isShare = (value: number): boolean => value > 0 && value < 1;

export function pruneWish(invocation: Invocation): PruneWish {
  const { options } = invocation;
  const drop = blockNumbers(options.drop);
  const least = optionalCount(invocation, "blocks");
  const feedForward = optionalNumber(invocation, "ffn", shareWords, isShare);
  const by = optionalWord(invocation, "by", ["influence", "perplexity"]);
  const pattern = optionalWord(invocation, "pattern", ["2:4"]);
  const sparsity = optionalNumber(invocation, "sparsity", shareWords, isShare) ?? (pattern && 0.5);
  const method = optionalWord(invocation, "method", ["magnitude", "wanda"]);
  const files = { out: optionalPath(invocation, "out"), imatrix: optionalPath(invocation, "imatrix") };
  const [rank, leaveOut] = [options.rank === true, options["leave-out"] === true];
  const isStructured = drop.length > 0 || least !== undefined || feedForward !== undefined;
  if (sparsity !== undefined) {
    if (isStructured) throw refusal("--sparsity goes alone: leave blocks or neurons out first, then make the result sparse, or write both as a recipe.");
    if (pattern && sparsity !== 0.5) throw refusal("--pattern 2:4 sets half of the weights to zero: leave --sparsity away or give 0.5.");
    const knowsActivations = files.imatrix !== undefined || severalTexts(invocation, "text").length > 0;
    if (method === "wanda" && !knowsActivations) throw refusal("Wanda weighs by activations: give --text or --imatrix, or take --method magnitude.");
    return { kind: "sparsify", sparsity, method: method ?? (knowsActivations ? "wanda" : "magnitude"), ...(pattern && { pattern }), ...files };
  }
  if (method) throw refusal("--method goes with --sparsity or --pattern.");
  if (drop.length > 0 && least !== undefined) throw refusal("Give --drop with the blocks, or --blocks with how many, not both.");
  if (by && least === undefined) throw refusal("--by goes with --blocks.");
  if (isStructured) return { kind: "structured", drop, least, by: by ?? "influence", feedForward, rank, leaveOut, ...files };
  if (!rank && !leaveOut) throw refusal("Say what to do: --rank, --drop 1,2, --blocks N, --ffn 0.75 or --sparsity 0.5.");
  if (files.out !== undefined) throw refusal("--rank alone writes nothing: add --blocks N or --drop 1,2, or leave --out away.");
  return { kind: "rank", leaveOut };
}

/** "1,2" as numbers, each once, rising. */
function blockNumbers(value: string | boolean | undefined): readonly number[] {
  if (value === undefined) return [];
  const words = String(value).split(",").map((word) => word.trim());
  if (!words.every((word) => /^\d{1,6}$/.test(word))) throw refusal(`--drop takes numbers of blocks from 0, separated by commas, e.g. 1,2, not "${String(value)}".`);
  return [...new Set(words.map(Number))].sort((a, b) => a - b);
}

function refusal(sentence: string): HumanError {
  return new HumanError("badArgument", sentence);
}
