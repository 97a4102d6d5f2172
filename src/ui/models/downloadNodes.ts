import { Emitter, type Event } from "../../core/emitter";
import type { Download } from "../../protocol/hub";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";
import { isPending } from "./downloadWords";
import type { DownloadNode } from "./modelNode";

export interface DownloadSource {
  readonly list: readonly Download[];
  readonly onDidChange: Event<unknown>;
}

/** Milliseconds between two looks at the progress. */
const interval = 500;

/** Rows of what is being fetched: each stays one object, so that progress redraws it alone. */
export class DownloadNodes {
  readonly #disposables = new Disposables();
  readonly #listChanged = this.#disposables.add(new Emitter<void>());
  readonly #progressed = this.#disposables.add(new Emitter<DownloadNode>());
  readonly onDidChangeList = this.#listChanged.event;
  readonly onDidProgress = this.#progressed.event;
  readonly #nodes = new Map<string, { kind: "download"; download: Download }>();

  constructor(private readonly source: DownloadSource) {
    const look = this.#disposables.add(new Throttle(interval, () => this.#look()));
    this.#disposables.add(source.onDidChange(() => look.request()));
    this.#look();
  }

  get nodes(): readonly DownloadNode[] {
    return [...this.#nodes.values()];
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #look(): void {
    const pending = this.source.list.filter(isPending);
    const known = [...this.#nodes.keys()].join("\n");
    const gone = new Set(this.#nodes.keys());
    const progressed: DownloadNode[] = [];
    for (const download of pending) {
      gone.delete(download.id);
      const node = this.#nodes.get(download.id);
      if (!node) this.#nodes.set(download.id, { kind: "download", download });
      else if (node.download !== download) {
        node.download = download;
        progressed.push(node);
      }
    }
    for (const id of gone) this.#nodes.delete(id);
    if ([...this.#nodes.keys()].join("\n") !== known) this.#listChanged.fire();
    else for (const node of progressed) this.#progressed.fire(node);
  }
}
