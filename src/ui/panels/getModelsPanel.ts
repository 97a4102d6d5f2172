import * as vscode from "vscode";
import type { Download } from "../../protocol/hub";
import type { GetModelsEvent, GetModelsRequests } from "../../protocol/modelPanels";
import type { GetModels } from "../../services/hub/getModels";
import type { Event } from "../../core/emitter";
import { Disposables } from "../disposables";
import { Throttle } from "../throttle";
import { PanelHost } from "./panelHost";

export interface GetModelsPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly getModels: GetModels;
  signIn(): Promise<void>;
  signOut(): Promise<void>;
  chooseFolder(): Promise<void>;
  openPage(id: string): Promise<void>;
  cancelDownload(id: string): Promise<void>;
  readonly onDidSign: Event<boolean>;
  /** A download has come to its end. */
  didFinish(download: Download): void;
  /** Shows a finished download: in the tree, or the folder of a checkpoint. */
  revealTarget(target: string): Promise<void>;
  showError(error: unknown): void;
}

const viewType = "decant.getModels";
/** Milliseconds between two pictures while downloads go on. */
const pictureInterval = 250;

/** Searches a model hub, shows what fits before anything is fetched, and fetches it. */
export class GetModelsPanel {
  readonly #always = new Disposables();
  #host: PanelHost<GetModelsRequests, GetModelsEvent> | undefined;
  #finished = new Set<string>();

  constructor(private readonly parts: GetModelsPanelParts) {
    const picture = this.#always.add(new Throttle(pictureInterval, () => this.#draw()));
    this.#always.add(parts.getModels.onDidChange(() => {
      picture.request();
      this.#tellFinished();
    }));
    this.#always.add(parts.onDidSign(() => this.#host && void this.#refresh()));
    this.#always.add(vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel) => (this.#host ? panel.dispose() : this.#create(panel)),
    }));
  }

  show(): void {
    if (!this.#host) return this.#create();
    this.#host.reveal();
    this.#host.tell({ kind: "revealed" });
  }

  dispose(): void {
    this.#host?.dispose();
    this.#always.dispose();
  }

  #create(restored?: vscode.WebviewPanel): void {
    const { extensionUri, getModels, signIn, signOut, chooseFolder, openPage, cancelDownload } = this.parts;
    const options = { name: "getModels", title: "Get Models", column: vscode.ViewColumn.Active, restored } as const;
    this.#host = new PanelHost<GetModelsRequests, GetModelsEvent>(extensionUri, options, {
      ready: () => getModels.snapshot,
      search: ({ query, format }) => getModels.search(query, format),
      open: ({ id }) => getModels.open(id),
      close: () => getModels.close(),
      readHeader: ({ choice }) => getModels.readHeader(choice),
      download: ({ choice }) => this.#try(() => getModels.download(choice)),
      pause: ({ id }) => this.#try(() => getModels.pause(id)),
      resume: ({ id }) => this.#try(() => getModels.resume(id)),
      cancel: ({ id }) => this.#try(() => cancelDownload(id)),
      dismiss: ({ id }) => getModels.dismiss(id),
      reveal: ({ id }) => this.#try(() => this.#reveal(id)),
      signIn: () => this.#try(signIn),
      signOut: () => this.#try(signOut),
      chooseFolder: () => this.#try(async () => {
        await chooseFolder();
        await getModels.refresh();
      }),
      openPage: ({ id }) => this.#try(() => openPage(id)),
    });
    this.#host.onDidDispose(() => (this.#host = undefined));
    void this.#refresh();
  }

  #refresh(): Promise<void> {
    return this.#try(() => this.parts.getModels.refresh());
  }

  /** Also while the panel is closed: downloads go on without it. */
  #tellFinished(): void {
    const done = this.parts.getModels.snapshot.downloads.filter(({ state }) => state === "done");
    for (const download of done) if (!this.#finished.has(download.id)) this.parts.didFinish(download);
    this.#finished = new Set(done.map(({ id }) => id));
  }

  async #reveal(id: string): Promise<void> {
    const target = this.parts.getModels.snapshot.downloads.find((download) => download.id === id)?.target;
    if (target !== undefined) await this.parts.revealTarget(target);
  }

  #draw(): void {
    this.#host?.tell({ kind: "snapshot", snapshot: this.parts.getModels.snapshot });
  }

  async #try(action: () => Promise<void> | void): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.parts.showError(error);
    }
  }
}
