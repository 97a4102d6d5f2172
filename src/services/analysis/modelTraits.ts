import { stat } from "node:fs/promises";
import { type CueScheme, cueSchemeFromMetadata } from "../../core/documents/cues";
import type { ModelTraits } from "../../core/fit/abilities";
import { metadataString } from "../../core/gguf/header";
import type { ModelFile } from "../../protocol/model";
import { readGgufFile } from "../ggufFile";
import { modelName } from "../models/modelLibrary";
import { hashOf } from "../tradeoffs/fingerprint";

/** What a model's header tells of the ways it can read a document. */
export interface ReadingTraits extends ModelTraits {
  /** Present where the model was trained to name clauses after a cue. */
  readonly scheme?: CueScheme;
  /** Hash of all that the header says of reading clauses (scheme, thresholds, lexicon): a part of a large file that its fingerprint may pass over. */
  readonly schemeHash: string;
}

/** Reads headers once for each state of a file. */
export class HeaderTraits {
  readonly #read = new Map<string, Promise<ReadingTraits>>();
  readonly #known = new Map<string, ReadingTraits>();

  async of(model: ModelFile): Promise<ReadingTraits> {
    const { size, mtimeMs } = await stat(model.path);
    const key = `${model.path}\n${size}\n${mtimeMs}`;
    const reading = this.#read.get(key) ?? readTraits(model);
    this.#read.set(key, reading);
    try {
      const traits = await reading;
      this.#known.set(model.path, traits);
      return traits;
    } catch (error) {
      this.#read.delete(key);
      throw error;
    }
  }

  /** What was read of this model before. */
  known(model: ModelFile): ReadingTraits | undefined {
    return this.#known.get(model.path);
  }
}

async function readTraits(model: ModelFile): Promise<ReadingTraits> {
  const { header } = await readGgufFile(model.path);
  const scheme = cueSchemeFromMetadata(header.metadata);
  return {
    name: modelName(model),
    parameters: model.parameters,
    hasChatTemplate: metadataString(header, "tokenizer.chat_template") !== undefined,
    ...(scheme && { scheme }),
    schemeHash: hashOf(JSON.stringify(Object.entries(header.metadata).filter(([key]) => key.startsWith("decant.")), (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))),
  };
}
