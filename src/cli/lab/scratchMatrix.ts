import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelFile } from "../../protocol/model";
import { HumanError } from "../../protocol/humanError";
import type { Invocation } from "../command";
import { readingOf, textsOf } from "./labText";
import { progressLine } from "./workProgress";

/** Works with the importance matrix that --imatrix names, or with one made on the texts of --text and removed after; with none where both are absent. */
export async function withMatrix<R>(invocation: Invocation, model: ModelFile, imatrix: string | undefined, work: (imatrix: string | undefined) => Promise<R>): Promise<R> {
  const texts = imatrix === undefined ? await textsOf(invocation) : [];
  if (texts.length === 0) return work(imatrix);
  const folder = await mkdtemp(join(tmpdir(), "decant-matrix-"));
  try {
    return await work(await made(join(folder, "matrix.gguf")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  async function made(output: string): Promise<string> {
    for await (const event of invocation.services.matrices.calibrate(model, texts, invocation.token, { output, ...readingOf(invocation) })) {
      if (event.kind === "result") return event.result.path;
      const { chunk, totalChunks, secondsLeft } = event.progress;
      invocation.output.progress(progressLine("Reading the text", chunk / Math.max(1, totalChunks), secondsLeft));
    }
    throw new HumanError("runtimeStopped", "Reading the text ended without a result. Try again.");
  }
}
