import type { ModelFile } from "../../protocol/model";

const hubName = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const ollamaName = /^(?:([A-Za-z0-9][\w.-]*)\/)?([A-Za-z0-9][\w.-]*)(?::[A-Za-z0-9][\w.-]*)?$/;

/** The page that tells of a model. Names come from other programs' folders: only well-formed ones make an address. */
export function modelPage(model: ModelFile, hubUrl: string): string | undefined {
  // Several names are joined by commas; a revision of the hub follows an @.
  const name = model.name?.split(/[,@]/)[0]?.trim() ?? "";
  if (model.source === "ollama") {
    const [, owner, own] = ollamaName.exec(name) ?? [];
    return own && `https://ollama.com/${owner ?? "library"}/${own}`;
  }
  return repositoryPage(name, hubUrl);
}

/** "owner/name" at the hub. */
export function repositoryPage(id: string, hubUrl: string): string | undefined {
  const isSafe = hubName.test(id) && !id.includes("..") && /^https?:\/\//.test(hubUrl);
  return isSafe ? `${hubUrl}/${id}` : undefined;
}
