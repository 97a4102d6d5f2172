/** Where things stand. Everything the scripts make is under .workbench/, which git ignores. */
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(fileURLToPath(import.meta.url), "../../..");
export const inRoot = (...names) => path.join(root, ...names);
export const inWorkbench = (...names) => inRoot(".workbench", ...names);

export const extensionId = "decant.decant";
export const sampleContract = inRoot("media", "samples", "supply-agreement.md");
