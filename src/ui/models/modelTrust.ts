import { realpath } from "node:fs/promises";
import { relative, isAbsolute, sep } from "node:path";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import { fileName } from "../format";

/** Shown with the action that leads to the trust of the workspace. */
export class UntrustedModelError extends HumanError {
  constructor(path: string) {
    super("unsupported", `${fileName(path)} is in a workspace that you have not trusted: trust it to let native code read the file.`);
    this.name = "UntrustedModelError";
  }
}

export interface WorkspaceTrust {
  isTrusted(): boolean;
  /** Paths of the workspace's folders. */
  folders(): readonly string[];
}

/** Keeps model files of an untrusted workspace from llama.cpp, which was not written to withstand hostile files. */
export class ModelTrust {
  constructor(private readonly workspace: WorkspaceTrust) {}

  /** Throws for a file of an untrusted workspace, whichever link leads to it. The model that ships with Decant is always fine. */
  async require(model: ModelFile): Promise<void> {
    if (!model.builtIn) await this.requirePath(model.path);
  }

  /** The same for any file or folder that native code would read. */
  async requirePath(path: string): Promise<void> {
    if (this.workspace.isTrusted()) return;
    const files = await spellings(path);
    const folders = (await Promise.all(this.workspace.folders().map(spellings))).flat();
    if (files.some((file) => folders.some((folder) => isInside(file, folder)))) throw new UntrustedModelError(path);
  }
}

/** A path as it is written and as the file system resolves it. */
async function spellings(path: string): Promise<readonly string[]> {
  return [path, await realpath(path).catch(() => path)];
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
