import { type CheckpointFiles, planFile } from "../../../../src/core/conversion/conversionPlan";
import { isObject, objectOf } from "../../../../src/core/conversion/hyperparameters";
import { HumanError } from "../../../../src/protocol/humanError";
import { checkpointFiles } from "../../../checkpointFiles";
import { referenceCheckpoints } from "../../../referenceCheckpoints";

/** A generator of numbers from 0 to 1, the same ones for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const strange: readonly unknown[] = [null, true, -1, 0, 1, 1.5, 1e308, 2 ** 31, 2 ** 53, "", "\u0000", "x".repeat(300), [], [null], {}, { content: 1 }, { id: "a" }, ["a", "b", "c"], "▁", NaN, JSON.parse("[".repeat(100_000) + "]".repeat(100_000))];

/** The same JSON with one value replaced, taken away or put elsewhere. */
function bent(value: unknown, next: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  if (Array.isArray(value) && value.length > 0 && next() < 0.9) {
    const at = Math.floor(next() * value.length);
    return next() < 0.15 ? value.filter((_, index) => index !== at) : value.map((item: unknown, index) => (index === at ? bent(item, next) : item));
  }
  if (isObject(value) && Object.keys(value).length > 0 && next() < 0.9) {
    const key = pick(Object.keys(value));
    const { [key]: old, ...others } = value;
    return next() < 0.15 ? others : { ...others, [key]: bent(old, next) };
  }
  return pick(strange);
}

function bentFiles(files: CheckpointFiles, next: () => number): CheckpointFiles {
  const which = next();
  if (which < 0.4) return { ...files, checkpoint: { ...files.checkpoint, config: objectOf(bent(files.checkpoint.config, next)) } };
  const { tokenizerJson, tokenizerConfig } = files.tokenizer;
  if (which < 0.7 && tokenizerJson) return { ...files, tokenizer: { ...files.tokenizer, tokenizerJson: objectOf(bent(tokenizerJson, next)) } };
  if (which < 0.9) return { ...files, tokenizer: { ...files.tokenizer, tokenizerConfig: objectOf(bent(tokenizerConfig, next)) } };
  return { ...files, generation: objectOf(bent({ top_k: 1, temperature: 0.5 }, next)) };
}

/**
 * Plans a reference checkpoint with one thing wrong in its JSON, so many times; answers how many were refused. Throws for the first case
 * that fails with anything but a sentence.
 */
export async function fuzzCheckpoint(name: string, seed: number, cases: number): Promise<number> {
  const files = checkpointFiles(referenceCheckpoints[name]);
  const next = random(seed + name.length * 7919);
  let refused = 0;
  for (let index = 0; index < cases; index++) {
    const damaged = bentFiles(files, next);
    try {
      await planFile(damaged, "auto");
    } catch (error) {
      if (!(error instanceof HumanError) || !/^[^\p{Cc}]{10,600}$/u.test(error.message)) {
        throw new Error(`Case ${index} of ${name}, seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, { cause: error });
      }
      refused++;
    }
  }
  return refused;
}
