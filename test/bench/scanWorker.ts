/**
 * One piece of the benchmark in a process of its own.
 *   header FILE: writes the header of a small model. scan CACHE FOLDER: seconds to find all models, and how many.
 */
import { writeFileSync } from "node:fs";
import { ggufHeaderBytes } from "../../src/core/gguf/writer";
import { ModelLibrary } from "../../src/services/models/modelLibrary";

const [task, file = "", folder = ""] = process.argv.slice(2);
if (task === "header") writeFileSync(file, smallHeader());
else void scan(file || undefined);

async function scan(cacheFile: string | undefined): Promise<void> {
  const library = new ModelLibrary({ folders: () => [folder], cacheFile, log: { info: () => {}, error: console.error } });
  const started = performance.now();
  const files = (await library.families()).flatMap((family) => family.files);
  const seconds = (performance.now() - started) / 1000;
  console.log(`RESULT ${JSON.stringify({ seconds, files: files.length, problems: files.filter(({ problem }) => problem).length })}`);
}

/** A llama of 4 blocks with 32 tokens of vocabulary: what a header has besides lists of tokens. */
function smallHeader(): Uint8Array {
  const tensors = [0, 1, 2, 3].flatMap((block) => ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down", "attn_norm", "ffn_norm"].map((role) => ({ name: `blk.${block}.${role}.weight`, type: "F16", shape: [256, 32] })));
  const number = (key: string, value: number) => ({ key, type: "u32", value }) as const;
  return ggufHeaderBytes({
    metadata: [
      { key: "general.architecture", type: "string", value: "llama" }, { key: "general.name", type: "string", value: "Small" }, number("general.file_type", 1),
      number("llama.block_count", 4), number("llama.context_length", 512), number("llama.embedding_length", 256), number("llama.feed_forward_length", 512), number("llama.attention.head_count", 4),
      { key: "tokenizer.ggml.tokens", type: "array", element: "string", value: Array.from({ length: 32 }, (_, index) => `token ${index}`) },
      { key: "tokenizer.chat_template", type: "string", value: "{{ message }}".repeat(100) },
    ],
    tensors: [{ name: "token_embd.weight", type: "F16", shape: [256, 32] }, ...tensors],
  });
}
