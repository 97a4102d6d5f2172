import { resolve } from "node:path";
import { HumanError } from "../protocol/humanError";
import type { ImatrixInfo } from "../protocol/model";
import { type Command, json, onePositional, optionalCount, severalTexts } from "./command";
import { modelFor } from "./studyOptions";
import { readTexts } from "./textFolder";

export const calibrate: Command = {
  name: "calibrate",
  usage: "calibrate MODEL --text F|DIR… [--context N] [--chunks N] [--out F]",
  summary: "Write an importance matrix from your own documents, for levels that lose less on them",
  options: { text: { type: "string", multiple: true }, context: { type: "string" }, chunks: { type: "string" }, out: { type: "string" } },
  async run(invocation) {
    const { services, options, output, token } = invocation;
    const model = await modelFor(invocation, onePositional(invocation, "model"));
    const paths = severalTexts(invocation, "text");
    if (paths.length === 0) throw new HumanError("badArgument", "--text is missing, e.g. --text contract.md or --text contracts/.");
    const texts = await readTexts(paths);
    const job = services.matrices.calibrate(model, texts, token, {
      output: typeof options.out === "string" ? resolve(options.out) : undefined, context: optionalCount(invocation, "context"), chunks: optionalCount(invocation, "chunks"),
    });
    for await (const event of job) {
      if (event.kind === "progress") output.progress(`Chunk ${event.progress.chunk} of ${event.progress.totalChunks}`);
      else output.result(invocation.json ? json(event.result) : describe(event.result));
    }
  },
};

function describe({ path, tensors, chunks, chunkSize, datasets }: ImatrixInfo): string {
  const [first = "no text", ...others] = datasets;
  return `${path}: importance of the inputs of ${tensors} weight matrices, from ${chunks} chunks of ${chunkSize} tokens of ${first}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}
