// How fast checkpoints are converted: node scripts/conversion/bench.mjs FOLDER [MEGABYTES]
// Writes a llama of random weights into FOLDER (BF16 and F16), converts it in this process, tells MB/s of what is read and the memory used.
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [folder, megabytes = "1000"] = process.argv.slice(2);
if (!folder) throw new Error("usage: node scripts/conversion/bench.mjs FOLDER [MEGABYTES]");
const [width, inner, vocabulary] = [2048, 5632, 320];
const blockBytes = 2 * (4 * width * width + 3 * width * inner + 2 * width);
const blocks = Math.max(1, Math.round((Number(megabytes) * 1e6) / blockBytes));
const scratch = mkdtempSync(join(tmpdir(), "decant-bench-"));

async function bundled(entry) {
  const outfile = join(scratch, `${entry.replace(/\W/g, "-")}.mjs`);
  await build({ entryPoints: [resolve(import.meta.dirname, "../..", entry)], bundle: true, platform: "node", format: "esm", outfile, logLevel: "warning" });
  return import(pathToFileURL(outfile).href);
}

function shapes() {
  const tensors = { "model.embed_tokens.weight": [vocabulary, width], "model.norm.weight": [width] };
  for (let block = 0; block < blocks; block++) {
    const at = `model.layers.${block}`;
    for (const part of ["q", "k", "v", "o"]) tensors[`${at}.self_attn.${part}_proj.weight`] = [width, width];
    for (const part of ["gate", "up"]) tensors[`${at}.mlp.${part}_proj.weight`] = [inner, width];
    tensors[`${at}.mlp.down_proj.weight`] = [width, inner];
    for (const part of ["input", "post_attention"]) tensors[`${at}.${part}_layernorm.weight`] = [width];
  }
  return tensors;
}

async function write(input, dtype, writeCheckpoint) {
  if (existsSync(join(input, "model.safetensors"))) return;
  mkdirSync(input, { recursive: true });
  writeCheckpoint(input, { config: { hidden_size: width, intermediate_size: inner, num_hidden_layers: blocks, num_attention_heads: 32, num_key_value_heads: 32, tie_word_embeddings: true, head_dim: 64 } });
  let offset = 0;
  const header = {};
  for (const [name, shape] of Object.entries(shapes())) {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = createWriteStream(join(input, "model.safetensors"));
  file.write(length);
  file.write(text);
  // Numbers near 0.01 in both types.
  const piece = new Uint16Array(2 ** 20).map(() => (dtype === "F16" ? 0x2000 : 0x3c00) + Math.floor(Math.random() * 0x300));
  for (let left = offset; left > 0; left -= 2 * piece.length) if (!file.write(new Uint8Array(piece.buffer, 0, Math.min(left, 2 * piece.length)))) await once(file, "drain");
  file.end();
  await once(file, "finish");
}

try {
  const { writeCheckpoint } = await bundled("test/referenceCheckpoints.ts");
  const { convert } = await bundled("src/runtime/conversion/converter.ts");
  for (const [dtype, types] of [["F16", ["F16"]], ["BF16", ["BF16", "F16", "F32", "Q8_0"]]]) {
    const input = join(folder, `bench-${dtype}`);
    await write(input, dtype, writeCheckpoint);
    const bytes = statSync(join(input, "model.safetensors")).size;
    for (const type of types) {
      const output = join(folder, `bench-${dtype}-${type}.gguf`);
      rmSync(output, { force: true });
      const before = process.cpuUsage();
      const { seconds } = await convert({ input, output, type }, () => undefined, new AbortController().signal);
      const { user, system } = process.cpuUsage(before);
      rmSync(output);
      console.log(`${dtype} to ${type}: ${(bytes / 1e6 / seconds).toFixed(0)} MB/s (${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s, of which processors worked ${((user + system) / 1e6).toFixed(1)} s), largest memory so far ${(process.resourceUsage().maxRSS / 1e3).toFixed(0)} MB`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
