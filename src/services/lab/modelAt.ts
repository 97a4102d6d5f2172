import { factsOf } from "../../core/models/fileFacts";
import type { ModelFile } from "../../protocol/model";
import { readGgufSummary } from "../ggufFile";

/** The model that a job wrote. */
export async function modelAt(path: string): Promise<ModelFile> {
  const { header, bytes } = await readGgufSummary(path);
  if (header.problem) throw header.problem;
  return factsOf(path, header, bytes).model;
}
