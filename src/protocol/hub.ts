/** What a model hub tells, and what is being fetched from it. Sizes in bytes. */
import type { MemoryNeed, ModelRole, ModelShape, QuantType } from "./model";
import type { Fit } from "./panels";

/** How the weights of a repository are kept. */
export const hubFormats = ["gguf", "gptq", "safetensors"] as const;
export type HubFormat = (typeof hubFormats)[number];

/** A repository as a search lists it. */
export interface HubModel {
  /** "owner/name". */
  readonly id: string;
  readonly format: HubFormat | "unknown";
  readonly downloads: number;
  readonly likes: number;
  /** ISO 8601. */
  readonly updated?: string;
  /** SPDX identifier or the hub's own name; absent where the hub does not tell. */
  readonly license?: string;
  /** True where the owner must let a person in first. */
  readonly gated: boolean;
  readonly private?: boolean;
  /** Number of weights, where the hub tells. */
  readonly parameters?: number;
  /** e.g. "llama". */
  readonly architecture?: string;
}

/** What one choice in a repository would fetch: one GGUF file, all parts of a split one, or a whole checkpoint. */
export interface HubChoice {
  /** Unique in the repository: the path of its first file, or "checkpoint". */
  readonly id: string;
  /** e.g. "Q4_K_M", "Q8_0 in 3 parts", "GPTQ 4-bit, groups of 128", "safetensors BF16". */
  readonly label: string;
  readonly format: HubFormat;
  readonly level: QuantType | "unknown";
  readonly role: ModelRole;
  readonly bytes: number;
  readonly files: readonly HubFile[];
  /** Read from the file's own header by a ranged request, once asked for. */
  readonly header?: HubHeader;
  /** On this machine, from the header where it was read, else from the size alone. */
  readonly fit?: Fit;
  readonly memory?: MemoryNeed;
  /** It is where a download would put it, at this path. */
  readonly here?: string;
  /** A model of the same name and size is at this path; it may be another one. */
  readonly alike?: string;
  /** Why it cannot be used, e.g. a quantization method that cannot be converted. */
  readonly problem?: string;
}

export interface HubFile {
  /** In the repository, with "/" between folders. Comes from a stranger: never joined to a folder without `safeRelativePath`. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 in hexadecimal, where the hub tells (files of its large file storage). */
  readonly sha256?: string;
  /** Git's name of the content of a smaller file: SHA-1 of "blob <bytes>\0" and the content, in hexadecimal. */
  readonly gitBlob?: string;
}

export interface HubHeader {
  readonly architecture: string;
  readonly parameters: number;
  /** Tokens. */
  readonly contextLength: number;
  readonly bitsPerWeight: number;
  readonly hasChatTemplate: boolean;
  readonly license?: string;
  /** What memory follows from; it is the same for every level of one base. */
  readonly shape?: ModelShape;
}

/** A repository with its choices. */
export interface HubDetails {
  readonly model: HubModel;
  /** The commit that all files are of: what was shown is what is fetched. */
  readonly revision: string;
  readonly choices: readonly HubChoice[];
}

export type DownloadState = "waiting" | "running" | "paused" | "checking" | "done" | "failed";

export interface Download {
  readonly id: string;
  /** "owner/name". */
  readonly repository: string;
  readonly label: string;
  /** Where it will lie: the file, or the folder of a checkpoint. */
  readonly target: string;
  readonly bytes: number;
  readonly bytesDone: number;
  readonly state: DownloadState;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** One sentence where it failed, or waits because the hub asks for that. */
  readonly problem?: string;
}
