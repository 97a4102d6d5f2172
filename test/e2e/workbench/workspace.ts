import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { environment } from "./environment";

/** A folder of its own for one test file, with the sample contract in it. */
export class Workspace {
  private constructor(readonly folder: string) {}

  static async create(name: string): Promise<Workspace> {
    const workspace = new Workspace(join(environment.workspaces, name));
    await rm(workspace.folder, { recursive: true, force: true });
    await mkdir(join(workspace.folder, ".vscode"), { recursive: true });
    await copyFile(environment.contract, workspace.path(basename(environment.contract)));
    return workspace;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** The workbench notices edits of this file while it runs, unlike those of the user's settings. */
  async useTheme(theme: string): Promise<void> {
    await writeFile(this.path(".vscode/settings.json"), JSON.stringify({ "workbench.colorTheme": theme }));
  }
}

/** The folder of the models that came with the installed extension. */
export async function builtInModels(): Promise<string> {
  const extension = (await readdir(environment.extensionsFolder)).find((name) => name.startsWith("decant.decant-"));
  if (!extension) throw new Error("The extension is not installed in the workbench.");
  return join(environment.extensionsFolder, extension, "media", "models");
}

/** Files of a folder by their ends, for tests that look for what was left behind. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).sort();
}

/** Takes away the levels and importance matrices that a test made of the built-in model. */
export async function removeMadeLevels(): Promise<void> {
  await rm(environment.levelsFolder, { recursive: true, force: true });
}

/** Takes away what was measured and sampled of any model. */
export async function removeResults(): Promise<void> {
  await rm(join(environment.levelsFolder, "..", "tradeoffs"), { recursive: true, force: true });
}

/** Takes away what was read of documents and what was said of their findings. */
export async function removeDocuments(): Promise<void> {
  await rm(join(environment.levelsFolder, "..", "documents"), { recursive: true, force: true });
}
