import { basename } from "node:path";
import { familyOfName } from "../../core/gguf/header";
import type { MetadataEntry } from "../../core/gguf/writer";
import type { Recipe } from "../../protocol/model";
import { overrideText } from "./overrideText";

const between = " > ";

/**
 * What Decant notes in a file about where it comes from: the step that made it, the steps before, what it was made of, and
 * the first of them all. core/models/lineage.ts reads it.
 */
export function lineageMetadata(input: string, valueOf: (key: string) => unknown, step: string): ReadonlyMap<string, string> {
  const text = (key: string): string | undefined => {
    const value = valueOf(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const before = [text("decant.history"), text("decant.step")].flatMap((steps) => steps?.split(between) ?? []);
  const base = text("decant.base") ?? text("general.base_model.0.name") ?? text("general.name") ?? familyOfName(basename(input));
  return new Map([
    ["decant.step", overrideText(step)],
    ...(before.length > 0 ? [["decant.history", lastThatFit(before)] as const] : []),
    ["decant.parent", overrideText(basename(input))],
    ["decant.base", overrideText(base)],
  ]);
}

/** The same as entries of a header that is written anew. */
export function lineageEntries(input: string, metadata: Readonly<Record<string, unknown>>, step: string): readonly MetadataEntry[] {
  return [...lineageMetadata(input, (key) => metadata[key], step)].map(([key, value]) => ({ key, type: "string", value }));
}

export function quantizeStep({ type, tensorTypes, imatrix }: Recipe): string {
  return [`quantize ${type}`, ...(tensorTypes ? ["as a mix"] : []), ...(imatrix === undefined ? [] : ["with an importance matrix"])].join(" ");
}

/** The oldest steps are left out where there is no room for all. */
function lastThatFit(steps: readonly string[]): string {
  const start = steps.findIndex((_, index) => {
    const text = steps.slice(index).join(between);
    return overrideText(text) === text;
  });
  return overrideText(steps.slice(start < 0 ? -1 : start).join(between));
}
