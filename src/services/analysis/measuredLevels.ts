import type { ModelFile, QuantType } from "../../protocol/model";
import type { JsonStore } from "../jsonStore";
import { fingerprint } from "../tradeoffs/fingerprint";
import { type ChunkSettings, groundOf, type StudyText, withKept } from "../tradeoffs/ground";
import { keyOf } from "../tradeoffs/levels";
import { baseKey } from "../tradeoffs/measurement";
import type { LevelFigures, MeasuredLevels } from "./profile";

/** Levels that the profile of a task names. */
const levels: readonly QuantType[] = ["Q8_0", "Q4_K_M", "Q4_0"];

export interface MeasuredLevelsOptions {
  /** Where the tradeoff study keeps its results. */
  readonly store: JsonStore;
  originalOf(model: ModelFile): Promise<ModelFile>;
  /** The text measured on by default. */
  sampleText(): Promise<StudyText>;
  measuring(): ChunkSettings;
}

/** What the tradeoff study measured of a model's levels: on this very document, else on the text it takes by default. */
export function measuredLevels({ store, originalOf, sampleText, measuring }: MeasuredLevelsOptions): (model: ModelFile, document: { readonly name: string; readonly text: string }) => Promise<MeasuredLevels | undefined> {
  return async (model, document) => {
    const original = await originalOf(model);
    const name = await fingerprint(original.path);
    for (const text of [{ ...document, kind: "document" as const }, await sampleText()]) {
      const { results } = await withKept(groundOf(text, original.contextLength, measuring()), store, name);
      const base = results.get(baseKey);
      const found = levels.flatMap((type): LevelFigures[] => {
        const { row, clauseF1 } = results.get(keyOf({ type }, undefined)) ?? {};
        return row?.kl && row.top1Agreement !== undefined ? [{ type, bytes: row.bytes, kl: row.kl.mean, agreement: row.top1Agreement, ...(clauseF1 !== undefined && { clauseF1 }) }] : [];
      });
      if (found.length > 0) return { textName: text.name, levels: found, ...(base?.clauseF1 !== undefined && { originalF1: base.clauseF1 }) };
    }
    return undefined;
  };
}
