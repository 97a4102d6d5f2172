import type * as vscode from "vscode";
import type { Event } from "../../core/emitter";
import type { CompressionLabParts, LabMemory, LabSource } from "../../services/lab/compressionLabParts";
import { CompressionLab } from "../../services/lab/compressionLab";
import type { Log } from "../../services/ports";
import type { StudyTexts } from "../texts/studyTexts";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";

export interface LabGround {
  /** Made when the lab is first used. */
  parts(): CompressionLabParts;
  readonly texts: StudyTexts;
  /** Keeps the recipe that is edited while the window is closed. */
  readonly memory: vscode.Memento;
  readonly onDidChangeModels: Event<void>;
  /** A step made a file. */
  didMake(path: string): void;
  readonly log: Pick<Log, "error">;
}

const memoryKey = "decant.lab";
/** Milliseconds between two writes of what is kept. */
const memoryInterval = 1000;

/** The one lab of a window: made at its first use, with the recipe of the last session. */
export class Lab {
  readonly #disposables = new Disposables();
  #lab: Promise<CompressionLab> | undefined;
  #current: CompressionLab | undefined;

  constructor(private readonly ground: LabGround) {}

  /** Undefined until it is used for the first time. */
  get current(): CompressionLab | undefined {
    return this.#current;
  }

  get(): Promise<CompressionLab> {
    this.#lab ??= this.#create().catch((error: unknown) => {
      this.#lab = undefined;
      throw error;
    });
    return this.#lab;
  }

  /** Pauses what runs; resolves when nothing of it is half written. */
  async end(): Promise<void> {
    await this.#current?.end();
  }

  dispose(): void {
    this.#current?.dispose();
    this.#disposables.dispose();
  }

  async #create(): Promise<CompressionLab> {
    const { texts, memory, onDidChangeModels, didMake, log } = this.ground;
    const kept = memory.get<LabMemory>(memoryKey);
    const source = kept?.text.kind === "bundled" ? await bundledSource(texts) : await texts.current(kept?.text.name);
    const lab = new CompressionLab(this.ground.parts(), source);
    this.#current = lab;
    await lab.refreshModels();
    // What an older release kept may have another shape.
    if (kept) await lab.restore(kept).catch(() => undefined);
    const keep = this.#disposables.add(new Throttle(memoryInterval, () => void memory.update(memoryKey, lab.memory)));
    this.#disposables.add(lab.onDidChange(() => keep.request()));
    this.#disposables.add(lab.onDidMake(({ path }) => didMake(path)));
    this.#disposables.add(onDidChangeModels(() => void lab.refreshModels().catch((error: unknown) => log.error("The lab could not look for models again", error))));
    return lab;
  }
}

async function bundledSource(texts: StudyTexts): Promise<LabSource> {
  const text = await texts.bundled();
  return () => text;
}
