import { resolve } from "node:path";
import type { ParseArgsConfig } from "node:util";
import type { Conversions } from "../services/conversions";
import type { CompressionJobs } from "../services/compressionJobs";
import type { DocumentAnalysis } from "../services/analysis/documentAnalysis";
import type { HeatMaps } from "../services/analysis/heatMap";
import type { Downloads } from "../services/hub/downloads";
import type { HubClient } from "../services/hub/hubClient";
import type { ImportanceMatrices } from "../services/importanceMatrices";
import type { Adapters } from "../services/lab/adapters";
import type { Pruning } from "../services/lab/pruning";
import type { RecipeRunner } from "../services/lab/recipeRunner";
import type { Training } from "../services/lab/training";
import type { ModelLoader } from "../services/loading/modelLoader";
import type { ModelLibrary } from "../services/models/modelLibrary";
import type { LoadWishes } from "../core/fit/loadPlan";
import type { Runtime } from "../services/ports";
import type { Provenance } from "../services/tradeoffs/report";
import type { StudyText } from "../services/tradeoffs/ground";
import type { TradeoffStudy } from "../services/tradeoffs/study";
import type { OwnCategory } from "../protocol/documents";
import type { ModelFile, ModelSource } from "../protocol/model";
import type { CancellationToken } from "../protocol/rpc";
import { HumanError } from "../protocol/humanError";

/** What every command may use; the same services as the editor's. */
export interface Services {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
  readonly conversions: Conversions;
  readonly analysis: DocumentAnalysis;
  /** The same with the person's own categories. */
  analysisWith(own: readonly OwnCategory[]): DocumentAnalysis;
  readonly heatMaps: HeatMaps;
  /** The hub at HF_ENDPOINT, else Hugging Face. */
  readonly hub: { readonly client: HubClient; readonly downloads: Downloads };
  readonly matrices: ImportanceMatrices;
  readonly lab: { readonly pruning: Pruning; readonly training: Training; readonly adapters: Adapters; readonly recipes: RecipeRunner };
  library(folders: readonly string[], sources?: readonly ModelSource[]): ModelLibrary;
  study(model: ModelFile, text: StudyText, settings: StudySettings): TradeoffStudy;
  /** The text that ships with Decant. */
  sampleText(): Promise<StudyText>;
  readonly versions: Pick<Provenance, "decant" | "llamaCpp" | "node" | "platform">;
  /** Loads by these wishes; what is absent is chosen. */
  loader(wishes: LoadWishes): ModelLoader;
  threads(): number;
}

export interface StudySettings {
  /** At most so many chunks, of so many tokens. */
  readonly chunks?: number;
  readonly chunkTokens?: number;
  /** A file of labelled documents. */
  readonly labels?: string;
}

export interface Output {
  /** The result, for people or as JSON, on stdout. */
  result(text: string): void;
  /** Progress on stderr; replaces the line before on a terminal. */
  progress(text: string): void;
  /** A line on stderr that stays. */
  line(text: string): void;
  /** Whether stderr is a terminal. In a file every line stays, so fewer of them are welcome. */
  readonly live: boolean;
}

export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly json: boolean;
  readonly services: Services;
  readonly output: Output;
  readonly token: CancellationToken;
}

export interface Command {
  readonly name: string;
  /** e.g. "quantize IN --type T [--out F]". */
  readonly usage: string;
  readonly summary: string;
  /** Lines that --help adds, e.g. on options that the usage leaves out. */
  readonly details?: readonly string[];
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  run(invocation: Invocation): Promise<void>;
}

export function requireText(invocation: Invocation, option: string, example: string): string {
  const value = invocation.options[option];
  if (typeof value !== "string" || value === "") throw new HumanError("badArgument", `--${option} is missing, e.g. --${option} ${example}.`);
  return value;
}

/** An option that may be given several times (`multiple`). */
export function severalTexts(invocation: Invocation, option: string): readonly string[] {
  const values: unknown = invocation.options[option];
  return Array.isArray(values) ? values.map(String) : [];
}

export function optionalCount(invocation: Invocation, option: string): number | undefined {
  const value = invocation.options[option];
  if (value === undefined) return undefined;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new HumanError("badArgument", `--${option} takes a whole number from 1, not "${String(value)}".`);
  return count;
}

/** A number that `fits`; `what` says which, e.g. "a share above 0 and below 1, e.g. 0.5". */
export function optionalNumber(invocation: Invocation, option: string, what: string, fits: (value: number) => boolean): number | undefined {
  const value = invocation.options[option];
  if (value === undefined) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (!Number.isFinite(number) || !fits(number)) throw new HumanError("badArgument", `--${option} takes ${what}, not "${String(value)}".`);
  return number;
}

/** One of some words. */
export function optionalWord<W extends string>(invocation: Invocation, option: string, words: readonly W[]): W | undefined {
  const value = invocation.options[option];
  if (value === undefined) return undefined;
  const word = words.find((candidate) => candidate.toLowerCase() === String(value).toLowerCase());
  if (word === undefined) throw new HumanError("badArgument", `--${option} takes ${words.join(", ")}, not "${String(value)}".`);
  return word;
}

export function optionalPath(invocation: Invocation, option: string): string | undefined {
  const value = invocation.options[option];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "") throw new HumanError("badArgument", `--${option} needs the path of a file.`);
  return resolve(value);
}

export function twoPositionals(invocation: Invocation, first: string, second: string): readonly [string, string] {
  const [one, two, third] = invocation.positionals;
  if (one === undefined || two === undefined) throw new HumanError("badArgument", `Say which ${one === undefined ? `${first}, and which ${second}` : second}.`);
  if (third !== undefined) throw new HumanError("badArgument", `One ${first} and one ${second}: "${third}" is too many.`);
  return [one, two];
}

export function onePositional(invocation: Invocation, what: string): string {
  const [first, second] = invocation.positionals;
  if (first === undefined) throw new HumanError("badArgument", `Say which ${what}.`);
  if (second !== undefined) throw new HumanError("badArgument", `One ${what} at a time: "${second}" is too many.`);
  return first;
}

export function json(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner), 2);
}
