import { stat } from "node:fs/promises";
import { inspectionOf } from "../../core/models/inspection";
import { diffOf } from "../../core/models/inspectionDiff";
import { itemText, unlike } from "../../core/models/shownValue";
import { HumanError } from "../../protocol/humanError";
import type { Inspection, InspectionDiff } from "../../protocol/modelPanels";
import { type GgufFile, readGgufHeader, readGgufSummary } from "../ggufFile";
import { partsOf, readWholeModel, type WholeModel } from "./modelParts";

/** Values that are given at once. */
const mostValues = 10_000;

/** Looks into GGUF files: headers only, and never with native code. A split model is shown as one. Throws a HumanError for a file without a readable header. */
export class Inspector {
  /** The file whose lists are leafed through, by path, size and time of change, for as long as there is memory to spare. */
  #leafed: { readonly state: string; readonly file: WeakRef<GgufFile> } | undefined;

  /** A file that can be shown but not used has a `problem` in its model. */
  async inspect(path: string): Promise<Inspection> {
    return inspectionOfModel(await readWholeModel(path, readGgufSummary));
  }

  async diff(first: string, second: string): Promise<InspectionDiff> {
    const [a, b] = [await readWholeModel(first, readGgufHeader), await readWholeModel(second, readGgufHeader)];
    return diffOf(inspectionOfModel(a), inspectionOfModel(b), (key) => {
      const [ours, theirs] = [a.header.metadata[key], b.header.metadata[key]];
      return ours === undefined || theirs === undefined ? undefined : unlike(ours, theirs, a.header.entries.get(key)?.element);
    });
  }

  /** Values of a list as texts, from `start` on, at most `count` of them. */
  async values(path: string, key: string, start: number, count: number): Promise<string[]> {
    const { header } = await this.#whole(path);
    const element = header.entries.get(key)?.element;
    const list = header.metadata[key];
    if (!element || !Array.isArray(list)) throw new HumanError("notFound", `The file has no list ${key}, or one too long to be read: it may have changed, open it again.`);
    const from = Math.max(0, Math.floor(start) || 0);
    return list.slice(from, from + Math.min(Math.max(0, count), mostValues)).map((item) => itemText(item, element));
  }

  /** Reading a large vocabulary takes half a second: not once a page. */
  async #whole(asked: string): Promise<GgufFile> {
    const [path = asked] = await partsOf(asked);
    const status = await stat(path).catch(() => undefined);
    const state = `${path}\n${status?.size}\n${status?.mtimeMs}`;
    const kept = this.#leafed?.state === state ? this.#leafed.file.deref() : undefined;
    const file = kept ?? (await readGgufHeader(path));
    this.#leafed = { state, file: new WeakRef(file) };
    return file;
  }
}

function inspectionOfModel({ model, header }: WholeModel): Inspection {
  return inspectionOf(model, header);
}
