import type { HubQuestion } from "./hubConnection";
import { encodedPath } from "./hubAddress";

/** A file of a repository at one commit. */
export function fileQuestion(repository: string, revision: string, path: string): HubQuestion {
  return { path: `/${encodedPath(repository)}/resolve/${revision}/${encodedPath(path)}`, what: repository, page: `/${encodedPath(repository)}` };
}

/** What the hub tells of a repository, with the sizes of its files. Source: the hub's API documentation, "repo info". */
export function repositoryQuestion(repository: string): HubQuestion {
  return { path: `/api/models/${encodedPath(repository)}/revision/main?blobs=true`, what: repository, page: `/${encodedPath(repository)}` };
}

const expanded = ["downloads", "likes", "lastModified", "gated", "private", "tags", "gguf", "safetensors", "config"];

/** The most downloaded repositories that a query finds. Source: the hub's API documentation, "list models". */
export function searchQuestion(query: string, filter: string | undefined, limit: number): HubQuestion {
  const parameters = new URLSearchParams([
    ["search", query], ["sort", "downloads"], ["direction", "-1"], ["limit", String(limit)],
    ...(filter === undefined ? [] : [["filter", filter]]),
    ...expanded.map((field) => ["expand[]", field]),
  ]);
  return { path: `/api/models?${parameters.toString()}`, what: "models" };
}
