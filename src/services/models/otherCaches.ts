import { readdir } from "node:fs/promises";
import { relative, sep } from "node:path";
import type { FoundFile } from "../../core/models/fileFacts";
import { plainText } from "../../core/models/safePath";
import type { Log } from "../ports";
import { type Reached, ggufFilesBelow } from "./ggufFolder";
import { hubCacheFiles } from "./hubCache";

/** LM Studio keeps publisher/repository/file. */
export async function lmStudioFiles(folder: string, reached: Reached, log: Log): Promise<readonly FoundFile[]> {
  return (await wholeFiles(folder, reached, log)).map((path) => {
    const [publisher, repository, file] = relative(folder, path).split(sep);
    return { path, source: "lmStudio", ...(file !== undefined && { names: [plainText(`${publisher}/${repository}`)] }) };
  });
}

/** llama.cpp keeps what it fetched in the hub's layout; until 2025 flat, as owner_name_file.gguf beside a list manifest=owner=name=tag.json. */
export async function llamaCppFiles(folder: string, reached: Reached, log: Log): Promise<readonly FoundFile[]> {
  const inHubLayout = await hubCacheFiles(folder, reached, log, "llamaCpp");
  const repositories = (await readdir(folder).catch(() => [])).flatMap((name) => {
    const [, owner, repository] = /^manifest=([^=]+)=([^=]+)=.*\.json$/.exec(name) ?? [];
    return owner !== undefined && repository !== undefined ? [{ owner, repository }] : [];
  });
  const flat = (await wholeFiles(folder, reached, log)).map((path): FoundFile => {
    const file = relative(folder, path);
    const listed = repositories.find(({ owner, repository }) => file.startsWith(`${owner}_${repository}_`));
    const [, owner, repository] = /^([^_]+)_(.+?-gguf)_./i.exec(file) ?? [];
    const name = listed ? `${listed.owner}/${listed.repository}` : owner !== undefined ? `${owner}/${repository}` : undefined;
    return { path, source: "llamaCpp", ...(name !== undefined && { names: [plainText(name)] }) };
  });
  return [...inHubLayout, ...flat];
}

async function wholeFiles(folder: string, reached: Reached, log: Log): Promise<readonly string[]> {
  return (await ggufFilesBelow(folder, reached, log, { links: "inside" })).flatMap(({ path, dangling }) => (dangling ? [] : [path]));
}
