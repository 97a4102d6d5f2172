/** Host <-> webview of the panels about models: the inspector, Get Models, and the meter. */
import type { Download, HubDetails, HubFormat, HubModel } from "./hub";
import type { LoadedModel, Machine, MeterReading, ModelFile } from "./model";

/** A metadata value. Long lists are folded: their length, and as many of their first values as are worth showing. */
export type ShownValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "list"; readonly element: string; readonly length: number; readonly first: readonly string[] };

export interface MetadataRow {
  readonly key: string;
  /** GGUF value type, e.g. "u32", "string", "array". */
  readonly type: string;
  readonly value: ShownValue;
}

export interface TensorRow {
  readonly name: string;
  /** ggml storage type. */
  readonly type: string;
  /** Row length first. */
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly bitsPerWeight: number;
  /** -1 outside of the blocks. */
  readonly block: number;
  /** e.g. "attn_q", "token_embd". */
  readonly role: string;
}

export interface Inspection {
  readonly model: ModelFile;
  /** GGUF version, and whether its numbers are big-endian. */
  readonly version: number;
  readonly bigEndian: boolean;
  readonly bitsPerWeight: number;
  readonly metadata: readonly MetadataRow[];
  readonly tensors: readonly TensorRow[];
}

/** What differs between two files. Rows that are the same are left out, but counted. */
export interface InspectionDiff {
  readonly first: ModelFile;
  readonly second: ModelFile;
  readonly metadata: readonly { readonly key: string; readonly first?: ShownValue; readonly second?: ShownValue }[];
  readonly tensors: readonly { readonly name: string; readonly first?: TensorRow; readonly second?: TensorRow }[];
  readonly same: { readonly metadata: number; readonly tensors: number };
}

export interface InspectorSnapshot {
  /** File name. */
  readonly name: string;
  readonly inspection?: Inspection;
  readonly diff?: InspectionDiff;
  readonly loading?: boolean;
  /** One sentence where the file cannot be read; what could be read of it is shown all the same. */
  readonly problem?: string;
}

export interface InspectorRequests {
  ready(): InspectorSnapshot;
  /** All values of a folded list, as texts, from `start` on, at most `count`. */
  values(args: { readonly key: string; readonly start: number; readonly count: number }): readonly string[];
  copy(args: { readonly text: string }): void;
  /** Asks for the other file in the editor's own picker. */
  compare(): void;
  closeDiff(): void;
  quantize(): void;
  showTradeoffs(): void;
}
export type InspectorEvent = { readonly kind: "snapshot"; readonly snapshot: InspectorSnapshot };

export interface GetModelsSnapshot {
  /** The hub's host, e.g. "huggingface.co". */
  readonly hub: string;
  /** Where downloads go. */
  readonly folder: string;
  readonly freeBytes?: number;
  /** Whether a token of the hub is kept. */
  readonly signedIn: boolean;
  readonly query: string;
  readonly format: HubFormat | "all";
  readonly searching: boolean;
  /** Absent before the first search. */
  readonly results?: readonly HubModel[];
  /** The repository that is open. */
  readonly details?: HubDetails;
  readonly opening?: string;
  /** Choices whose header is being read. */
  readonly reading: readonly string[];
  readonly downloads: readonly Download[];
  /** One sentence: offline, not allowed, not found, too many requests. */
  readonly problem?: string;
}

export interface GetModelsRequests {
  ready(): GetModelsSnapshot;
  search(args: { readonly query: string; readonly format: HubFormat | "all" }): void;
  open(args: { readonly id: string }): void;
  close(): void;
  /** Reads the header of a choice, for its exact memory. */
  readHeader(args: { readonly choice: string }): void;
  download(args: { readonly choice: string }): void;
  pause(args: { readonly id: string }): void;
  resume(args: { readonly id: string }): void;
  /** Stops it and deletes what was fetched. */
  cancel(args: { readonly id: string }): void;
  /** Takes a finished or failed one off the list. */
  dismiss(args: { readonly id: string }): void;
  reveal(args: { readonly id: string }): void;
  /** Ask in the editor's own boxes. */
  signIn(): void;
  signOut(): void;
  chooseFolder(): void;
  openPage(args: { readonly id: string }): void;
}
export type GetModelsEvent =
  | { readonly kind: "snapshot"; readonly snapshot: GetModelsSnapshot }
  /** A command brought the panel to the front again. */
  | { readonly kind: "revealed" };

export interface MeterSample extends MeterReading {
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface MeterSnapshot {
  readonly machine?: Machine;
  readonly loaded?: LoadedModel;
  readonly modelName?: string;
  /** Why the model was loaded as it was, in sentences. */
  readonly why: readonly string[];
  /** Oldest first, one a second, at most those of the last ten minutes. */
  readonly samples: readonly MeterSample[];
  /** What is being done. */
  readonly activity?: string;
}
export interface MeterRequests {
  ready(): MeterSnapshot;
  load(): void;
  unload(): void;
}
export type MeterEvent = { readonly kind: "snapshot"; readonly snapshot: MeterSnapshot };
