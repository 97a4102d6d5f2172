import { memoryOfFile } from "../../../../src/core/fit/memory";
import { describeModel, type ParsedHeader } from "../../../../src/core/gguf/header";
import type { ParseOptions } from "../../../../src/core/gguf/headerParser";
import { isFolded, isFoldedText } from "../../../../src/core/gguf/metadata";
import { headerReading, parseGguf } from "../../../../src/core/gguf/parse";
import { factsOf } from "../../../../src/core/models/fileFacts";
import { inspectionOf } from "../../../../src/core/models/inspection";
import { diffOf } from "../../../../src/core/models/inspectionDiff";
import { HumanError } from "../../../../src/protocol/humanError";
import { failedAssertion } from "../../../../src/runtime/gguf/assertions";
import { type Chance, chanceOf, mutated, pick, someHeader } from "./hostileHeaders";

/** How many cases ended in each way. */
export interface FuzzTally {
  usable: number;
  shown: number;
  refused: number;
  /** Asked for bytes that a file of the announced size would have. */
  asking: number;
}

const foldings: readonly ParseOptions[] = [{}, { longest: 512, longestText: 2 ** 16 }, { longest: 3, longestText: 50 }];
/** Pieces that the reading of a header may take. */
const mostSteps = 60;

/**
 * Parses mutated headers, the same ones for the same seed. Throws for the first one that fails with anything but a
 * HumanError, is read differently in one piece and in many, keeps more than its bytes can hold, or is asked for again without end.
 */
export function fuzzHeaders(seed: number, cases: number, done: (index: number) => void = () => undefined): FuzzTally {
  const tally: FuzzTally = { usable: 0, shown: 0, refused: 0, asking: 0 };
  for (let index = 0; index < cases; index++) {
    // Each case has a seed of its own, so that one can be run alone.
    const chance = chanceOf(seed * 1_000_003 + index);
    try {
      tally[oneCase(chance)]++;
    } catch (error) {
      throw new Error(`Case ${index} of seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    done(index);
  }
  return tally;
}

function oneCase(chance: Chance): keyof FuzzTally {
  const bytes = mutated(chance, someHeader(chance));
  // Mostly what there is; at times the beginning of a large file, as a download or a ranged request has it.
  const fileBytes = chance(4) > 0 ? bytes.length : bytes.length + pick(chance, [1000, 2 ** 33, 2 ** 50]);
  const options = pick(chance, foldings);
  const outcome = ending(() => whole(bytes, fileBytes, options, 1 + chance(bytes.length + 1)));
  const pieces = ending(() => inPieces(bytes, fileBytes, options));
  if (outcome instanceof HumanError || outcome === undefined) {
    if (pieces !== undefined && !(pieces instanceof HumanError)) throw new Error("In pieces it can be read, in one it cannot.");
    return outcome ? "refused" : "asking";
  }
  // A reading in pieces asks for bytes behind the header, which a file that is cut off lacks.
  if (pieces !== undefined && fileBytes === bytes.length) same(outcome, pieces);
  use(outcome, bytes.length);
  return outcome.problem ? "shown" : "usable";
}

function ending(work: () => ParsedHeader | undefined): ParsedHeader | HumanError | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof HumanError && error.message.length < 600) return error;
    throw error;
  }
}

function whole(bytes: Buffer, fileBytes: number, options: ParseOptions, first: number): ParsedHeader | undefined {
  let length = Math.min(first, bytes.length);
  for (let step = 0; step < mostSteps; step++) {
    const parsed = parseGguf(bytes.subarray(0, length), fileBytes, options);
    if ("header" in parsed) return parsed.header;
    if (!(parsed.needs > length && parsed.needs <= fileBytes)) throw new Error(`It has ${length} bytes and needs ${parsed.needs}.`);
    if (length === bytes.length) return undefined;
    length = Math.min(bytes.length, parsed.needs);
  }
  throw new Error("It asks without end.");
}

function inPieces(bytes: Buffer, fileBytes: number, options: ParseOptions): ParsedHeader | undefined {
  const reading = headerReading(fileBytes, options);
  let step = reading.next();
  for (let steps = 0; steps < mostSteps; steps++) {
    if (step.done) return step.value;
    const { offset, bytes: wanted } = step.value;
    if (!(offset >= 0 && (wanted > 0 || fileBytes === 0) && offset + wanted <= fileBytes)) throw new Error(`It wants ${wanted} bytes at ${offset}.`);
    if (fileBytes !== bytes.length && offset + wanted > bytes.length) return undefined;
    step = reading.next(bytes.subarray(offset, offset + wanted));
  }
  throw new Error("It reads without end.");
}

function same(a: ParsedHeader, b: ParsedHeader | HumanError): void {
  const text = (header: unknown): string => JSON.stringify(header, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value instanceof Map ? [...value] : value instanceof Error ? value.message : value));
  if (text(a) !== text(b)) throw new Error(`In one piece it is ${text(a).slice(0, 500)}, in many ${text(b).slice(0, 500)}.`);
}

/** What is done with a header by those who show it. */
function use(header: ParsedHeader, bytes: number): void {
  const kept = Object.values(header.metadata).reduce<number>((sum, value) => sum + size(value), 0);
  if (kept > bytes || header.tensors.length * 24 > bytes) throw new Error(`${bytes} bytes hold ${kept} values and ${header.tensors.length} tensors.`);
  describeModel("x.gguf", header, bytes);
  const inspection = inspectionOf(factsOf("x.gguf", header, bytes).model, header);
  const shown = JSON.stringify(inspection).length;
  if (shown > 10_000 + 100 * bytes) throw new Error(`${bytes} bytes are shown as ${shown}.`);
  diffOf(inspection, inspection);
  memoryOfFile(header, 4096);
  const tokens = header.metadata["tokenizer.ggml.tokens"];
  failedAssertion(header, Array.isArray(tokens) ? tokens.map(String) : []);
}

function size(value: unknown): number {
  if (isFoldedText(value)) return 1;
  if (isFolded(value)) return size(value.first);
  return Array.isArray(value) ? value.reduce<number>((sum, inner) => sum + size(inner), 0) : 1;
}
