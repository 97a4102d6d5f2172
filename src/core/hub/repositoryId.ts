import { isSafeName } from "../models/safePath";

/** Characters of an owner's or a repository's name. Source: the hub's own rule (validate_repo_id of huggingface_hub). */
const name = /^\w(?:[\w.-]{0,94}\w)?$/;

/** "owner/name" (or "name" of the hub's first models) meant by a text: the id itself, or the address of its page. */
export function repositoryIdOf(text: string): string | undefined {
  const trimmed = text.trim();
  const path = /^https?:\/\/[^/]+\/(.+)$/i.exec(trimmed)?.[1];
  const id = path === undefined ? trimmed : path.split(/[?#]/)[0]!.split("/").slice(0, 2).join("/");
  return isRepositoryId(id) ? id : undefined;
}

/** Such an id is safe as one or two folders, on any system. */
export function isRepositoryId(text: string): boolean {
  const names = text.split("/");
  return names.length <= 2 && names.every((part) => name.test(part) && !part.includes("..") && !part.includes("--") && isSafeName(part));
}
