import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { ModelFile } from "../../../src/protocol/model";
import type { CalibrateParams } from "../../../src/protocol/rpc";
import { CompressionJobs } from "../../../src/services/compressionJobs";
import { type CalibrationChoices, ImportanceMatrices } from "../../../src/services/importanceMatrices";
import type { Runtime } from "../../../src/services/ports";

const model: ModelFile = { path: join("models", "small-F16.gguf"), family: "small", type: "F16", bytes: 1, parameters: 1, architecture: "llama", contextLength: 256 };

async function asked(choices?: CalibrationChoices): Promise<CalibrateParams> {
  let params: CalibrateParams | undefined;
  const runtime = { calibrate: async function* (asked: CalibrateParams) { params = asked; } } as unknown as Runtime;
  const log = { info: () => {}, error: () => {} };
  const matrices = new ImportanceMatrices(runtime, new CompressionJobs(runtime, { threads: () => 3 }), log, () => 3);
  await matrices.calibrate(model, [], new CancellationTokenSource().token, choices)[Symbol.asyncIterator]().next();
  return params!;
}

describe("calibrating", () => {
  it("writes beside the model, in chunks that the model can hold", async () => {
    expect(await asked()).toEqual({ model: model.path, texts: [], output: join("models", "small.imatrix.gguf"), context: 256, chunks: 200, threads: 3 });
  });

  it("follows what was chosen, and the usual for the rest", async () => {
    expect(await asked({ output: "a.gguf", context: 128, chunks: undefined })).toMatchObject({ output: "a.gguf", context: 128, chunks: 200 });
    expect(await asked({ chunks: 4 })).toMatchObject({ output: join("models", "small.imatrix.gguf"), context: 256, chunks: 4 });
  });
});
